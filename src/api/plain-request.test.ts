import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tenantOf } from '../domain/tenant.ts';
import { characterIdOfPath } from './character-request.ts';
import { createPlainRequestReader } from './plain-request.ts';

const ID = '083839c6-c47c-42a6-9585-76492795d123';
const TENANT = tenantOf(ID, 'GMS', 83, 1);
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const URL = '/api/worlds/0/channels/1/characters/12/stats';
const PLAIN = {
  method: 'GET',
  url: URL,
  characterId: 12,
  tenant: TENANT,
  context: undefined,
  ifNoneMatch: undefined,
};
/** As Go's client writes it. */
const HEADERS = [
  'Host: stats:8080',
  'User-Agent: Go-http-client/1.1',
  `TENANT_ID: ${ID}`,
  'REGION: GMS',
  'MAJOR_VERSION: 83',
  'MINOR_VERSION: 1',
  'Accept-Encoding: gzip',
];

function bytesOf(headers: readonly string[], first = `GET ${URL} HTTP/1.1`): Buffer {
  return Buffer.from(`${[first, ...headers].join('\r\n')}\r\n\r\n`, 'latin1');
}

test('given what game services send, when it is read again and again, then it says the same', () => {
  const read = createPlainRequestReader(undefined);
  for (let turn = 0; turn < 3; turn += 1) assert.deepEqual(read(bytesOf(HEADERS)), PLAIN);
  assert.deepEqual(read(bytesOf([...HEADERS, `Traceparent: ${TRACE}`, 'Environment: pr-9'])), {
    ...PLAIN,
    context: { traceparent: TRACE, environment: 'pr-9' },
  });
  assert.deepEqual(read(bytesOf([...HEADERS, 'If-None-Match: "a"', 'Connection: keep-alive'])), {
    ...PLAIN,
    ifNoneMatch: '"a"',
  });
});

test('given no tenant, then the one is meant that needs no name, if there is one', () => {
  assert.equal(createPlainRequestReader(undefined)(bytesOf(['Host: a'])), undefined);
  assert.deepEqual(createPlainRequestReader(TENANT)(bytesOf(['Host: a'])), PLAIN);
});

test('given anything else than one whole plain request, then it is not read', () => {
  const read = createPlainRequestReader(undefined);
  const whole = bytesOf(HEADERS);
  const others: Buffer[] = [
    Buffer.alloc(0),
    whole.subarray(0, -1),
    Buffer.concat([whole, whole]),
    Buffer.concat([whole, Buffer.from('{}')]),
    Buffer.concat([Buffer.from('\r\n'), whole]),
    bytesOf(HEADERS, `POST ${URL} HTTP/1.1`),
    bytesOf(HEADERS, `GET ${URL} HTTP/1.0`),
    bytesOf(HEADERS, `GET ${URL}?a HTTP/1.1`),
    bytesOf(HEADERS, `GET ${URL} HTTP/1.1 `),
    bytesOf(HEADERS, 'GET /api/livez HTTP/1.1'),
    bytesOf(HEADERS.slice(1)),
    bytesOf([...HEADERS, 'Host: another']),
    bytesOf([...HEADERS, 'REGION: JMS']),
    bytesOf([...HEADERS, 'Connection: close']),
    bytesOf([...HEADERS, 'Content-Length: 0']),
    bytesOf([...HEADERS, 'Transfer-Encoding: chunked']),
    bytesOf([...HEADERS, 'Expect: 100-continue']),
    bytesOf([...HEADERS, 'Upgrade: h2c']),
    bytesOf([...HEADERS, 'Accept : a']),
    bytesOf([...HEADERS, ' folded']),
    bytesOf([...HEADERS, 'Accept: a\u0000']),
    bytesOf([...HEADERS, 'Accept: \u00e9']),
    bytesOf([...HEADERS, `Cookie: ${'a'.repeat(4_096)}`]),
  ];
  for (const bytes of others) assert.equal(read(bytes), undefined, JSON.stringify(bytes.toString('latin1')));
});

test('only the plain spelling of a path names a character', () => {
  assert.equal(characterIdOfPath(URL), 12);
  for (const path of [`${URL}/`, `${URL}?`, `${URL}\n`, ` ${URL}`, URL.replace('12', '１２'), `${URL}#a`]) {
    assert.equal(characterIdOfPath(path), undefined, JSON.stringify(path));
  }
});
