import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { createStubApi, TENANT_HEADERS } from '../../test/support/stub-api.ts';
import { until } from '../../test/support/wait.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createShedding } from './shedding.ts';

const STATS = '/api/worlds/0/channels/1/characters/12/stats';

const EXPLAIN = `${STATS}/explain`;

/** The API on a socket, with a clock on which every read of stats, and every explanation, takes 4 ms. */
async function listening(context: TestContext) {
  let now = 0;
  const metrics = createMetrics();
  const read = () => {
    now += 4;
    return { kind: 'answer', body: '{"data":{}}', version: 1, asOf: 0 } as const;
  };
  const explain = () => {
    now += 4;
    return { kind: 'unknown' } as const;
  };
  const { app } = createStubApi({
    reader: { read },
    explainer: { explain },
    metrics,
    clock: { now: () => now, mono: () => now },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  context.after(() => app.close());
  const address = app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const socket = connect(address.port, '127.0.0.1');
  context.after(() => socket.destroy());
  return { app, metrics, socket, port: address.port };
}

async function connected(context: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  context.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends the requests in one piece, which the server reads in one turn, and gives the heads of their answers. */
async function askAtOnce(socket: Socket, paths: readonly string[]): Promise<string[]> {
  let received = '';
  const collect = (chunk: Buffer): void => {
    received += chunk.toString();
  };
  socket.on('data', collect);
  const headers = Object.entries({ host: 'stats', ...TENANT_HEADERS }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\n${headers.join('')}\r\n`).join(''));
  const heads = () => received.split(/(?=HTTP\/1\.1 )/).filter((answer) => answer.includes('\r\n\r\n'));
  await until('all are answered', () => heads().length === paths.length, 5_000);
  socket.off('data', collect);
  return heads();
}

function statusesOf(heads: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const head of heads) {
    const status = head.slice(9, 12);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

test('given costly requests that fill a turn, when more come in it, then they get 503 and the next turn answers again', async (context) => {
  const { socket, metrics } = await listening(context);
  // The 64th is the first that begins more than 250 ms, 63 reads, after the first.
  const heads = await askAtOnce(socket, Array<string>(77).fill(EXPLAIN));
  assert.deepEqual(statusesOf(heads), { 404: 63, 503: 14 });
  const refused = heads.slice(63);
  assert.deepEqual(statusesOf(refused), { 503: 14 });
  assert.ok(refused.every((head) => head.includes('"code":"OVERLOADED"')));
  const waits = refused.map((head) => /\r\nretry-after: (\d+)\r\n/.exec(head)?.[1]);
  assert.equal(waits.filter((wait) => wait === '1').length, 7);
  assert.equal(waits.filter((wait) => wait === '2').length, 7);
  const lines = (await metrics.expose()).split('\n');
  assert.ok(lines.includes('effective_stats_http_shed_total 14'));
  assert.deepEqual(statusesOf(await askAtOnce(socket, Array<string>(20).fill(STATS))), { 200: 20 });
});

test('given a turn that is full, when probes come in it, then they are answered', async (context) => {
  const { socket } = await listening(context);
  const probes = ['/api/readyz', '/api/livez', '/api/metrics', '/api/debug/consumers', '/api/debug/dead-letters'];
  const heads = await askAtOnce(socket, [...Array<string>(70).fill(STATS), ...probes, `${STATS}/explain`, STATS]);
  assert.deepEqual(statusesOf(heads.slice(70, 75)), { 200: 5 });
  assert.deepEqual(statusesOf(heads.slice(75)), { 200: 1, 503: 1 });
});

test('symptom: stats are refused when very many ask at once, though their callers would rather wait', async (context) => {
  const { socket, metrics } = await listening(context);
  assert.deepEqual(statusesOf(await askAtOnce(socket, Array<string>(500).fill(STATS))), { 200: 500 });
  assert.ok((await metrics.expose()).split('\n').includes('effective_stats_http_shed_total 0'));
});

test('given stats that are asked for on a connection each, when very many ask at once, then none is refused, and all count', async (context) => {
  const { app, metrics, port } = await listening(context);
  const accepted = promisify(app.server.getConnections.bind(app.server));
  const sockets = await Promise.all(Array.from({ length: 100 }, () => connected(context, port)));
  await until('all are accepted', async () => (await accepted()) > 100, 5_000);
  const [last] = sockets.splice(-1);
  assert.ok(last !== undefined);
  const answers = sockets.map((socket) => askAtOnce(socket, [STATS]));
  const explained = askAtOnce(last, [EXPLAIN]);
  assert.deepEqual(statusesOf((await Promise.all(answers)).flat()), { 200: 99 });
  assert.deepEqual(statusesOf(await explained), { 503: 1 });
  assert.ok((await metrics.expose()).split('\n').includes('effective_stats_http_shed_total 1'));
});

test('given a turn that is full, when lists and previews come in it, then they are refused', async (context) => {
  const { socket } = await listening(context);
  const lists = ['/api/effective-stats', '/api/effective-stats/tenants', '/api/effective-stats/items?search=x'];
  const heads = await askAtOnce(socket, [...Array<string>(70).fill(STATS), ...lists]);
  assert.deepEqual(statusesOf(heads.slice(70)), { 503: lists.length });
});

test('given a pause of the process within a turn, when the next request comes, then it is answered', () => {
  let shed = 0;
  const onShed = () => {
    shed += 1;
  };
  const shedding = createShedding({ onShed, atEndOfTurn: () => undefined });
  for (const now of [0, 4_000, 4_001, 60_000]) assert.equal(shedding.refusal(now), undefined);
  assert.equal(shed, 0);
});

test('given as many connections as may be, when one more comes, then it is ended and counted', async (context) => {
  const { app, metrics, socket, port } = await listening(context);
  assert.equal(app.server.maxConnections, 10_000);
  app.server.maxConnections = 1;
  await askAtOnce(socket, [STATS]);
  const late = connect(port, '127.0.0.1');
  late.on('error', () => undefined);
  await until('the late one is ended', () => late.closed, 5_000);
  assert.ok((await metrics.expose()).split('\n').includes('effective_stats_http_connections_refused_total 1'));
  assert.deepEqual(statusesOf(await askAtOnce(socket, [STATS])), { 200: 1 });
});
