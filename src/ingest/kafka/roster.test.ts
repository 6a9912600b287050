import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../../test/support/feed-probe.ts';
import type { Stream } from '../feed.ts';
import { EARLIEST, LATEST, NEWEST, type OffsetAnswer, type OffsetQuestion, type TopicInfo } from './cluster.ts';
import { partitionName } from './partition.ts';
import { createRoster } from './roster.ts';

const NOW = 1_000_000_000;
const DAY = 86_400_000;

interface Log {
  first: number;
  end: number;
  /** Offset of the first record of the time that is asked for; undefined: there is none. */
  since?: number;
}

function setUp() {
  const topics = new Map<string, TopicInfo>();
  const logs = new Map<string, Log>();
  const asked: number[] = [];
  const told: string[] = [];
  const counters = { commits: 0, commitFailures: 0, fetchFailures: 0, offsetResets: 0 };
  const answerTo = ({ topic, partition, at }: OffsetQuestion): [string, OffsetAnswer][] => {
    const name = partitionName(topic, partition);
    const log = logs.get(name);
    if (log === undefined) return [];
    if (at > 0) asked.push(NOW - at);
    const timestamp = log.end > log.first ? NOW : -1;
    const offset = { [LATEST]: log.end, [EARLIEST]: log.first, [NEWEST]: log.end - 1 }[at] ?? log.since ?? -1;
    return [[name, { offset, timestamp, epoch: 0 }]];
  };
  const roster = createRoster({
    cluster: { topics, offsets: async (questions) => new Map(questions.flatMap(answerTo)) },
    streamsOf: new Map<string, readonly Stream[]>([
      ['s', ['session']],
      ['b', ['buff']],
    ]),
    sessionReplay: DAY,
    clock: { now: () => NOW, mono: () => 0 },
    listeners: {
      onMissed: (streams, partitions) => void told.push(`missed ${streams.join()}: ${partitions.join(' ')}`),
      onReplayed: () => void told.push('replayed'),
      onCaughtUp: (partition) => void told.push(`caught up ${partition}`),
    },
    counters,
    logger: silentLogger,
    outageLog: { began: () => undefined, ended: () => undefined },
  });
  const there = (id: string, partitions = 1): TopicInfo => ({ state: 'there', id, leaders: Array(partitions).fill(1) });
  return {
    ...{ topics, logs, asked, told, counters, roster, there },
    takeTold: () => told.splice(0),
    async look() {
      roster.update();
      if (roster.isWanting) await roster.begin();
      roster.tellReplayed();
    },
    positions: () => [...roster.partitions.values()].map(({ name, fetchFrom }) => `${name}@${fetchFrom}`),
  };
}

test('given a cluster is seen for the first time, then sessions begin a day back, others a minute, and what was read before is doubted', async () => {
  const { topics, logs, look, positions, asked, takeTold, there, roster } = setUp();
  topics.set('s', there('1')).set('b', there('2'));
  logs.set('s/0', { first: 0, end: 9, since: 4 }).set('b/0', { first: 0, end: 50, since: 48 });
  await look();
  assert.deepEqual(positions(), ['s/0@4', 'b/0@48']);
  assert.deepEqual(asked, [DAY, 60_000]);
  assert.equal(roster.partitions.get('s/0')?.replayUntil, 9);
  assert.equal(roster.partitions.get('b/0')?.replayUntil, undefined);
  assert.deepEqual(takeTold(), ['missed session,buff: s/0 b/0']);
});

test('given sessions in replay, when each partition has reached the end that it had, then that is told once', async () => {
  const { topics, logs, look, takeTold, there, roster } = setUp();
  topics.set('s', there('1', 2));
  logs.set('s/0', { first: 0, end: 9, since: 0 });
  await look();
  assert.deepEqual(takeTold(), [], 'where the other partition begins is not known yet');
  logs.set('s/1', { first: 0, end: 3, since: 0 });
  await look();
  const states = [...roster.partitions.values()];
  for (const state of states) {
    roster.tellReplayed();
    assert.deepEqual(takeTold(), []);
    state.replayUntil = undefined;
  }
  await look();
  await look();
  assert.deepEqual(takeTold(), ['replayed']);
});

test('given topics and partitions that appear later, then they begin at their first record, and nothing was missed', async () => {
  const { topics, logs, look, positions, takeTold, there } = setUp();
  topics.set('s', there('1')).set('b', { state: 'missing' });
  logs.set('s/0', { first: 0, end: 0 });
  await look();
  assert.deepEqual(takeTold(), ['replayed']);
  topics.set('s', there('1', 2)).set('b', there('2'));
  logs.set('s/1', { first: 0, end: 7, since: 5 }).set('b/0', { first: 0, end: 7, since: 5 });
  await look();
  assert.deepEqual(positions(), ['s/0@0', 's/1@0', 'b/0@0']);
  assert.deepEqual(takeTold(), []);
});

