import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { createStubApi } from '../../test/support/stub-api.ts';
import type { DeadLetter } from '../ingest/dead-letters.ts';
import { ConsumersDocument, DeadLettersDocument, ErrorDocument, ReadyDocument } from './openapi.ts';
import type { ReadinessReport } from './operations-routes.ts';

function documentOf(schema: TSchema, body: string): unknown {
  const document: unknown = JSON.parse(body);
  assert.deepEqual(Value.Errors(schema, document), []);
  return document;
}

const LETTER: DeadLetter = {
  stream: 'buff',
  topic: 'T',
  partition: 2,
  offset: 7,
  timestamp: 9e18,
  reason: 'invalid-json: not JSON',
  headers: [[Buffer.from('REGION'), Buffer.from('GMS')]],
  headerCount: 1,
  value: Buffer.from('{oops'),
  valueLength: 5,
};

const SHOWN = { topic: 'T', partition: 2, offset: 7, timestamp: 9e18, reason: LETTER.reason, valueLength: 5 };

function deadLetters(letters: readonly DeadLetter[]) {
  return { list: () => letters, total: 3, evicted: 1 };
}

test('given a service that is ready, when it is asked, then 200 names what is degraded', async () => {
  const degraded = [{ what: 'feed', reason: 'no broker answers' }];
  const { app } = createStubApi({ readiness: () => ({ ready: true, degraded }) });
  const response = await app.inject('/api/readyz');
  assert.equal(response.statusCode, 200);
  assert.deepEqual(documentOf(ReadyDocument, response.body), { status: 'ready', mode: 'kafka', degraded });
});

test('given a service that stops, when it is asked whether it is ready, then 503 says why', async () => {
  let report: ReadinessReport = { ready: true, degraded: [] };
  const { app } = createStubApi({ readiness: () => report });
  assert.equal((await app.inject('/api/readyz')).statusCode, 200);
  report = { ready: false, reason: 'stopping' };
  const response = await app.inject('/api/readyz');
  assert.equal(response.statusCode, 503);
  assert.equal(response.headers['retry-after'], '1');
  const errors = [{ status: '503', code: 'NOT_READY', title: 'Not ready', detail: 'stopping' }];
  assert.deepEqual(documentOf(ErrorDocument, response.body), { errors });
});

test('given a service that is not ready, when it is asked whether it lives, then it does', async () => {
  const { app } = createStubApi({ readiness: () => ({ ready: false, reason: 'starting' }) });
  const response = await app.inject('/api/livez');
  assert.deepEqual([response.statusCode, response.body], [200, '{"status":"live"}']);
});

test('given metrics, when they are asked for, then they come in the text format', async () => {
  const { app } = createStubApi();
  await app.inject('/api/livez');
  const response = await app.inject('/api/metrics');
  assert.equal(response.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(response.body, /^effective_stats_http_requests_total\{route="\/api\/livez",status="200"\} 1$/m);
});

test('given a feed, when the consumers are asked for, then every stream and partition shows where it stands', async () => {
  const current = { current: true, reason: undefined };
  const behind = { current: false, reason: 'behind' };
  const streams = { session: current, buff: behind, asset: current, character: current, skill: current };
  const { app } = createStubApi({
    feed: {
      health: () => ({ ...behind, streams }),
      positions: () => [
        { stream: 'buff', topic: 'B', partition: 0, position: 5, committed: 4, end: 9 },
        { stream: 'asset', topic: 'A', partition: 3, position: 2, committed: undefined, end: 1 },
      ],
    },
  });
  const response = await app.inject('/api/debug/consumers');
  assert.deepEqual(documentOf(ConsumersDocument, response.body), {
    replica: 'stats-0.1a2b',
    ...behind,
    streams: JSON.parse(JSON.stringify(streams)),
    partitions: [
      { topic: 'B', partition: 0, stream: 'buff', position: 5, committed: 4, end: 9, lag: 4 },
      { topic: 'A', partition: 3, stream: 'asset', position: 2, end: 1, lag: 0 },
    ],
  });
});

test('given a shard, when the consumers are asked for, then it is named', async () => {
  const { app } = createStubApi({ replica: { name: 'stats-1.1a2b', shard: '1/4' } });
  const { replica, shard } = (await app.inject('/api/debug/consumers')).json();
  assert.deepEqual([replica, shard], ['stats-1.1a2b', '1/4']);
});

test('given any answer about one process, when it is asked for, then it says which one', async () => {
  const { app } = createStubApi({ adminToken: 'sesame' });
  for (const url of ['consumers', 'dead-letters', 'drift']) {
    assert.equal((await app.inject(`/api/debug/${url}`)).headers['replica'], 'stats-0.1a2b', url);
  }
  const headers = { authorization: 'Bearer sesame' };
  for (const url of ['static-data/flush', 'dead-letters/redrive']) {
    const answer = await app.inject({ method: 'POST', url: `/api/debug/${url}`, headers });
    assert.equal(answer.headers['replica'], 'stats-0.1a2b', url);
  }
});

test('given dead letters, when anybody asks for them, then places and reasons are shown and no bytes', async () => {
  const { app } = createStubApi({ deadLetters: deadLetters([LETTER]), adminToken: 'sesame' });
  const response = await app.inject('/api/debug/dead-letters');
  assert.equal(response.statusCode, 200);
  assert.deepEqual(documentOf(DeadLettersDocument, response.body), { total: 3, evicted: 1, letters: [SHOWN] });
});

test('given dead letters, when the admin asks for them, then their bytes are shown in base64', async () => {
  const letters = [LETTER, { ...LETTER, value: null, valueLength: 0 }];
  const { app } = createStubApi({ deadLetters: deadLetters(letters), adminToken: 'sesame' });
  const response = await app.inject({ url: '/api/debug/dead-letters', headers: { authorization: 'bearer sesame' } });
  const headers = [{ name: 'REGION', value: 'R01T' }];
  assert.deepEqual(documentOf(DeadLettersDocument, response.body), {
    total: 3,
    evicted: 1,
    letters: [
      { ...SHOWN, headers, value: 'e29vcHM=' },
      { ...SHOWN, valueLength: 0, headers, value: null },
    ],
  });
});

const REFUSED: readonly (readonly [string, string | undefined])[] = [
  ['Bearer Sesame', 'sesame'],
  ['Bearer sesame ', 'sesame2'],
  ['Bearer ', 'sesame'],
  ['Bearer ', undefined],
  ['Bearer undefined', undefined],
];

for (const [authorization, adminToken] of REFUSED) {
  test(`given the token ${adminToken}, when "${authorization}" asks for dead letters, then 401`, async () => {
    const { app } = createStubApi({ deadLetters: deadLetters([LETTER]), adminToken });
    const response = await app.inject({ url: '/api/debug/dead-letters', headers: { authorization } });
    assert.equal(response.statusCode, 401);
    assert.equal(response.headers['www-authenticate'], 'Bearer');
    documentOf(ErrorDocument, response.body);
    assert.doesNotMatch(response.body, /e29vcHM|sesame/);
  });
}
