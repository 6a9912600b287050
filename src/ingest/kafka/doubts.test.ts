import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Stream, UnreadableBatch } from '../feed.ts';
import { createDoubts } from './doubts.ts';

function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: string[] = [];
  const doubts = createDoubts(
    () => 0.5,
    (streams, partitions) => void told.push(`${streams.join()}: ${partitions.join(' ')}`),
  );
  t.after(() => doubts.stop());
  return { doubts, told, pass: (ms: number) => t.mock.timers.tick(ms) };
}

function unreadable(partition: number, streams: readonly Stream[] = ['buff']): UnreadableBatch {
  const bytes = Buffer.alloc(0);
  return { streams, topic: 'b', partition, offset: 0, timestamp: 0, reason: 'unreadable-batch', detail: '', bytes };
}

test('given a batch that cannot be read, then its stream is doubtful, and doubted after a moment of this process', (t) => {
  const { doubts, told, pass } = setUp(t);
  doubts.add(unreadable(0));
  doubts.add(unreadable(1));
  assert.deepEqual([...doubts.streams], ['buff']);
  pass(999);
  assert.deepEqual(told, []);
  pass(1);
  assert.deepEqual(told, ['buff: b/0 b/1']);
  assert.equal(doubts.streams.size, 0);
});

test('given a storm of them, then what is held is doubted once in 30 s, and the stream is doubtful meanwhile', (t) => {
  const { doubts, told, pass } = setUp(t);
  doubts.add(unreadable(0));
  pass(1_000);
  for (let second = 0; second < 90; second += 1) {
    doubts.add(unreadable(0));
    assert.ok(doubts.streams.has('buff'));
    pass(1_000);
  }
  assert.equal(told.length, 4);
  pass(60_000);
  assert.equal(told.length, 4, 'nothing is left to tell');
});

test('given batches of two streams, then each is doubted on its own', (t) => {
  const { doubts, told, pass } = setUp(t);
  doubts.add(unreadable(0));
  pass(1_000);
  doubts.add(unreadable(0, ['skill']));
  pass(1_000);
  assert.deepEqual(told, ['buff: b/0', 'skill: b/0']);
});
