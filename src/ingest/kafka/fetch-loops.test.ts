import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { batchBytes } from '../../../test/support/batch-bytes.ts';
import { texts } from '../../../test/support/feed-probe.ts';
import { partitionOf } from '../../../test/support/partition-state.ts';
import { until } from '../../../test/support/wait.ts';
import type { TopicInfo } from './cluster.ts';
import { createFetchLoops } from './fetch-loops.ts';
import type { PartitionAnswer } from './fetch-request.ts';
import type { PartitionState } from './partition.ts';
import type { Slice } from './record-batch.ts';

type Answer = (node: number) => Promise<readonly PartitionAnswer[]>;

const TOPIC_ID = 'id-of-t';

function setUp(t: TestContext, answer: Answer) {
  const state = partitionOf({ partition: 0 });
  const other = partitionOf({ partition: 1 });
  const partitions = new Map<string, PartitionState>([state, other].map((each) => [each.name, each]));
  const topics = new Map<string, TopicInfo>([['t', { state: 'there', id: TOPIC_ID, leaders: [1, 1] }]]);
  const requests: { node: number; asked: string[] }[] = [];
  const pushed: Slice[] = [];
  const counts = { failed: 0, stale: 0 };
  const lost: string[] = [];
  const loops = createFetchLoops({
    cluster: {
      topics,
      fetch(node, wanted) {
        const asked = wanted.map(({ partition, fetchFrom, lastEpoch }) => `${partition}@${fetchFrom}/${lastEpoch}`);
        requests.push({ node, asked });
        return answer(node);
      },
    },
    decompress: (_codec, bytes) => bytes,
    clock: { now: () => Date.now(), mono: () => performance.now() },
    random: () => 0,
    outageLog: { began: () => undefined, ended: () => undefined },
    delivery: {
      push: (slices) => void pushed.push(...slices),
      room: async () => undefined,
      clear: () => undefined,
      idle: async () => undefined,
    },
    partitions,
    onFailed: () => {
      counts.failed += 1;
    },
    onLost(gone) {
      lost.push(gone.name);
      partitions.delete(gone.name);
    },
    onStale: () => {
      counts.stale += 1;
    },
  });
  t.after(() => loops.stop());
  return { loops, state, other, partitions, topics, requests, pushed, counts, lost };
}

interface Sketch extends Partial<PartitionAnswer> {
  readonly partition: number;
  readonly count?: number;
  readonly from?: number;
}

function answers(...sketches: readonly Sketch[]): readonly PartitionAnswer[] {
  return sketches.map(({ count = 0, from = 0, errorCode = 0, ...rest }) => ({
    topicId: TOPIC_ID,
    errorCode,
    error: errorCode === 0 ? undefined : new Error('refused'),
    end: from + count,
    diverged: false,
    bytes: count === 0 ? Buffer.alloc(0) : batchBytes(from, texts('v', count)),
    ...rest,
  }));
}

const silence = (): Promise<readonly PartitionAnswer[]> => new Promise(() => undefined);

test('given an answer, then the next fetch goes on after it, and whoever has waited the longest goes first', async (t) => {
  const { loops, requests, pushed, state } = setUp(t, async () => {
    if (requests.length === 1) return answers({ partition: 0, count: 5 }, { partition: 1 });
    if (requests.length === 2) return answers({ partition: 1, count: 2 }, { partition: 0, from: 5, count: 1 });
    return requests.length === 3 ? answers({ partition: 1, from: 2, count: 1 }) : silence();
  });
  loops.kick();
  await until('the fourth fetch', () => requests.length === 4);
  assert.deepEqual(
    requests.map(({ asked }) => asked.map((each) => each.split('/')[0])),
    [
      ['0@0', '1@0'],
      ['1@0', '0@5'],
      ['0@6', '1@2'],
      ['0@6', '1@3'],
    ],
  );
  assert.equal(pushed.length, 4);
  assert.equal(state.end, 6);
});

test('given records of a leader epoch, then the next fetch tells it, so that the broker can say that its log is another one', async (t) => {
  const { loops, requests } = setUp(t, async () => {
    if (requests.length > 1) return silence();
    const [answer] = answers({ partition: 0, count: 5 });
    answer?.bytes.writeInt32BE(7, 12);
    return answer === undefined ? [] : [answer];
  });
  loops.kick();
  await until('the second fetch', () => requests.length === 2);
  assert.deepEqual(requests[0]?.asked, ['0@0/-1', '1@0/-1']);
  assert.deepEqual(requests[1]?.asked, ['1@0/-1', '0@5/7']);
});

test('given the leader moved, when the broker refuses, then it is looked up at once, and the new leader is asked', async (t) => {
  const { loops, requests, counts, topics } = setUp(t, async (node) => {
    if (node === 1 && requests.length === 1) return answers({ partition: 0, errorCode: 6 }, { partition: 1 });
    return silence();
  });
  loops.kick();
  await until('a look is asked for', () => counts.stale === 1);
  await until('the other partition is fetched on', () => requests.length === 2);
  assert.deepEqual(requests[1], { node: 1, asked: ['1@0/-1'] });
  topics.set('t', { state: 'there', id: TOPIC_ID, leaders: [2, 1] });
  await until('the new leader is asked', () => requests.length === 3);
  assert.deepEqual(requests[2], { node: 2, asked: ['0@0/-1'] });
  assert.equal(counts.failed, 1);
});