test('given a topic that could not be seen for want of rights, when it can, then it begins by time and is doubted', async () => {
  const { topics, logs, look, positions, takeTold, there } = setUp();
  topics.set('s', there('1')).set('b', { state: 'forbidden' });
  logs.set('s/0', { first: 0, end: 0 });
  await look();
  topics.set('b', there('2'));
  logs.set('b/0', { first: 0, end: 7, since: 5 });
  await look();
  assert.deepEqual(positions(), ['s/0@0', 'b/0@5']);
  assert.deepEqual(takeTold(), ['replayed', 'missed buff: b/0']);
});

test('given a topic that is created anew under its name, as long as before, then it is doubted and begun by time', async () => {
  const { topics, logs, look, positions, takeTold, there, counters, roster } = setUp();
  topics.set('b', there('1', 2));
  logs.set('b/0', { first: 0, end: 10 }).set('b/1', { first: 0, end: 10 });
  await look();
  assert.deepEqual(positions(), ['b/0@10', 'b/1@10']);
  for (const state of roster.partitions.values()) state.behind = true;
  takeTold();
  topics.set('b', there('2', 1));
  logs.set('b/0', { first: 0, end: 10, since: 0 });
  await look();
  assert.deepEqual(positions(), ['b/0@0']);
  assert.deepEqual(takeTold(), ['caught up b/0', 'caught up b/1', 'missed buff: b/0']);
  assert.equal(counters.offsetResets, 2);
});

test('given a topic that is gone for a moment, when it is back as the same, then it goes on where it was', async () => {
  const { topics, logs, look, takeTold, there, roster } = setUp();
  topics.set('b', there('1'));
  logs.set('b/0', { first: 0, end: 10 });
  await look();
  const before = roster.partitions.get('b/0');
  takeTold();
  topics.set('b', { state: 'missing' });
  await look();
  topics.set('b', there('1'));
  await look();
  assert.equal(roster.partitions.get('b/0'), before);
  assert.deepEqual(takeTold(), []);
});

test('given a log that has lost what comes next of sessions, then all is replayed and doubted again', async () => {
  const { topics, logs, look, takeTold, there, roster, counters } = setUp();
  topics.set('s', there('1'));
  logs.set('s/0', { first: 0, end: 0 });
  await look();
  assert.deepEqual(takeTold(), ['replayed']);
  const state = roster.partitions.get('s/0');
  assert.ok(state !== undefined);
  roster.lose(state);
  logs.set('s/0', { first: 0, end: 5, since: 0 });
  await look();
  assert.deepEqual(
    takeTold(),
    ['missed session: s/0'],
    'from offset 0 as well: what was read of it is no longer in it',
  );
  const again = roster.partitions.get('s/0');
  assert.equal(again?.replayUntil, 5);
  again.replayUntil = undefined;
  roster.tellReplayed();
  assert.deepEqual(takeTold(), ['replayed']);
  assert.equal(counters.offsetResets, 1);
});

test('symptom: who logged out on another partition is held again, when one of sessions has lost its log', async () => {
  const { topics, logs, look, there, roster, counters, positions } = setUp();
  topics.set('s', there('1', 2)).set('b', there('2'));
  for (const name of ['s/0', 's/1', 'b/0']) logs.set(name, { first: 0, end: 9, since: 4 });
  await look();
  const [lost, ...others] = [...roster.partitions.values()];
  assert.ok(lost !== undefined);
  for (const state of [lost, ...others]) state.fetchFrom = 9;
  roster.lose(lost);
  await look();
  assert.deepEqual(positions().sort(), ['b/0@9', 's/0@4', 's/1@4']);
  assert.equal(counters.offsetResets, 2);
});

test('symptom: one partition of sessions that nobody leads holds up those whom the others know', async () => {
  const { topics, logs, look, takeTold } = setUp();
  topics.set('s', { state: 'there', id: '1', leaders: [1, -1] });
  logs.set('s/0', { first: 0, end: 0 });
  await look();
  assert.deepEqual(takeTold(), ['replayed']);
  topics.set('s', { state: 'there', id: '1', leaders: [1, 1] });
  logs.set('s/1', { first: 0, end: 0 });
  await look();
  assert.deepEqual(takeTold(), [], 'nothing of it was to be replayed');
});
