import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { Value } from 'typebox/value';
import { createStubApi, TENANT_HEADERS } from '../../test/support/stub-api.ts';
import type { StatsRead } from '../answers/stats-reader.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { ErrorDocument } from './openapi.ts';

const STATS = '/api/worlds/0/channels/1/characters/12/stats';

function codesOf(body: string): string[] {
  const document: unknown = JSON.parse(body);
  assert.deepEqual(Value.Errors(ErrorDocument, document), []);
  return Value.Parse(ErrorDocument, document).errors.map(({ status, code }) => `${status} ${code}`);
}

for (const url of [
  '/api',
  '/api/worlds/0/channels/1/characters/12',
  `${STATS}/more`,
  '/api/readyz?x=1/y',
  '/%61pi/x',
]) {
  test(`given ${url}, when it is asked for, then it is ${url.startsWith('/api/readyz') ? 'found' : 'a JSON:API 404'}`, async () => {
    const { app } = createStubApi();
    const response = await app.inject(url);
    if (url.startsWith('/api/readyz')) {
      assert.equal(response.statusCode, 200);
      return;
    }
    assert.equal(response.statusCode, 404);
    assert.equal(response.headers['content-type'], 'application/json');
    assert.deepEqual(codesOf(response.body), ['404 NOT_FOUND']);
  });
}

for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const) {
  test(`given a known resource, when ${method} comes, then 405 says what is allowed`, async () => {
    const { app } = createStubApi();
    for (const url of [STATS, `${STATS}?x=1`, '/api/readyz']) {
      const response = await app.inject({ method, url });
      assert.equal(response.statusCode, 405);
      assert.equal(response.headers.allow, 'GET, HEAD');
      assert.deepEqual(codesOf(response.body), ['405 METHOD_NOT_ALLOWED']);
    }
    const response = await app.inject({ method, url: '/api/nothing' });
    assert.deepEqual(codesOf(response.body), ['404 NOT_FOUND']);
  });
}

for (const type of ['application/json', 'text/xml', undefined]) {
  test(`given a body of type ${type}, when it is posted, then the method is what is refused`, async () => {
    const { app } = createStubApi();
    const response = await app.inject({
      method: 'POST',
      url: STATS,
      payload: '{"oops',
      headers: { 'content-type': type },
    });
    assert.deepEqual(codesOf(response.body), ['405 METHOD_NOT_ALLOWED']);
  });
}

test('given a large body, when it is posted, then 413', async () => {
  const { app } = createStubApi();
  const headers = { 'content-type': 'application/json' };
  const response = await app.inject({ method: 'POST', url: STATS, payload: 'x'.repeat(1_025), headers });
  assert.equal(response.statusCode, 413);
  assert.equal(response.headers['content-type'], 'application/json');
  assert.deepEqual(codesOf(response.body), ['413 REQUEST_TOO_LARGE']);
});

for (const url of ['/api/worlds/%', '/%zz', '/api/worlds/0/channels/1/characters/%c0%af/stats']) {
  test(`given the malformed URL ${url}, when it is asked for, then 400`, async () => {
    const { app } = createStubApi();
    const response = await app.inject({ url, headers: TENANT_HEADERS });
    assert.equal(response.headers['content-type'], 'application/json');
    assert.deepEqual(codesOf(response.body), ['400 INVALID_REQUEST']);
  });
}

test('given requests that no route takes, when metrics are asked for, then they are counted together', async () => {
  const metrics = createMetrics();
  const { app } = createStubApi({ metrics });
  await app.inject('/nothing');
  await app.inject('/%zz');
  const lines = (await metrics.expose()).split('\n');
  assert.ok(lines.includes('effective_stats_http_requests_total{route="unmatched",status="404"} 1'));
  assert.ok(lines.includes('effective_stats_http_requests_total{route="unmatched",status="400"} 1'));
});

async function listening(context: TestContext): Promise<{ app: FastifyInstance; port: number }> {
  const { app } = createStubApi();
  await app.listen({ port: 0, host: '127.0.0.1' });
  context.after(() => app.close());
  const address = app.server.address();
  assert.ok(isAddressInfo(address));
  return { app, port: address.port };
}

function isAddressInfo(address: ReturnType<FastifyInstance['server']['address']>): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

