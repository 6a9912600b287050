import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { propertySettings } from '../../test/support/property-settings.ts';
import { createStubApi, TENANT_HEADERS } from '../../test/support/stub-api.ts';
import { until } from '../../test/support/wait.ts';
import type { StatsRead } from '../answers/stats-reader.ts';
import { AppError } from '../lib/app-error.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { ok } from './answer.ts';
import { refuseConnection } from './connection-refusal.ts';
import { createPlainRequestReader } from './plain-request.ts';
import { takeStatsConnections } from './stats-connections.ts';

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

/** Has character 18 answered. */
let release: (() => void) | undefined;

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
      return setTimeout(10, answer);
    case 14:
      return { kind: 'unknown' };
    case 15:
      return Promise.resolve({ kind: 'unavailable' });
    case 16:
      throw new AppError('UPSTREAM_TIMEOUT', 'secret');
    case 17:
      return Promise.reject(new Error('a defect'));
    case 19:
      return { ...answer, body: JSON.stringify({ data: 'x'.repeat(1_000_000) }) };
    case 18:
      return new Promise((resolve) => (release = () => resolve(answer)));
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
  const port = portOf(app.server);
  return { app, asked, log, metrics, port, exchange: (...parts: string[]) => exchange(port, parts) };
}

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

/** What comes back for these bytes, sent part by part, until the server ends the connection. */
function exchange(port: number, parts: readonly string[], ends = true): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, async () => {
      for (const [index, part] of parts.entries()) {
        if (index > 0) await setTimeout(2);
        socket.write(part, 'latin1');
      }
      // Node leaves who has ended its side without an answer that is late.
      if (parts.some((part) => part.includes('/13/'))) await setTimeout(30);
      if (ends) socket.end();
    });
    let got = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      got += chunk;
    });
    // Whoever is refused may write on for a moment.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(got.replaceAll(/\r\nDate: [^\r]*/g, '')));
  });
}

function request(
  path: string,
  { method = 'GET', version = '1.1', headers = TENANT, extra = [] as string[], body = '' } = {},
) {
  return `${[`${method} ${path} HTTP/${version}`, 'host: stats', ...headers, ...extra].join('\r\n')}\r\n\r\n${body}`;
}

const without = (name: string): string[] => TENANT.filter((line) => !line.startsWith(`${name}:`));

const CASES: Readonly<Record<string, string | readonly string[]>> = {
  'one after another on one connection': [request(PATH), request(PATH), request(PATH)],
  'one that waits, and another behind it': [request(PATH.replace('12', '13')), request(PATH)],
  'a request in two parts': [request(PATH).slice(0, 100), request(PATH).slice(100)],
  'a whole one and a part, then the rest': [request(PATH) + request(PATH).slice(0, 9), request(PATH).slice(9)],
  'one of another route, then it': [request('/api/livez'), request(PATH)],
  'it, then one of another route': [request(PATH), request(`${PATH}/explain`), request(PATH)],
  'it, then what is no HTTP': [request(PATH), 'nonsense'],
  'it, then a line end too many': [request(PATH), '\r\n', request(PATH)],
  'a line end too many before it': `\r\n${request(PATH)}`,
  'line ends of a line feed alone': request(PATH).replaceAll('\r\n', '\n'),
  'a header without a value': request(PATH, { extra: ['accept:'] }),
  'a header without a name': request(PATH, { extra: [': a'] }),
  'a blank after a name': request(PATH, { extra: ['accept : a'] }),
  'a folded header': request(PATH, { extra: ['accept: a', ' b'] }),
  'a control character': request(PATH, { extra: ['accept: a\u0001'] }),
  'a letter beyond ASCII': request(PATH, { extra: ['accept: \u00e9'] }),
  'blanks around a value': request(PATH, { extra: ['if-none-match: \t "a" \t'] }),
  'names in capitals': request(PATH, {
    headers: TENANT.map((line) => line.replace(/^[^:]+/, (name) => name.toUpperCase())),
  }),
  'two hosts': request(PATH, { extra: ['host: another'] }),
  'an empty host': request(PATH).replace('host: stats', 'host:'),
  'two tags': request(PATH, { extra: ['if-none-match: "a"', `if-none-match: ${TAG}`] }),
  'a connection that stays, in capitals': request(PATH, { extra: ['Connection: Keep-Alive'] }),
  "a proxy's word about the connection": request(PATH, { extra: ['proxy-connection: close'] }),
  'a large body that comes later': [
    request(PATH),
    request(PATH, { method: 'POST', extra: ['content-length: 100000'] }),
    'x'.repeat(100_000),
  ],
  'other routes behind one that waits': [
    request(PATH.replace('12', '13')),
    request('/api/livez'),
    request(PATH),
    request('/api/livez'),
  ],
  'a trailer announced': request(PATH, { extra: ['te: trailers'] }),
  'long headers': request(PATH, { extra: [`cookie: ${'x'.repeat(5_000)}`] }),
  'headers too long': request(PATH, { extra: [`cookie: ${'x'.repeat(20_000)}`] }),
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
  'a body that comes later': [request(PATH, { extra: ['content-length: 2'] }), '{}'],
  'an empty body': request(PATH, { extra: ['content-length: 0'] }),
  'no host': `GET ${PATH} HTTP/1.1\r\n${TENANT.join('\r\n')}\r\n\r\n`,
  'an expectation': request(PATH, { extra: ['expect: a-miracle'] }),
  'an upgrade': request(PATH, { extra: ['connection: upgrade', 'upgrade: websocket'] }),
};

