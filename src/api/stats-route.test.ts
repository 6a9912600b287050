import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { createStubApi, TENANT_HEADERS } from '../../test/support/stub-api.ts';
import type { StatsAnswer, StatsRead, StatsReader } from '../answers/stats-reader.ts';
import type { EventContext } from '../domain/event.ts';
import type { Tenant } from '../domain/tenant.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { ErrorDocument } from './openapi.ts';

const URL = '/api/worlds/0/channels/1/characters/12/stats';
const BODY = '{"data":{"type":"effective-stats","id":"12"}}';
const READ: StatsAnswer = { kind: 'answer', body: BODY, version: 1772000000000, asOf: 1_772_000_001_234 };

interface Asked {
  readonly tenant: Tenant;
  readonly characterId: number;
  readonly context: EventContext | undefined;
}

function recordingReader(read: ReturnType<StatsReader['read']> = READ): StatsReader & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    read(tenant, characterId, context) {
      asked.push({ tenant, characterId, context });
      return read;
    },
  };
}

interface ErrorBody {
  readonly errors: readonly { status: string; code: string; title: string; detail: string; source?: object }[];
}

function errorsOf(body: string): ErrorBody['errors'] {
  const document: unknown = JSON.parse(body);
  assert.deepEqual(Value.Errors(ErrorDocument, document), []);
  return Value.Parse(ErrorDocument, document).errors;
}

test('given a known character, when its stats are asked for, then the document comes as the reader gave it', async () => {
  const reader = recordingReader();
  const { app } = createStubApi({ reader });
  const response = await app.inject({ url: URL, headers: TENANT_HEADERS });
  assert.equal(response.statusCode, 200);
  assert.equal(response.body, BODY);
  assert.equal(response.headers['content-type'], 'application/json');
  assert.equal(response.headers['content-length'], String(BODY.length));
  assert.equal(reader.asked[0]?.characterId, 12);
  assert.equal(reader.asked[0]?.tenant.key, '083839c6-c47c-42a6-9585-76492795d123/GMS/83/1');
  assert.equal(reader.asked[0]?.context, undefined);
});

test('given a read that has to wait, when it ends, then its document is the answer', async () => {
  const { app } = createStubApi({ reader: recordingReader(Promise.resolve(READ)) });
  assert.equal((await app.inject({ url: URL, headers: TENANT_HEADERS })).body, BODY);
});

test('given slashes too many, when stats are asked for, then they are answered all the same', async () => {
  const { app } = createStubApi({ reader: recordingReader() });
  for (const url of [`${URL}/`, URL.replace('/api', '/api/'), `/${URL}?a=b`]) {
    assert.equal((await app.inject({ url, headers: TENANT_HEADERS })).body, BODY, url);
  }
});

test('given a HEAD request, when stats are asked for, then the headers come without the document', async () => {
  const { app } = createStubApi({ reader: recordingReader() });
  const response = await app.inject({ method: 'HEAD', url: URL, headers: TENANT_HEADERS });
  assert.equal(response.statusCode, 200);
  assert.equal(response.body, '');
  assert.equal(response.headers['content-type'], 'application/json');
  assert.equal(response.headers['content-length'], String(BODY.length));
});

test('given an answer, when it comes, then headers say of what state it is and when that was read', async () => {
  const { app } = createStubApi({ reader: recordingReader() });
  const { headers } = await app.inject({ url: URL, headers: TENANT_HEADERS });
  assert.equal(headers['state-version'], '1772000000000');
  assert.equal(headers['state-as-of'], '2026-02-25T06:13:21.234Z');
  assert.match(String(headers.etag), /^"[\w-]{27}"$/);
  assert.equal(headers['cache-control'], 'no-cache');
});

test('given an answer of unknown age, when it comes, then no time is made up', async () => {
  const { app } = createStubApi({ reader: recordingReader({ ...READ, asOf: Number.POSITIVE_INFINITY }) });
  const { headers, statusCode } = await app.inject({ url: URL, headers: TENANT_HEADERS });
  assert.equal(statusCode, 200);
  assert.equal(headers['state-as-of'], undefined);
});