/** Sends the bytes and gives everything that comes back until the server ends the connection. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(bytes, 'latin1');
  await once(socket, 'close', { signal: AbortSignal.timeout(5_000) });
  return answer;
}

const HOST = 'Host: stats\r\n';

const MALFORMED: readonly (readonly [string, string, string])[] = [
  ['something that is not HTTP', 'hello\r\n\r\n', '400 INVALID_REQUEST'],
  ['an unknown method', `FETCH / HTTP/1.1\r\n${HOST}\r\n`, '400 INVALID_REQUEST'],
  ['no Host', 'GET /api/livez HTTP/1.1\r\n\r\n', '400 INVALID_REQUEST'],
  ['an expectation that nobody knows', `GET / HTTP/1.1\r\n${HOST}Expect: x\r\n\r\n`, '417 EXPECTATION_FAILED'],
  ['a tunnel to somewhere', `CONNECT stats:80 HTTP/1.1\r\n${HOST}\r\n`, '405 METHOD_NOT_ALLOWED'],
  ['a header without name', `GET / HTTP/1.1\r\n${HOST}: x\r\n\r\n`, '400 INVALID_REQUEST'],
  ['a control character in a header', `GET / HTTP/1.1\r\n${HOST}REGION: a\x00b\r\n\r\n`, '400 INVALID_REQUEST'],
  [
    'two ways to tell the length of its body',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    '400 INVALID_REQUEST',
  ],
  ['headers that are too long', `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(17_000)}\r\n\r\n`, '431 HEADERS_TOO_LARGE'],
  ['a URL that is too long', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\n${HOST}\r\n`, '431 HEADERS_TOO_LARGE'],
];

for (const [what, bytes, code] of MALFORMED) {
  test(`given ${what}, when it arrives on a connection, then ${code} and the next connection is served`, async (context) => {
    const { port } = await listening(context);
    const answer = await exchange(port, bytes);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1.1 ${code.split(' ')[0]} `));
    assert.match(head, /\r\nContent-Type: application\/json(\r\n|$)/i);
    assert.match(head, /\r\nConnection: close/i);
    assert.deepEqual(codesOf(body), [code]);
    const next = await exchange(port, `GET /api/livez HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    assert.match(next, /^HTTP\/1.1 200 OK\r\n/);
  });
}

test('given tenant headers that come twice, when stats are asked for, then 400 and no guess', async (context) => {
  const { port } = await listening(context);
  const headers = Object.entries(TENANT_HEADERS).map(([name, value]) => `${name.toUpperCase()}: ${value}\r\n`);
  const request = `GET ${STATS} HTTP/1.1\r\n${HOST}Connection: close\r\n${headers.join('')}`;
  assert.match(await exchange(port, `${request}\r\n`), /^HTTP\/1.1 200 OK\r\n/);
  const twice = await exchange(port, `${request}REGION: JMS\r\n\r\n`);
  assert.match(twice, /^HTTP\/1.1 400 [\s\S]*"REGION: expected .*, got \\"GMS, JMS\\""/);
});

test('given a connection that is kept alive, when the API closes, then it ends at once', async (context) => {
  const { app, port } = await listening(context);
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /api/livez HTTP/1.1\r\n${HOST}\r\n`);
  await once(socket, 'data');
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(2_000) });
  await app.close();
  await closed;
});

test('symptom: a stop waits for a client that keeps its connection after the answer that it waited for', async (context) => {
  const { app, socket, answers, resolve } = await waitingForAnswer(context);
  const closing = app.close();
  await notListening(app);
  resolve();
  await once(socket, 'close', { signal: AbortSignal.timeout(2_000) });
  await closing;
  assert.match(answers(), /^HTTP\/1.1 200 OK[\s\S]*\{"data":1\}$/);
});

test('given requests under way on one connection, when the API closes, then each is answered first', async (context) => {
  const { app, socket, answers, resolve } = await waitingForAnswer(context);
  const closing = app.close();
  await notListening(app);
  socket.write(`GET /api/livez HTTP/1.1\r\n${HOST}\r\n`);
  resolve();
  await once(socket, 'close', { signal: AbortSignal.timeout(2_000) });
  await closing;
  assert.match(answers(), /^HTTP\/1.1 200 OK[\s\S]*\{"data":1\}HTTP\/1.1 200 OK[\s\S]*\{"status":"live"\}$/);
});

test('symptom: a stop waits for a request that never becomes whole, until the process is ended', async (context) => {
  const { app, port } = await listening(context);
  const socket = connect(port, '127.0.0.1');
  const arrived = once(app.server, 'request');
  socket.write(
    `POST /api/worlds/0/channels/1/characters/12/stats/preview HTTP/1.1\r\n${HOST}content-length: 9\r\n\r\n`,
  );
  await arrived;
  const closed = once(app.server, 'close', { signal: AbortSignal.timeout(20_000) });
  const closing = app.close();
  await closed;
  await closing;
});

async function notListening({ server }: FastifyInstance): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (server.listening && Date.now() < deadline) await setImmediate();
}

/** A GET of stats that has arrived at its reader, which answers when told to. */
async function waitingForAnswer(context: TestContext) {
  const answer = Promise.withResolvers<StatsRead>();
  const asked = Promise.withResolvers<void>();
  const { app } = createStubApi({
    reader: {
      read: () => {
        asked.resolve();
        return answer.promise;
      },
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  context.after(() => app.close());
  const address = app.server.address();
  assert.ok(isAddressInfo(address));
  const socket = connect(address.port, '127.0.0.1');
  let answers = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    answers += chunk;
  });
  const headers = Object.entries(TENANT_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${STATS} HTTP/1.1\r\n${HOST}${headers.join('')}\r\n`);
  await asked.promise;
  const resolve = (): void => answer.resolve({ kind: 'answer', body: '{"data":1}', version: 1, asOf: 0 });
  return { app, socket, answers: () => answers, resolve };
}

test('given HTTP/1.0, which has no Host, when a resource is asked for, then it is answered', async (context) => {
  const { port } = await listening(context);
  assert.match(await exchange(port, 'GET /api/livez HTTP/1.0\r\n\r\n'), /^HTTP\/1.1 200 OK\r\n/);
});
