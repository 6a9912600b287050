import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partitionOf } from '../../../test/support/partition-state.ts';
import { TOPIC_VARIABLES } from '../../config/config.ts';
import { STREAMS, type Stream } from '../feed.ts';
import type { TopicInfo } from './cluster.ts';
import { type Followed, healthOf as healthBy } from './feed-health.ts';
import type { PartitionState } from './partition.ts';

const NAMES = { session: 'S', buff: 'B', asset: 'A', character: 'C', skill: 'K' } as const;

const healthOf = (followed: Followed | undefined, now: number) =>
  healthBy({ topics: NAMES, topicVariables: TOPIC_VARIABLES }, followed, now);

/** All five topics exist with one partition each, which is followed and was fetched at 0. */
function inputs(overrides: Partial<Followed> = {}): Followed {
  const states = STREAMS.map((stream) => partitionOf({ topic: NAMES[stream], fetchedAt: 0 }));
  const there: TopicInfo = { state: 'there', id: 'x', leaders: [1] };
  return {
    partitions: new Map(states.map((state) => [state.name, state])),
    cluster: { lookedAt: 0, topics: new Map(STREAMS.map((stream) => [NAMES[stream], there])) },
    doubtful: new Set(),
    ...overrides,
  };
}

function withTopic(stream: Stream, info: TopicInfo): Followed {
  const { cluster } = inputs();
  return inputs({ cluster: { ...cluster, topics: new Map([...cluster.topics, [NAMES[stream], info]]) } });
}

function withPartition(stream: Stream, change: Partial<PartitionState>): Followed {
  const state = partitionOf({ topic: NAMES[stream], fetchedAt: 0, ...change });
  return inputs({ partitions: new Map([...inputs().partitions, [state.name, state]]) });
}

function notCurrent(of: Followed, now = 0): Partial<Record<Stream, string>> {
  const { streams } = healthOf(of, now);
  return Object.fromEntries(
    STREAMS.filter((stream) => !streams[stream].current).map((stream) => [stream, streams[stream].reason]),
  );
}

test('given every partition was fetched up to its end, then all is current', () => {
  const { current, reason } = healthOf(inputs(), 0);
  assert.deepEqual(
    { current, reason, streams: notCurrent(inputs()) },
    { current: true, reason: undefined, streams: {} },
  );
});

test('given no broker has answered yet, then nothing is current', () => {
  const { current, reason } = healthOf(undefined, 0);
  assert.deepEqual({ current, reason }, { current: false, reason: 'no broker answers' });
});

test('given a topic that is not there, then its stream alone is not current, and its variable is named', () => {
  const missing = withTopic('buff', { state: 'missing' });
  const reason = 'topic B does not exist: EVENT_TOPIC_CHARACTER_BUFF_STATUS names it';
  assert.deepEqual(notCurrent(missing), { buff: reason });
  assert.equal(healthOf(missing, 0).reason, reason);
});

test('given a topic that we have no right to see or to read, then its stream is not current, and its variable is named', () => {
  const reason = 'topic A may not be read by this service: its rights, or EVENT_TOPIC_ASSET_STATUS';
  assert.deepEqual(notCurrent(withTopic('asset', { state: 'forbidden' })), { asset: reason });
  assert.deepEqual(notCurrent(withPartition('asset', { forbidden: true })), { asset: reason });
});

test('given a partition that is not followed yet, or behind, then its stream alone is not current', () => {
  assert.deepEqual(notCurrent(withTopic('skill', { state: 'there', id: 'x', leaders: [1, 1] })), {
    skill: 'K/1 is not followed yet',
  });
  const behind = withPartition('character', { end: 9, done: 2, unreached: [{ at: -6_000, end: 9 }] });
  assert.deepEqual(notCurrent(behind), { character: 'C/0 is 7 records behind, for 6 s' });
});

test('given records that could not be read, then their stream is not current until what is held was doubted', () => {
  const doubtful = inputs({ doubtful: new Set(['buff']) });
  assert.deepEqual(notCurrent(doubtful), { buff: 'records of B could not be read: what is held is read again soon' });
});

test('given brokers that send records and do not tell any more which partitions there are, then nothing is current', () => {
  const states = STREAMS.map((stream) => partitionOf({ topic: NAMES[stream], fetchedAt: 10_001 }));
  const partitions = new Map(states.map((state) => [state.name, state]));
  assert.deepEqual(notCurrent(inputs({ partitions }), 10_000), {});
  assert.equal(healthOf(inputs({ partitions }), 10_001).reason, 'no broker tells which partitions there are');
});
