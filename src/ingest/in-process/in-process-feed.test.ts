import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/wait.ts';
import type { FeedBatch, Stream } from '../feed.ts';
import { createInProcessFeed, type PublishedRecord } from './in-process-feed.ts';

const clock = { now: () => 1_700, mono: () => 0 };
const listeners = {
  onCaughtUp: () => undefined,
  onMissed: () => undefined,
  onReplayed: () => undefined,
  onUnreadable: () => undefined,
};

function recordOf(stream: Stream, text: string): PublishedRecord {
  return {
    stream,
    key: Buffer.alloc(8),
    headers: [[Buffer.from('MAJOR_VERSION'), Buffer.from([0, 83])]],
    value: Buffer.from(text),
  };
}

test('given records of two streams, when published, then they arrive later, in order, with their bytes', async () => {
  const feed = createInProcessFeed(clock);
  const batches: FeedBatch[] = [];
  await feed.start((batch) => void batches.push(batch), listeners);
  for (const text of ['a', 'b', 'c']) void feed.publish(recordOf('buff', text));
  void feed.publish(recordOf('session', 'd'));
  assert.equal(batches.length, 0);

  await until('all four arrived', () => batches.flatMap((batch) => batch.records).length === 4);
  const records = batches.flatMap((batch) => batch.records);
  assert.deepEqual(
    records.map(({ stream, offset, timestamp, content }) => [stream, offset, timestamp, `${content.value}`]),
    [
      ['buff', 0, 1_700, 'a'],
      ['buff', 1, 1_700, 'b'],
      ['buff', 2, 1_700, 'c'],
      ['session', 0, 1_700, 'd'],
    ],
  );
  assert.deepEqual(records[0]?.content.headers[0]?.[1], Buffer.from([0, 83]));
  assert.equal(feed.positions().find(({ stream }) => stream === 'buff')?.committed, 3);
  const { current, streams } = feed.health();
  assert.ok(current && Object.values(streams).every((stream) => stream.current));
  await feed.stop();
});

test('given records published before the start, when the feed starts, then they are delivered', async () => {
  const feed = createInProcessFeed(clock);
  await feed.publish(recordOf('skill', 'early'));
  const seen: string[] = [];
  await feed.start(({ records }) => void seen.push(...records.map(({ content }) => `${content.value}`)), listeners);
  await until('it arrived', () => seen.length === 1);
  assert.deepEqual(seen, ['early']);
  await feed.stop();
});

test('given a handler that rejects, when it recovers, then it gets the same batch again and nothing before it', async () => {
  const feed = createInProcessFeed(clock);
  const seen: string[] = [];
  let failures = 2;
  await feed.start(async ({ records }) => {
    seen.push(records.map(({ content }) => `${content.value}`).join());
    failures -= 1;
    if (failures >= 0) throw new Error('the store is away');
  }, listeners);
  void feed.publish(recordOf('asset', 'a'));
  await until('the first attempt', () => seen.length > 0);
  void feed.publish(recordOf('asset', 'b'));
  await until('both are handled', () => feed.positions().find(({ stream }) => stream === 'asset')?.position === 2);
  assert.deepEqual(seen, ['a', 'a', 'a', 'b']);
  await feed.stop();
});

test('given a handler that hangs, when more is published than the bound, then publishing waits, and stop frees it', async () => {
  const feed = createInProcessFeed(clock);
  const record = recordOf('buff', 'x');
  const hanging = Promise.withResolvers<void>();
  await feed.start(() => hanging.promise, listeners);
  let accepted = 0;
  const producer = (async () => {
    for (let count = 0; count < 11_000; count += 1) {
      await feed.publish(record);
      accepted += 1;
    }
  })();
  await until('the queue is full', () => accepted >= 9_999);
  const before = accepted;
  await new Promise(setImmediate);
  assert.equal(accepted, before);
  assert.ok(accepted < 11_000);
  const stopped = feed.stop();
  hanging.resolve();
  await Promise.all([stopped, producer]);
});
