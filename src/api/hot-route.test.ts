import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createStubApi, TENANT_HEADERS } from '../../test/support/stub-api.ts';
import type { StatsRead } from '../answers/stats-reader.ts';
import { AppError } from '../lib/app-error.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { ok } from './answer.ts';
import { characterIdOfPath } from './character-request.ts';
import { handling } from './handling.ts';

const PATH = '/api/worlds/0/channels/1/characters/12/stats';
const TAG = '"TWbPDyPfWfWDlnXsu2ePVZcFJ40"';
const TENANT = Object.entries(TENANT_HEADERS).map(([name, value]) => `${name}: ${value}`);
const answer = ok('{}');
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** With spans, every request is the framework's. */
const TRACING: Tracing = {
  begin: ({ parent }) => ({ traceparent: parent ?? '', end: () => undefined }),
  close: async () => undefined,
};

/** Reads by the character's id: some wait, some have no answer. */
function readOf(characterId: number): StatsRead | Promise<StatsRead> {
  const answer = {
    kind: 'answer',
    body: `{"data":{"id":"${characterId}"}}`,
    version: 7,
    asOf: 1_772_000_001_234,
  } as const;
  switch (characterId) {
    case 13:
      return Promise.resolve(answer);
    case 14:
      return { kind: 'unknown' };
    case 15:
      return Promise.resolve({ kind: 'unavailable' });
    case 16:
      throw new AppError('UPSTREAM_TIMEOUT', 'secret');
    case 17:
      return Promise.reject(new Error('a defect'));
    default:
      return answer;
  }
}

async function listening(context: TestContext, tracing: Tracing | undefined) {
  const asked: unknown[] = [];
  const metrics = createMetrics();
  const { app, log } = createStubApi({
    reader: {
      read(...question) {
        asked.push(question);
        return readOf(question[1]);
      },
    },
    metrics,
    tracing,
  });
  context.after(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { port } = address;
  return { app, asked, log, metrics, exchange: (bytes: string) => exchange(port, bytes) };
}

/** What comes back for these bytes until the server has been silent for a while after its last answer, or ends. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    let got = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      got += chunk;
    });
    socket.on('end', () => resolve(got.replaceAll(/\r\nDate: [^\r]*/g, '')));
    socket.on('error', reject);
  });
}

function request(
  path: string,
  { method = 'GET', version = '1.1', headers = TENANT, extra = [] as string[], body = '' } = {},
) {
  return `${[`${method} ${path} HTTP/${version}`, 'host: stats', ...headers, ...extra].join('\r\n')}\r\n\r\n${body}`;
}

const without = (name: string): string[] => TENANT.filter((line) => !line.startsWith(`${name}:`));

const CASES: Readonly<Record<string, string>> = {
  'a known character': request(PATH),
  'the same twice on one connection': request(PATH) + request(PATH),
  'one that waits, then one that does not': request(PATH.replace('12', '13')) + request(PATH),
  'a connection that is to end': request(PATH, { extra: ['connection: close'] }) + request(PATH),
  'HTTP/1.0': request(PATH, { version: '1.0' }),
  'HTTP/1.0 that stays': request(PATH, { version: '1.0', extra: ['connection: keep-alive'] }),
  HEAD: request(PATH, { method: 'HEAD' }),
  POST: request(PATH, { method: 'POST' }),
  'its tag': request(PATH, { extra: [`if-none-match: ${TAG}`] }),
  'its weak tag among others': request(PATH, { extra: [`if-none-match: "a", W/${TAG}`] }),
  'another tag': request(PATH, { extra: ['if-none-match: "a"'] }),
  'any tag': request(PATH, { extra: ['if-none-match: *'] }),
  'an unknown character': request(PATH.replace('12', '14')),
  'base that cannot be had': request(PATH.replace('12', '15')),
  'a condition that is known': request(PATH.replace('12', '16')),
  'a defect': request(PATH.replace('12', '17')),
  'a query': request(`${PATH}?a=b`),
  'an empty query': request(`${PATH}?`),
  'a slash too many at the end': request(`${PATH}/`),
  'a slash too many within': request(PATH.replace('/channels', '//channels')),
  'an escaped digit': request(PATH.replace('12', '%312')),
  capitals: request(PATH.replace('stats', 'Stats')),
  'the whole URL': request(`http://stats${PATH}`),
  'the largest ids': request('/api/worlds/255/channels/255/characters/4294967295/stats'),
  'leading zeros': request('/api/worlds/000/channels/001/characters/0000000012/stats'),
  'more leading zeros': request('/api/worlds/0000/channels/1/characters/00000000012/stats'),
  'a world too large': request(PATH.replace('worlds/0', 'worlds/256')),
  'a channel that is no number': request(PATH.replace('channels/1', 'channels/x')),
  'a character too large': request(PATH.replace('12', '4294967296')),
  'a negative character': request(PATH.replace('12', '-1')),
  'an empty character': request(PATH.replace('12', '')),
  'explain below it': request(`${PATH}/explain`),
  'no tenant': request(PATH, { headers: [] }),
  'no region': request(PATH, { headers: without('region') }),
  'a tenant that is none': request(PATH, { headers: [...without('tenant_id'), 'tenant_id: nobody'] }),
  'a version too large': request(PATH, { headers: [...without('major_version'), 'major_version: 65536'] }),
  'a tenant twice': request(PATH, { extra: ['TENANT_ID: 083839c6-c47c-42a6-9585-76492795d124'] }),
  'a trace and an environment': request(PATH, { extra: [`traceparent: ${TRACE}`, 'environment: pr-9'] }),
  'a trace that is none': request(PATH, { extra: ['traceparent: 00-0-0-0'] }),
  'a body': request(PATH, { extra: ['content-length: 2'], body: '{}' }),
  'a body too large': request(PATH, { extra: ['content-length: 2000'], body: 'x'.repeat(2_000) }),
  'a body in chunks': request(PATH, { extra: ['transfer-encoding: chunked'], body: '2\r\n{}\r\n0\r\n\r\n' }),
  'an empty body': request(PATH, { extra: ['content-length: 0'] }),
  'no host': `GET ${PATH} HTTP/1.1\r\n${TENANT.join('\r\n')}\r\n\r\n`,
  'an expectation': request(PATH, { extra: ['expect: a-miracle'] }),
  'an upgrade': request(PATH, { extra: ['connection: upgrade', 'upgrade: websocket'] }),
};

