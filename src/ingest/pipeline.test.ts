import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodedEvent, SHARED } from '../../test/support/encoded-event.ts';
import { loggedIn } from '../../test/support/state-bench.ts';
import type { CharacterEvent } from '../domain/event.ts';
import { PARTS } from '../domain/part.ts';
import { createDecoder } from '../events/decoder.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createEventCounts } from './event-counts.ts';
import type { FeedRecord } from './feed.ts';
import { createPipeline } from './pipeline.ts';

test('symptom: a defect leaves a character half-changed and fresh, or stops the stream', async () => {
  const bench = loggedIn();
  const defects: unknown[] = [];
  // A list that is none is what only a defect of the decoder could let through.
  const broken = { ...SHARED, type: 'buff-applied', sourceId: 7, changes: undefined } as unknown as CharacterEvent;
  const next: CharacterEvent = { ...SHARED, type: 'base-changed', values: { luck: 9 }, incomplete: false };
  const events = [broken, next];
  const eventCounts = createEventCounts();
  const handle = createPipeline({
    decoder: { decode: () => events.shift() ?? assert.fail('one event for each record') },
    characters: bench.characters,
    deadLetters: createDeadLetters({ maxLetters: 9, maxBytes: 9_999 }),
    eventCounts,
    moments: bench.moments,
    onEvent: () => undefined,
    onApplied: () => undefined,
    onDefect: (error) => defects.push(error),
    onVisible: () => undefined,
    isWatched: () => false,
    onExpected: () => undefined,
    onWatched: () => assert.fail('nobody watches'),
  });
  const record = { ...encodedEvent('buff', {}), topic: 'buff', partition: 0, offset: 1 };
  const { version } = bench.view();
  await handle({ records: [record, { ...record, offset: 2 }], behind: new Set(), replaying: new Set() });
  assert.equal(defects.length, 1);
  assert.equal(bench.base('luck'), 9, 'the stream goes on');
  assert.ok(bench.view().version > version);
  for (const part of PARTS) assert.equal(bench.isStale(part), true, part);
});

test('given somebody who watches, when events are applied, then each is told with its record before the next is applied', async () => {
  const bench = loggedIn();
  const lucks = [7, 8, 9];
  const events = lucks.map(
    (luck): CharacterEvent => ({ ...SHARED, type: 'base-changed', values: { luck }, incomplete: false }),
  );
  const told: unknown[] = [];
  const handle = createPipeline({
    decoder: { decode: () => events.shift() ?? assert.fail('one event for each record') },
    characters: bench.characters,
    deadLetters: createDeadLetters({ maxLetters: 9, maxBytes: 9_999 }),
    eventCounts: createEventCounts(),
    moments: bench.moments,
    onEvent: () => undefined,
    onApplied: () => undefined,
    onDefect: (error) => assert.fail(String(error)),
    onVisible: () => undefined,
    isWatched: () => true,
    onExpected: () => undefined,
    onWatched: ({ type }, { topic, partition, offset }) =>
      told.push([type, topic, partition, offset, bench.base('luck')]),
  });
  const record = { ...encodedEvent('character', {}), topic: 'character', partition: 3 };
  const records = [11, 12, 13].map((offset) => ({ ...record, offset }));
  await handle({ records, behind: new Set(), replaying: new Set() });
  assert.deepEqual(
    told,
    lucks.map((luck, index) => ['base-changed', 'character', 3, 11 + index, luck]),
  );
});

test('given a partition that is both behind and replayed, then its sessions wait for no backlog, and other streams on it do', async () => {
  const decoded: unknown[] = [];
  const handle = createPipeline({
    decoder: {
      decode({ stream }, behind, replayed) {
        decoded.push([stream, behind, replayed]);
        return { type: 'skip', reason: 'other-type' };
      },
    },
    characters: loggedIn().characters,
    deadLetters: createDeadLetters({ maxLetters: 9, maxBytes: 9_999 }),
    eventCounts: createEventCounts(),
    moments: loggedIn().moments,
    onEvent: () => undefined,
    onApplied: () => undefined,
    onDefect: (error) => assert.fail(String(error)),
    onVisible: () => undefined,
    isWatched: () => false,
    onExpected: () => undefined,
    onWatched: () => assert.fail('nobody watches'),
  });
  const records = (['session', 'buff'] as const).map((stream) => {
    return { ...encodedEvent(stream, {}), topic: 'all', partition: 0, offset: 1 };
  });
  await handle({ records, behind: new Set(['all/0']), replaying: new Set(['all/0']) });
  await handle({ records, behind: new Set(['all/0']), replaying: new Set() });
  assert.deepEqual(decoded, [
    ['session', undefined, true],
    ['buff', 'all/0', false],
    ['session', 'all/0', false],
    ['buff', 'all/0', false],
  ]);
});