test('given answers, when their tags are compared, then they differ exactly when the bodies do', async () => {
  const tagOf = async (read: StatsRead) => {
    const { app } = createStubApi({ reader: recordingReader(read) });
    return (await app.inject({ url: URL, headers: TENANT_HEADERS })).headers.etag;
  };
  const tag = await tagOf(READ);
  assert.equal(await tagOf({ ...READ }), tag, 'after a restart');
  assert.equal(await tagOf({ ...READ, version: READ.version + 1, asOf: 0 }), tag);
  assert.notEqual(await tagOf({ ...READ, body: `${BODY} ` }), tag);
});

test('given a client that has the answer, when it asks with its tag, then 304 without a body', async () => {
  const { app } = createStubApi({ reader: recordingReader() });
  const { headers } = await app.inject({ url: URL, headers: TENANT_HEADERS });
  const etag = String(headers.etag);
  for (const has of [etag, `W/${etag}`, `"x", ${etag} , "y"`, '*']) {
    const response = await app.inject({ url: URL, headers: { ...TENANT_HEADERS, 'if-none-match': has } });
    assert.equal(response.statusCode, 304, has);
    assert.equal(response.body, '');
    assert.equal(response.headers['content-length'], undefined);
    assert.equal(response.headers.etag, etag);
    assert.equal(response.headers['state-version'], '1772000000000');
  }
});

test('given a client that has another answer, when it asks with its tag, then the whole answer comes', async () => {
  const { app } = createStubApi({ reader: recordingReader(Promise.resolve(READ)) });
  const { headers } = await app.inject({ url: URL, headers: TENANT_HEADERS });
  for (const has of ['"x"', String(headers.etag).slice(1, -1), '', `"${headers.etag}"`]) {
    const response = await app.inject({ url: URL, headers: { ...TENANT_HEADERS, 'if-none-match': has } });
    assert.equal(response.statusCode, 200, has);
    assert.equal(response.body, BODY);
  }
});

test('given sparse fields and no Accept, when stats are asked for, then the whole document comes', async () => {
  const { app } = createStubApi({ reader: recordingReader() });
  const url = `${URL}?fields[effective-stats]=strength&fields%5Bx%5D=`;
  assert.equal((await app.inject({ url, headers: TENANT_HEADERS })).body, BODY);
});

test('given the largest ids and odd spellings of them, when stats are asked for, then they are read as numbers', async () => {
  const reader = recordingReader();
  const { app } = createStubApi({ reader });
  const headers = { ...TENANT_HEADERS, tenant_id: TENANT_HEADERS.tenant_id.toUpperCase(), major_version: '00083' };
  for (const ids of [
    [255, 255, 4_294_967_295],
    ['00', '%30', '00000012'],
  ]) {
    const url = `/api/worlds/${ids[0]}/channels/${ids[1]}/characters/${ids[2]}/stats`;
    assert.equal((await app.inject({ url, headers })).statusCode, 200);
  }
  assert.deepEqual(
    reader.asked.map(({ characterId }) => characterId),
    [4_294_967_295, 12],
  );
  assert.equal(new Set(reader.asked.map(({ tenant }) => tenant.key)).size, 1);
  assert.equal(reader.asked[0]?.tenant.key, '083839c6-c47c-42a6-9585-76492795d123/GMS/83/1');
});

const BAD_IDS: readonly (readonly [string, string])[] = [
  ['worldId', '/api/worlds/256/channels/1/characters/12/stats'],
  ['worldId', '/api/worlds/-1/channels/1/characters/12/stats'],
  ['channelId', '/api/worlds/0/channels/one/characters/12/stats'],
  ['channelId', '/api/worlds/0/channels/1.0/characters/12/stats'],
  ['characterId', '/api/worlds/0/channels/1/characters/4294967296/stats'],
  ['characterId', '/api/worlds/0/channels/1/characters/1e3/stats'],
  ['characterId', '/api/worlds/0/channels/1/characters/%20/stats'],
  ['characterId', '/api/worlds/0/channels/1/characters/1%2F2/stats'],
  ['characterId', '/api/worlds/0/channels/1/characters/0x10/stats'],
  ['characterId', '/api/worlds/0/channels/1/characters/１２/stats'],
  ['characterId', `/api/worlds/0/channels/1/characters/${'9'.repeat(5_000)}/stats`],
];