for (const [name, bytes] of Object.entries(CASES)) {
  test(`given ${name}, when stats are asked for, then the connection answers as the framework does`, async (context) => {
    const [hot, framework] = [await listening(context, undefined), await listening(context, TRACING)];
    const parts = typeof bytes === 'string' ? [bytes] : bytes;
    const [answer, expected] = [await hot.exchange(...parts), await framework.exchange(...parts)];
    assert.match(expected, /^HTTP\/1\.1 \d{3} /);
    assert.equal(answer, expected);
    assert.deepEqual(hot.asked, framework.asked);
    assert.equal(hot.log.length, framework.log.length);
    assert.equal(await requestsTold(hot.metrics), await requestsTold(framework.metrics));
  });
}

test('whatever bytes come, in whatever parts, then the connection answers as the framework does', async (context) => {
  const [hot, framework] = [await listening(context, undefined), await listening(context, TRACING)];
  const whole = fc.constantFrom(
    request(PATH),
    request(PATH.replace('12', '15')),
    request(PATH, { extra: ['content-length: 2'], body: '{}' }),
    request(PATH, { extra: [`traceparent: ${TRACE}`, 'if-none-match: *'] }),
  );
  const edit = fc.record({
    at: fc.nat(330),
    drop: fc.nat(3),
    put: fc.constantFrom(
      '',
      '\r\n',
      '\n',
      ' ',
      ':',
      '\t',
      'x',
      '0',
      '\u0000',
      '\u00ff',
      'HTTP/1.1',
      'connection: close\r\n',
    ),
  });
  const stream = fc.record({
    requests: fc.array(whole, { minLength: 1, maxLength: 3 }),
    edits: fc.array(edit, { maxLength: 2 }),
    cuts: fc.array(fc.nat(700), { maxLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(stream, async ({ requests, edits, cuts }) => {
      let bytes = requests.join('');
      for (const { at, drop, put } of edits) bytes = bytes.slice(0, at) + put + bytes.slice(at + drop);
      const ends = [...cuts, requests[0]?.length ?? 0, bytes.length].toSorted((a, b) => a - b);
      const parts = ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end)).filter((part) => part !== '');
      const both = () =>
        Promise.all(
          [hot, framework].map(async ({ exchange, asked }) => [untilItEnds(await exchange(...parts)), asked.splice(0)]),
        );
      let [got, expected] = await both();
      // Whether Node still answers nonsense at the end of a connection is a race, now and then.
      const tries = edits.length > 0 ? 3 : 0;
      for (let again = 0; again < tries && !isDeepStrictEqual(got, expected); again += 1)
        [got, expected] = await both();
      assert.deepEqual(got, expected);
    }),
    propertySettings({ numRuns: 200 }),
  );
});

test('given a client that ends its side while it waits, then it still gets its answer', async (context) => {
  const { port } = await listening(context, undefined);
  const socket = connect({ port, host: '127.0.0.1' });
  socket.end(request(PATH.replace('12', '13')));
  const [answer] = await once(socket.setEncoding('utf8'), 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200 /);
  await once(socket, 'close');
});

test('given a client that reads no answers, then it is given no more of them than fit on the way', async (context) => {
  const { asked, port } = await listening(context, undefined);
  const socket = connect(port, '127.0.0.1').pause();
  context.after(() => socket.destroy());
  await once(socket, 'connect');
  const large = request(PATH.replace('12', '19'));
  // Each by itself: two at once would be Node's.
  const isTaken = async (): Promise<boolean> => {
    const before = asked.length;
    socket.write(large);
    return until('it is taken', () => asked.length > before, 1_000).catch(() => false);
  };
  while (asked.length < 100 && (await isTaken()));
  const taken = asked.length;
  assert.ok(taken < 100, 'it is not given all');
  for (let more = 0; more < 20; more += 1) socket.write(large);
  await setTimeout(20);
  assert.equal(asked.length, taken);
  socket.resume();
  await until('it is given the rest', () => asked.length === taken + 21);
});

test('given a connection on which nothing comes, or nothing more, then it is ended, the first told why', async (context) => {
  const server = createServer();
  const told: number[] = [];
  takeStatsConnections(server, {
    read: createPlainRequestReader(undefined),
    respond: (_request, to) => to.send(answer),
    onSilent: (socket) =>
      refuseConnection({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket, { answered: (status) => told.push(status) }),
    timeouts: { headersTimeout: 30, keepAliveTimeout: 60 },
  });
  context.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const silence = await exchange(portOf(server), [], false);
  assert.match(silence, /^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
  assert.match(await exchange(portOf(server), [request(PATH)], false), /^HTTP\/1\.1 200 [\s\S]*\{\}$/);
  assert.deepEqual(told, [408]);
});

test('given an API that closes, then a connection without a request under way ends at once', async (context) => {
  const { app, port } = await listening(context, undefined);
  const socket = connect(port, '127.0.0.1');
  context.after(() => socket.destroy());
  socket.write(request(PATH));
  await once(socket, 'data');
  const ended = await Promise.race([Promise.all([app.close(), once(socket, 'close')]), setTimeout(3_000, 'not yet')]);
  assert.notEqual(ended, 'not yet');
});

test('given an API that closes, when an answer is still waited for, then it comes, and the connection ends', async (context) => {
  const { app, port } = await listening(context, undefined);
  const answered = exchange(port, [request(PATH), request(PATH.replace('12', '18'))], false);
  await until('both are asked', () => release !== undefined);
  const closed = app.close();
  await new Promise(setImmediate);
  release?.();
  const [first, second] = (await answered).split(/(?=HTTP\/1\.1)/);
  assert.match(first ?? '', /^HTTP\/1\.1 200 [\s\S]*Connection: keep-alive/);
  assert.match(second ?? '', /^HTTP\/1\.1 200 /);
  await closed;
});

/** Without what follows the answer with which the connection ends: there may be none any more. */
function untilItEnds(answers: string): string[] {
  const each = answers.split(/(?=HTTP\/1\.1 \d{3} )/);
  const last = each.findIndex((one) => /\r\nconnection: close\r\n/i.test(one));
  return last === -1 ? each : each.slice(0, last + 1);
}

async function requestsTold(metrics: ReturnType<typeof createMetrics>): Promise<string> {
  const lines = (await metrics.expose()).split('\n');
  return lines.filter((line) => /^effective_stats_http_(requests_total|request_seconds_count)/.test(line)).join('\n');
}

test('given an API that closes, when stats are asked for on an open connection, then the answer says that it ends', async (context) => {
  const { app } = await listening(context, undefined);
  const socket = connect(portOf(app.server), '127.0.0.1');
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
