import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Assignment, newPartition, noteFetched, positionsOf, whyNotCurrent } from './assignment.ts';
import { healthOf } from './feed-health.ts';

const LIMIT = 5_000;

function partition(start = 0) {
  return newPartition('buffs', 0, ['buff'], start, undefined);
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

test('symptom: right after a pause or a rebalance, a partition with records still to come passes as current', () => {
  const assigned = partition();
  assigned.end = 3;
  noteFetched(assigned, 1_000);
  assert.equal(whyNotCurrent(assigned, 1_000, LIMIT), 'buffs/0 is 3 records behind, since it was assigned');
  assigned.done = 3;
  noteFetched(assigned, 1_500);
  assert.equal(whyNotCurrent(assigned, 1_500, LIMIT), undefined);

  assigned.end = 9;
  noteFetched(assigned, 13_000);
  assert.equal(whyNotCurrent(assigned, 13_000, LIMIT), 'buffs/0 is 6 records behind, for 12 s');
  assigned.done = 9;
  assert.equal(whyNotCurrent(assigned, 13_000, LIMIT), undefined);
});

test('given a topic shared by two streams, then each has its position', () => {
  const state = newPartition('all', 3, ['session', 'buff'], 5, 5);
  state.end = 9;
  const assignment: Assignment = { partitions: new Map([[state.name, state]]) };
  assert.deepEqual(positionsOf(assignment), [
    { stream: 'session', topic: 'all', partition: 3, position: 5, committed: 5, end: 9 },
    { stream: 'buff', topic: 'all', partition: 3, position: 5, committed: 5, end: 9 },
  ]);
});

test('given no topic exists yet, then the feed is current as long as brokers answer', () => {
  const inputs = { assignment: undefined, topics: new Map(), members: undefined };
  assert.equal(healthOf({ ...inputs, lookedAt: undefined }, 0).current, false);
  assert.equal(healthOf({ ...inputs, lookedAt: 1_000 }, 6_000).current, true);
  assert.deepEqual(healthOf({ ...inputs, lookedAt: 1_000 }, 6_001), {
    current: false,
    reason: 'no broker answers',
    members: undefined,
  });
});

test('given topics exist, when not all of their partitions are assigned, then the feed is not current', () => {
  const topics = new Map([['buff', { id: 'b', leaders: [1, 1] }]]);
  const inputs = { lookedAt: 0, topics, members: 2 };
  assert.equal(healthOf({ ...inputs, assignment: undefined }, 0).current, false);
  const states = [0, 1].map((partition) => {
    const state = newPartition('buff', partition, ['buff'], 0, undefined);
    state.fetchedAt = 0;
    return [state.name, state] as const;
  });
  const half = healthOf({ ...inputs, assignment: { partitions: new Map(states.slice(0, 1)) } }, 0);
  assert.deepEqual([half.current, half.reason], [false, 'buff/1 is not assigned to this process, which needs all']);
  assert.equal(healthOf({ ...inputs, assignment: { partitions: new Map(states) } }, 0).current, true);
});