for (const [field, url] of BAD_IDS) {
  test(`given the path ${url.slice(0, 60)}, when stats are asked for, then 400 names ${field}`, async () => {
    const reader = recordingReader();
    const { app } = createStubApi({ reader });
    const response = await app.inject({ url, headers: TENANT_HEADERS });
    assert.equal(response.statusCode, 400);
    assert.equal(response.headers['content-type'], 'application/json');
    const [error, ...others] = errorsOf(response.body);
    assert.deepEqual([error?.status, error?.code, others], ['400', 'INVALID_REQUEST', []]);
    assert.match(
      error?.detail ?? '',
      new RegExp(`^${field}: expected an integer from 0 to (255|4294967295), got ".{0,65}"$`),
    );
    assert.equal(reader.asked.length, 0);
  });
}

const BAD_HEADERS: readonly (readonly [string, string | undefined])[] = [
  ['TENANT_ID', undefined],
  ['TENANT_ID', ''],
  ['TENANT_ID', '083839c6-c47c-42a6-9585-76492795d12'],
  ['TENANT_ID', '083839c6c47c42a6958576492795d123'],
  ['TENANT_ID', '{083839c6-c47c-42a6-9585-76492795d123}'],
  ['REGION', undefined],
  ['REGION', ''],
  ['REGION', 'two words'],
  ['REGION', 'x'.repeat(65)],
  ['MAJOR_VERSION', undefined],
  ['MAJOR_VERSION', '65536'],
  ['MAJOR_VERSION', '-1'],
  ['MAJOR_VERSION', '83.1'],
  ['MAJOR_VERSION', '0x53'],
  ['MINOR_VERSION', undefined],
  ['MINOR_VERSION', 'one'],
];

for (const [header, value] of BAD_HEADERS) {
  test(`given ${header} ${JSON.stringify(value)}, when stats are asked for, then 400 names it`, async () => {
    const reader = recordingReader();
    const { app } = createStubApi({ reader });
    await app.inject({ url: URL, headers: { ...TENANT_HEADERS, region: 'undefined' } });
    const { [header.toLowerCase()]: _dropped, ...headers }: Record<string, string> = { ...TENANT_HEADERS };
    if (value !== undefined) headers[header] = value;
    const response = await app.inject({ url: URL, headers });
    assert.equal(response.statusCode, 400);
    const [error, ...others] = errorsOf(response.body);
    assert.equal(others.length, 0);
    assert.match(error?.detail ?? '', new RegExp(`^${header}: expected `));
    assert.deepEqual(error?.source, { header });
    assert.equal(reader.asked.length, 1);
  });
}

test('given everything wrong, when stats are asked for, then every field is named at once', async () => {
  const { app } = createStubApi();
  const errors = errorsOf((await app.inject('/api/worlds/a/channels/b/characters/c/stats')).body);
  assert.deepEqual(
    errors.map(({ detail }) => detail.split(':')[0]),
    ['worldId', 'channelId', 'characterId', 'TENANT_ID', 'REGION', 'MAJOR_VERSION', 'MINOR_VERSION'],
  );
});

test('given several tenants in turn, when stats are asked for, then each is asked for its own', async () => {
  const reader = recordingReader();
  const { app } = createStubApi({ reader });
  const regions = ['GMS', 'JMS', 'GMS', 'undefined', 'JMS'];
  for (const region of regions) await app.inject({ url: URL, headers: { ...TENANT_HEADERS, region } });
  assert.deepEqual(
    reader.asked.map(({ tenant }) => tenant.region),
    regions,
  );
  assert.equal(reader.asked[0]?.tenant, reader.asked[2]?.tenant);
});