for (const [name, bytes] of Object.entries(CASES)) {
  test(`given ${name}, when stats are asked for, then the hot route answers as the framework's`, async (context) => {
    const [hot, framework] = [await listening(context, undefined), await listening(context, TRACING)];
    const [answer, expected] = [await hot.exchange(bytes), await framework.exchange(bytes)];
    assert.match(expected, /^HTTP\/1\.1 \d{3} /);
    assert.equal(answer, expected);
    assert.deepEqual(hot.asked, framework.asked);
    assert.equal(hot.log.length, framework.log.length);
    assert.equal(await requestsTold(hot.metrics), await requestsTold(framework.metrics));
  });
}

async function requestsTold(metrics: ReturnType<typeof createMetrics>): Promise<string> {
  const lines = (await metrics.expose()).split('\n');
  return lines.filter((line) => /^effective_stats_http_(requests_total|request_seconds_count)/.test(line)).join('\n');
}

test('given an API that closes, when stats are asked for on an open connection, then the answer says that it ends', async (context) => {
  const { app } = await listening(context, undefined);
  const address = app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const socket = connect(address.port, '127.0.0.1');
  context.after(() => socket.destroy());
  socket.setEncoding('utf8');
  const next = () => new Promise<string>((resolve) => socket.once('data', resolve));
  // One that is under way keeps the connection open while the rest closes.
  socket.write(`${request(PATH)}GET ${PATH} HTTP/1.1\r\n`);
  assert.match(await next(), /^HTTP\/1\.1 200 [\s\S]*Connection: keep-alive/);
  const closed = app.close();
  await new Promise(setImmediate);
  socket.write(`host: stats\r\n${TENANT.join('\r\n')}\r\n\r\n`);
  assert.match(await next(), /^HTTP\/1\.1 200 [\s\S]*connection: close/i);
  await closed;
});

test('given an answer that cannot be sent, when it is due at once or late, then that is logged, and nothing is thrown', async () => {
  for (const handler of [() => answer, async () => answer]) {
    const told: unknown[] = [];
    const respond = handling({
      handler,
      send: () => assert.fail('no socket'),
      answerOfError(error: unknown) {
        told.push(error);
        return answer;
      },
      observer: { answered: () => undefined },
      clock: { now: () => 0, mono: () => 0 },
      refusalAt: undefined,
    });
    respond({}, {});
    await new Promise(setImmediate);
    assert.equal(told.length, 1);
  }
});

test('only the plain spelling of a path names a character', () => {
  assert.equal(characterIdOfPath(PATH), 12);
  for (const path of [`${PATH}/`, `${PATH}?`, `${PATH}\n`, ` ${PATH}`, PATH.replace('12', '１２'), `${PATH}#a`]) {
    assert.equal(characterIdOfPath(path), undefined, JSON.stringify(path));
  }
});