for (const [what, answer] of [
  ['an offset that the log does not have', { partition: 0, errorCode: 1 }],
  ['a log that has other records before the offset', { partition: 0, diverged: true }],
] as const) {
  test(`given ${what}, then the partition is lost, and the other one is fetched on`, async (t) => {
    const { loops, requests, lost, counts, state, pushed } = setUp(t, async () =>
      requests.length === 1 ? answers(answer, { partition: 1, count: 1 }) : silence(),
    );
    loops.kick();
    await until('the fetch goes on', () => requests.length === 2);
    assert.deepEqual(lost, [state.name]);
    assert.deepEqual(requests[1]?.asked.length, 1);
    assert.deepEqual(
      pushed.map((slice) => slice.state.partition),
      [1],
    );
    await until('a look is asked for, after a pause', () => counts.stale === 1);
  });
}

test('given no right to read a partition, then that is known until it is granted', async (t) => {
  let isGranted = false;
  const { loops, state } = setUp(t, async () => {
    await new Promise(setImmediate);
    return answers({ partition: 0, errorCode: isGranted ? 0 : 29 }, { partition: 1 });
  });
  loops.kick();
  await until('it is refused', () => state.forbidden);
  assert.equal(state.fetchedAt, undefined);
  isGranted = true;
  await until('it is accepted', () => !state.forbidden);
  assert.notEqual(state.fetchedAt, undefined);
});

test('given a partition that is followed anew during a fetch, when its answer comes, then it is dropped', async (t) => {
  const gate = Promise.withResolvers<readonly PartitionAnswer[]>();
  const { loops, requests, pushed, partitions } = setUp(t, async () =>
    requests.length === 1 ? gate.promise : silence(),
  );
  loops.kick();
  await until('the fetch is under way', () => requests.length === 1);
  partitions.set('t/0', partitionOf({ start: 90 }));
  gate.resolve(answers({ partition: 0, count: 5 }));
  await until('it is fetched from its new start', () => requests.length === 2);
  assert.deepEqual(requests[1]?.asked, ['0@90/-1', '1@0/-1']);
  assert.deepEqual(pushed, []);
});

test('given a topic that was created anew, then an answer about the old one does not count for the new one', async (t) => {
  const { loops, requests, pushed } = setUp(t, async () =>
    requests.length === 1 ? answers({ partition: 0, count: 5, topicId: 'another' }) : silence(),
  );
  loops.kick();
  await until('it has asked again', () => requests.length === 2);
  assert.deepEqual(pushed, []);
});

test('given nothing is followed, when something is, then a kick starts the fetching again', async (t) => {
  const { loops, requests, partitions, state } = setUp(t, async () => {
    if (requests.length === 1) partitions.clear();
    return requests.length === 1 ? answers({ partition: 0 }) : silence();
  });
  loops.kick();
  await until('the first fetch', () => requests.length === 1);
  await new Promise(setImmediate);
  assert.equal(requests.length, 1);
  partitions.set(state.name, state);
  loops.kick();
  await until('it fetches again', () => requests.length === 2);
});

test('symptom: after a pause of the process, an answer from before it makes frozen values pass as current', async (t) => {
  let deliver: (answer: readonly PartitionAnswer[]) => void = () => undefined;
  const { loops, state, requests } = setUp(t, () => new Promise((resolve) => (deliver = resolve)));
  loops.kick();
  await until('it has asked', () => requests.length === 1);
  const askedBefore = performance.now();
  await until('the answer has waited for a while', () => performance.now() > askedBefore + 50);
  deliver(answers({ partition: 0 }));
  await until('it has asked again', () => requests.length === 2);
  assert.ok((state.fetchedAt ?? 0) <= askedBefore, 'the answer vouches for the time of the question only');
});

test('given a backlog, then its records tell when the log was seen to hold them, the first fetch no later than the next', async (t) => {
  const turns: (readonly PartitionAnswer[])[] = [
    answers({ partition: 0, count: 2, end: 2 }),
    answers({ partition: 0, from: 2, count: 3, end: 7 }),
    answers({ partition: 0, from: 5, count: 3, end: 8 }),
  ];
  const feed = setUp(t, () =>
    Promise.resolve(turns.shift() ?? []).then((turn) => (turn.length > 0 ? turn : silence())),
  );
  feed.state.seen = { until: 1, at: 7 };
  feed.loops.kick();
  await until('all has come', () => feed.pushed.length === 3);
  const lookedAt = feed.state.seen.at;
  assert.ok(lookedAt > 7);
  const seenAt = feed.pushed.flatMap(({ records }) => records.map((record) => record.seenAt ?? Number.NaN));
  assert.deepEqual([seenAt[0], ...seenAt.slice(2, 7)], [7, lookedAt, lookedAt, lookedAt, lookedAt, lookedAt]);
  assert.deepEqual(
    seenAt.toSorted((a, b) => a - b),
    seenAt,
    'none counts as heard before one that came before it',
  );
});
