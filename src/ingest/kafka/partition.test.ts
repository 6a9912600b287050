import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partitionOf } from '../../../test/support/partition-state.ts';
import { noteFetched, positionsOf, whyNotCurrent } from './partition.ts';

const LIMIT = 5_000;

function partition(start = 0) {
  return partitionOf({ topic: 'buffs', start });
}

test('given a partition that was never fetched, then it is not current', () => {
  assert.equal(whyNotCurrent(partition(), 0, LIMIT), 'buffs/0 was not fetched yet');
});

test('given a fetch that found the end reached, when five seconds pass without another, then it is no longer current', () => {
  const state = partition(7);
  state.end = 7;
  noteFetched(state, 1_000);
  assert.equal(whyNotCurrent(state, 6_000, LIMIT), undefined);
  assert.equal(whyNotCurrent(state, 6_001, LIMIT), 'buffs/0 was last fetched 5 s ago');
});

test('given an end seen five seconds ago, when it is reached, then newer ends do not count yet', () => {
  const state = partition();
  state.end = 0;
  noteFetched(state, 0);
  for (let second = 1; second <= 7; second += 1) {
    state.end = 100 + second;
    noteFetched(state, second * 1_000);
  }
  assert.equal(whyNotCurrent(state, 7_000, LIMIT), 'buffs/0 is 107 records behind, for 7 s');
  state.done = 103;
  assert.equal(whyNotCurrent(state, 7_000, LIMIT), undefined);
  assert.match(whyNotCurrent(state, 8_001, LIMIT) ?? '', /behind/);
});

test('given a stream that never rests, when each end is reached within a second, then it stays current', () => {
  const state = partition();
  state.end = 0;
  noteFetched(state, -1_000);
  for (let second = 0; second < 60; second += 1) {
    state.end = second * 100 + 100;
    state.done = second * 100;
    noteFetched(state, second * 1_000);
    assert.equal(whyNotCurrent(state, second * 1_000, LIMIT), undefined);
    assert.ok(state.unreached.length <= 2);
  }
});

test('symptom: right after a pause or the start, a partition with records still to come passes as current', () => {
  const followed = partition();
  followed.end = 3;
  noteFetched(followed, 1_000);
  assert.equal(whyNotCurrent(followed, 1_000, LIMIT), 'buffs/0 is 3 records behind, since it is followed');
  followed.done = 3;
  noteFetched(followed, 1_500);
  assert.equal(whyNotCurrent(followed, 1_500, LIMIT), undefined);

  followed.end = 9;
  noteFetched(followed, 13_000);
  assert.equal(whyNotCurrent(followed, 13_000, LIMIT), 'buffs/0 is 6 records behind, for 12 s');
  followed.done = 9;
  assert.equal(whyNotCurrent(followed, 13_000, LIMIT), undefined);
});

test('given a topic shared by two streams, then each has its position', () => {
  const state = partitionOf({ topic: 'all', partition: 3, streams: ['session', 'buff'], start: 5 });
  state.end = 9;
  assert.deepEqual(positionsOf(state, 4), [
    { stream: 'session', topic: 'all', partition: 3, position: 5, committed: 4, end: 9 },
    { stream: 'buff', topic: 'all', partition: 3, position: 5, committed: 4, end: 9 },
  ]);
});