function listening(listeners: Partial<Parameters<typeof createPipeline>[0]>, timestamp = Date.now()) {
  const bench = loggedIn();
  const defects: unknown[] = [];
  const event = (luck: number): CharacterEvent => ({
    ...SHARED,
    type: 'base-changed',
    values: { luck },
    incomplete: false,
    recordTime: timestamp,
  });
  const events = [event(8), event(9)];
  const handle = createPipeline({
    decoder: { decode: () => events.shift() ?? assert.fail('one event for each record') },
    characters: bench.characters,
    deadLetters: createDeadLetters({ maxLetters: 9, maxBytes: 9_999 }),
    eventCounts: createEventCounts(),
    moments: bench.moments,
    onEvent: () => undefined,
    onApplied: () => undefined,
    isWatched: () => true,
    onExpected: () => undefined,
    onWatched: () => undefined,
    onDefect: (error) => defects.push(error),
    onVisible: () => undefined,
    ...listeners,
  });
  const record = { ...encodedEvent('character', {}), topic: 'character', partition: 0, offset: 1 };
  const batch = {
    records: [record, { ...record, offset: 2 }],
    behind: new Set<string>(),
    replaying: new Set<string>(),
  };
  return { handle: () => handle(batch), defects };
}

for (const listener of ['onEvent', 'onApplied', 'onVisible', 'onExpected', 'onWatched'] as const) {
  test(`symptom: a throw of ${listener} rejects the batch, which comes again for ever`, async () => {
    const calls: unknown[] = [];
    const throwing = () => {
      calls.push(listener);
      throw new TypeError('a defect');
    };
    const { handle, defects } = listening({ [listener]: throwing });
    await handle();
    assert.equal(defects.length, calls.length);
    assert.equal(calls.length, listener === 'onApplied' ? 1 : 2);
  });
}

for (const timestamp of [-1, 0]) {
  test(`symptom: the record time ${timestamp}, which is none, counts as decades until an event is visible`, async () => {
    const seen: number[] = [];
    await listening({ onVisible: (latency) => seen.push(latency) }, timestamp).handle();
    assert.deepEqual(seen, []);
  });
}

test('given a flood about nobody who is held, then mistakes are told among its first events, and of those who are held always', async () => {
  const bench = loggedIn();
  const deadLetters = createDeadLetters({ maxLetters: 99, maxBytes: 99_999 });
  const eventCounts = createEventCounts();
  const handle = createPipeline({
    decoder: createDecoder({ isConcerned: bench.characters.concerns }),
    characters: bench.characters,
    deadLetters,
    eventCounts,
    moments: bench.moments,
    onEvent: () => undefined,
    onApplied: () => undefined,
    onDefect: (error) => assert.fail(String(error)),
    onVisible: () => undefined,
    isWatched: () => false,
    onExpected: () => undefined,
    onWatched: () => undefined,
  });
  const buffOf = (characterId: number, amount: number, offset: number): FeedRecord => {
    const changes = [{ type: 'PAD', amount }];
    const times = { createdAt: '2026-02-03T18:01:57Z', expiresAt: '2026-02-03T18:03:57Z' };
    const body = { fromId: 1, sourceId: 7, level: 1, duration: 120_000, changes, ...times };
    const event = encodedEvent('buff', { worldId: 0, characterId, type: 'APPLIED', body });
    return { ...event, topic: 'buff', partition: 0, offset };
  };
  const absent = SHARED.characterId + 1;
  const records = Array.from({ length: 20 }, (_, offset) =>
    buffOf(absent, offset === 2 || offset === 15 ? 2 ** 40 : 1, offset),
  );
  records.push(buffOf(SHARED.characterId, 2 ** 40, 20));
  await handle({ records, behind: new Set(), replaying: new Set() });
  assert.deepEqual(
    deadLetters.list().map(({ offset }) => offset),
    [20, 2],
  );
  assert.equal(eventCounts.lines().find(({ outcome }) => outcome === 'not-held')?.count, 19);
  // The next batch begins anew.
  await handle({ records: [buffOf(absent, 2 ** 40, 21)], behind: new Set(), replaying: new Set() });
  assert.equal(deadLetters.total, 3);
});
