import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partitionOf } from '../../../test/support/partition-state.ts';
import { until } from '../../../test/support/wait.ts';
import { RecordContent } from '../../wire/record-content.ts';
import type { BatchHandler, FeedBatch } from '../feed.ts';
import { createDelivery } from './delivery.ts';
import { LIMIT } from './kafka-options.ts';
import type { PartitionState } from './partition.ts';
import type { Slice } from './record-batch.ts';

function setUp(handler: BatchHandler) {
  const caughtUp: string[] = [];
  const unreadable: string[] = [];
  let handled = 0;
  const delivery = createDelivery({
    handler,
    onCaughtUp: (name) => void caughtUp.push(name),
    onUnreadable: ({ bytes }) => void unreadable.push(bytes.toString()),
    random: () => 0,
    outageLog: { began: () => undefined, ended: () => undefined },
    onHandled: () => {
      handled += 1;
    },
  });
  return { delivery, caughtUp, unreadable, handled: () => handled };
}

function slice(state: PartitionState, from: number, to: number, end = to, bytes = 10): Slice {
  const records = Array.from({ length: to - from }, (_, index) => ({
    stream: 'buff' as const,
    topic: state.topic,
    partition: state.partition,
    offset: from + index,
    timestamp: 0,
    content: RecordContent.of([], null),
  }));
  return { state, records, unreadable: [], bytes, next: to, end, epoch: 0, fetched: Buffer.alloc(0) };
}

function offsets(batch: FeedBatch): string {
  return batch.records.map(({ topic, offset }) => `${topic}${offset}`).join(' ');
}

test('given slices of two partitions, when pushed at once, then one batch has both, and done moves when it is over', async () => {
  const a = partitionOf({ topic: 'a' });
  const b = partitionOf({ topic: 'b' });
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const { delivery, handled } = setUp((batch) => {
    seen.push(offsets(batch));
    return gate.promise;
  });
  delivery.push([slice(a, 0, 2), slice(b, 0, 1)]);
  await until('the batch is in the handler', () => seen.length === 1);
  assert.deepEqual(seen, ['a0 a1 b0']);
  assert.equal(a.done, 0);
  delivery.push([slice(a, 2, 3)]);
  gate.resolve();
  await until('the second batch is handled', () => handled() === 2);
  assert.deepEqual(seen, ['a0 a1 b0', 'a2']);
  assert.equal(a.done, 3);
  assert.equal(b.done, 1);
});

test('given a batch that its limit cut short, then it is named behind until a later one reaches the end', async () => {
  const a = partitionOf({ topic: 'a' });
  const behind: string[][] = [];
  const { delivery, caughtUp, handled } = setUp((batch) => void behind.push([...batch.behind]));
  delivery.push([slice(a, 0, 1, 3)]);
  await until('the first', () => handled() === 1);
  assert.equal(a.behind, true);
  delivery.push([slice(a, 1, 2, 3), slice(a, 2, 3, 3)]);
  await until('the second', () => handled() === 2);
  assert.deepEqual(behind, [['a/0'], []]);
  assert.deepEqual(caughtUp, ['a/0']);
});

test('given a session partition in replay, then its batches are named so until the end that it had is reached', async () => {
  const a = partitionOf({ topic: 'a', streams: ['session'], replayUntil: 3 });
  const b = partitionOf({ topic: 'b' });
  const replaying: string[][] = [];
  const { delivery, handled } = setUp((batch) => void replaying.push([...batch.replaying]));
  delivery.push([slice(a, 0, 2), slice(b, 0, 1)]);
  await until('the first', () => handled() === 1);
  assert.equal(a.replayUntil, 3);
  delivery.push([slice(a, 2, 4)]);
  await until('the second', () => handled() === 2);
  assert.equal(a.replayUntil, undefined);
  delivery.push([slice(a, 4, 5)]);
  await until('the third', () => handled() === 3);
  assert.deepEqual(replaying, [['a/0'], ['a/0'], []]);
});

test('given a handler that rejects or throws, then it gets the same batch again, and nothing is skipped', async () => {
  const a = partitionOf({ topic: 'a' });
  const seen: string[] = [];
  const { delivery, handled } = setUp((batch) => {
    seen.push(offsets(batch));
    if (seen.length === 1) throw new Error('defect');
    return seen.length === 2 ? Promise.reject(new Error('the store is away')) : undefined;
  });
  delivery.push([slice(a, 0, 2)]);
  await until('the first attempt', () => seen.length === 1);
  delivery.push([slice(a, 2, 3)]);
  await until('both are handled', () => handled() === 2);
  assert.deepEqual(seen, ['a0 a1', 'a0 a1', 'a0 a1', 'a2']);
});

test('given a rejected batch and one that waits, when cleared, then neither is delivered and nothing is done', async () => {
  const a = partitionOf({ topic: 'a' });
  let attempts = 0;
  const { delivery, handled } = setUp(async () => {
    attempts += 1;
    throw new Error('the store is away');
  });
  delivery.push([slice(a, 0, 1)]);
  await until('the first attempt', () => attempts === 1);
  delivery.push([slice(a, 1, 2)]);
  delivery.clear();
  await delivery.idle();
  assert.equal(attempts, 1);
  assert.equal(handled(), 0);
  assert.equal(a.done, 0);
});