test('given more tenants than are kept, when stats are asked for, then each still gets its own answer', async () => {
  const reader = recordingReader();
  const { app } = createStubApi({ reader });
  for (let minor = 0; minor <= 1_001; minor += 1) {
    await app.inject({ url: URL, headers: { ...TENANT_HEADERS, minor_version: String(minor) } });
  }
  await app.inject({ url: URL, headers: { ...TENANT_HEADERS, minor_version: '0' } });
  assert.equal(reader.asked.at(-1)?.tenant.minorVersion, 0);
  assert.notEqual(reader.asked.at(-1)?.tenant, reader.asked[0]?.tenant);
});

test('given trace and environment headers, when stats are asked for, then what is well-formed is handed on', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const cases: readonly (readonly [Record<string, string>, EventContext | undefined])[] = [
    [{ traceparent }, { traceparent }],
    [{ environment: 'pr-7' }, { environment: 'pr-7' }],
    [
      { traceparent, environment: 'pr-7' },
      { traceparent, environment: 'pr-7' },
    ],
    [{ traceparent: 'nonsense', environment: 'a b' }, undefined],
    [{ traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }, undefined],
  ];
  for (const [headers, context] of cases) {
    const reader = recordingReader();
    const { app } = createStubApi({ reader });
    await app.inject({ url: URL, headers: { ...TENANT_HEADERS, ...headers } });
    assert.deepEqual(reader.asked[0]?.context, context);
  }
});

test('given an unknown character, when its stats are asked for, then 404', async () => {
  const { app, log } = createStubApi({ reader: recordingReader({ kind: 'unknown' }) });
  const response = await app.inject({ url: URL, headers: TENANT_HEADERS });
  assert.equal(response.statusCode, 404);
  assert.equal(errorsOf(response.body)[0]?.code, 'CHARACTER_UNKNOWN');
  assert.equal(log.length, 0);
});

for (const read of [{ kind: 'unavailable' } as const, Promise.resolve({ kind: 'unavailable' } as const)]) {
  const how = read instanceof Promise ? 'after a wait' : 'at once';
  test(`given no base stats ${how}, when stats are asked for, then 503 to be repeated after a second`, async () => {
    const { app, log } = createStubApi({ reader: recordingReader(read) });
    const response = await app.inject({ url: URL, headers: TENANT_HEADERS });
    assert.equal(response.statusCode, 503);
    assert.equal(response.headers['retry-after'], '1');
    assert.equal(response.headers['content-type'], 'application/json');
    assert.equal(errorsOf(response.body)[0]?.code, 'BASE_UNAVAILABLE');
    assert.ok(log.every(({ level }) => level === 'debug'));
  });
}

const secret = new Error('connect to 10.0.0.7 refused');
for (const [how, read] of [
  ['throws', () => Promise.reject(secret)],
  [
    'throws at once',
    () => {
      throw secret;
    },
  ],
] as const) {
  test(`given a reader that ${how}, when stats are asked for, then 500 tells nothing and the log everything`, async () => {
    const { app, log } = createStubApi({ reader: { read } });
    const response = await app.inject({ url: URL, headers: TENANT_HEADERS });
    assert.equal(response.statusCode, 500);
    assert.equal(errorsOf(response.body)[0]?.code, 'INTERNAL');
    assert.doesNotMatch(response.body, /10\.0\.0\.7/);
    assert.deepEqual(
      log.map(({ level, details }) => [level, 'err' in details && details.err]),
      [['error', secret]],
    );
  });
}

test('given answers of every kind, when metrics are asked for, then each is counted with its time', async () => {
  const metrics = createMetrics();
  let mono = 0;
  const clock = { now: () => 0, mono: () => (mono += 1) };
  const { app } = createStubApi({ metrics, clock });
  await app.inject({ url: URL, headers: TENANT_HEADERS });
  await app.inject({ url: URL });
  const route = 'route="/api/worlds/:worldId/channels/:channelId/characters/:characterId/stats"';
  const lines = (await metrics.expose()).split('\n');
  assert.ok(lines.includes(`effective_stats_http_requests_total{${route},status="200"} 1`));
  assert.ok(lines.includes(`effective_stats_http_requests_total{${route},status="400"} 1`));
  assert.ok(lines.includes(`effective_stats_http_request_seconds_sum{${route}} 0.002`));
});