test('given more bytes pending than the bound, then there is no room until the handler has taken some', async () => {
  const a = partitionOf({ topic: 'a' });
  const gate = Promise.withResolvers<void>();
  let batches = 0;
  const { delivery } = setUp(() => {
    batches += 1;
    return gate.promise;
  });
  const whole = LIMIT.fetchBytes;
  delivery.push([slice(a, 0, 1, 3, whole), slice(a, 1, 2, 3, whole), slice(a, 2, 3, 3, whole)]);
  let room = false;
  const waiting = delivery.room().then(() => {
    room = true;
  });
  await until('the first batch is in the handler', () => batches === 1);
  assert.equal(room, false);
  gate.resolve();
  await waiting;
  await delivery.idle();
  assert.equal(batches, 3);
});

test('given only control records came, then the handler is not called and done moves on', async () => {
  const a = partitionOf({ topic: 'a', start: 5 });
  const { delivery, handled } = setUp(() => assert.fail('nothing to handle'));
  delivery.push([{ ...slice(a, 5, 5), next: 6, end: 6 }]);
  await until('it is settled', () => handled() === 1);
  assert.equal(a.done, 6);
});

test('symptom: a slice of very many tiny records keeps all other work waiting', async () => {
  const a = partitionOf({ topic: 'a' });
  const seen: FeedBatch[] = [];
  const turns: number[] = [];
  const { delivery, handled } = setUp((batch) => {
    seen.push(batch);
    setImmediate(() => turns.push(seen.length));
  });
  delivery.push([slice(a, 0, 1_250, 1_251)]);
  await until('all is handled', () => handled() === 1);
  assert.deepEqual(
    seen.map(({ records }) => records.length),
    [500, 500, 250],
  );
  assert.deepEqual(
    seen.flatMap(({ records }) => records.map(({ offset }) => offset)),
    Array.from({ length: 1_250 }, (_, offset) => offset),
  );
  assert.ok(
    seen.every(({ behind }) => behind.has('a/0')),
    'every portion of a slice that is behind is',
  );
  assert.equal(turns[0], 1, 'what the first portion scheduled ran before the second');
  assert.equal(a.done, 1_250);
});

test('given large records, when they are handled, then a batch has 64 KB of them at most, but one at least', async () => {
  const a = partitionOf({ topic: 'a' });
  const sizes = [40_000, 20_000, 10_000, 900_000, 1, 1];
  const seen: string[] = [];
  const { delivery, handled } = setUp((batch) => void seen.push(offsets(batch)));
  const { records, ...rest } = slice(a, 0, sizes.length);
  delivery.push([
    {
      ...rest,
      records: records.map((record, at) => ({
        ...record,
        content: RecordContent.of([], Buffer.alloc(sizes[at] ?? 0)),
      })),
    },
  ]);
  await until('all is handled', () => handled() === 1);
  assert.deepEqual(seen, ['a0 a1', 'a2', 'a3', 'a4 a5']);
});

test('given a slice in portions, when cleared after the first, then the rest is not delivered and nothing is done', async () => {
  const a = partitionOf({ topic: 'a' });
  let portions = 0;
  const { delivery, handled } = setUp(() => {
    portions += 1;
    delivery.clear();
  });
  delivery.push([slice(a, 0, 1_000)]);
  await until('the first portion', () => portions === 1);
  await delivery.idle();
  assert.equal(portions, 1);
  assert.equal(handled(), 0);
  assert.equal(a.done, 0);
});

test('given bytes of a fetch, then they are freed once all they brought is handled and told, and those that share a buffer are not', async () => {
  const a = partitionOf({ topic: 'a' });
  const own = Buffer.allocUnsafeSlow(5).fill('spoon');
  const shared = Buffer.allocUnsafeSlow(100).subarray(0, 50);
  const during: string[] = [];
  const { delivery, unreadable, handled } = setUp(() => void during.push(own.toString()));
  const batch = {
    streams: a.streams,
    topic: 'a',
    partition: 0,
    offset: 1,
    timestamp: 0,
    detail: '',
    bytes: own,
  } as const;
  delivery.push([
    { ...slice(a, 0, 1), fetched: own, unreadable: [{ ...batch, reason: 'unreadable-batch' }] },
    { ...slice(a, 1, 2), fetched: shared },
  ]);
  await until('they are handled', () => handled() === 1);
  assert.deepEqual([during, unreadable], [['spoon'], ['spoon']]);
  assert.deepEqual([own.buffer.byteLength, own.length], [0, 0]);
  assert.equal(shared.length, 50);
});

test('symptom: after a slice without records nothing is handed over any more, when the next one comes as there is room', async () => {
  const [a, b] = [partitionOf({ topic: 'a' }), partitionOf({ topic: 'b' })];
  const { delivery, handled } = setUp(() => undefined);
  delivery.push([slice(a, 0, 0, 0, LIMIT.decodedBytes)]);
  await delivery.room();
  delivery.push([slice(b, 0, 1, 1, LIMIT.decodedBytes)]);
  await until('both are handled', () => handled() === 2);
});
