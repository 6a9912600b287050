import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { batchBytes } from '../../../test/support/batch-bytes.ts';
import { texts } from '../../../test/support/feed-probe.ts';
import { until } from '../../../test/support/wait.ts';
import { type Assignment, newPartition, type PartitionState } from './assignment.ts';
import type { FetchClient, PartitionAnswer } from './fetch-client.ts';
import { createFetchLoops } from './fetch-loops.ts';
import type { Slice } from './record-batch.ts';

type Response = Awaited<ReturnType<FetchClient['fetch']>>;
type Answer = (node: number) => Promise<Response>;

const TOPIC = { id: 'id-of-t', leaders: [1, 1] };
/** Each broker's port is its node id. */
const BROKERS = new Map([1, 2].map((node) => [node, { host: 'broker', port: node }]));

function setUp(t: TestContext, answer: Answer) {
  const state = newPartition('t', 0, ['buff'], 0, undefined);
  const other = newPartition('t', 1, ['buff'], 0, undefined);
  const topics = new Map([['t', TOPIC]]);
  const requests: { node: number; offsets: number[] }[] = [];
  const pushed: Slice[] = [];
  const counts = { failed: 0, stale: 0, resets: 0 };
  let assignment: Assignment | undefined = assignmentOf(state, other);
  const loops = createFetchLoops({
    client: {
      fetch({ port }, asked) {
        const partitions = asked.flatMap((topic) => topic.partitions);
        requests.push({ node: port, offsets: partitions.map(({ offset }) => offset) });
        return answer(port);
      },
      close: async () => undefined,
    },
    decompress: (_codec, bytes) => bytes,
    clock: { now: () => Date.now(), mono: () => performance.now() },
    random: () => 0,
    trouble: { began: () => undefined, ended: () => undefined },
    lookout: {
      topics,
      brokers: BROKERS,
      look: async () => undefined,
      otherMembers: async () => 0,
      close: async () => undefined,
    },
    delivery: {
      push: (slices) => void pushed.push(...slices),
      room: async () => undefined,
      clear: () => undefined,
      idle: async () => undefined,
    },
    current: () => assignment,
    earliestOffset: async () => 40,
    onFailed: () => {
      counts.failed += 1;
    },
    onReset: () => {
      counts.resets += 1;
    },
    onStale: () => {
      counts.stale += 1;
    },
  });
  t.after(() => loops.close());
  const assign = (next: Assignment | undefined): void => {
    assignment = next;
  };
  return { loops, state, other, topics, requests, pushed, counts, assign };
}

function assignmentOf(...states: PartitionState[]): Assignment {
  return { partitions: new Map(states.map((state) => [state.name, state])) };
}

function response(partitions: { partition: number; count?: number; errorCode?: number }[], from = 0): Response {
  return partitions.map(
    ({ partition, count = 0, errorCode = 0 }): PartitionAnswer => ({
      topicId: TOPIC.id,
      partition,
      errorCode,
      error: errorCode === 0 ? undefined : new Error('refused'),
      end: from + count,
      bytes: count === 0 ? Buffer.alloc(0) : batchBytes(from, texts('v', count)),
    }),
  );
}

const silence = (): Promise<Response> => new Promise(() => undefined);

test('given an answer, then the next fetch goes on after it', async (t) => {
  const { loops, requests, pushed, state } = setUp(t, async () =>
    requests.length === 1 ? response([{ partition: 0, count: 5 }, { partition: 1 }]) : silence(),
  );
  loops.kick();
  await until('the second fetch', () => requests.length === 2);
  assert.deepEqual(requests, [
    { node: 1, offsets: [0, 0] },
    { node: 1, offsets: [5, 0] },
  ]);
  assert.equal(pushed.length, 1);
  assert.equal(state.end, 5);
});

test('given the leader moved, when the broker refuses, then it is looked up at once, and the new leader is asked', async (t) => {
  const { loops, requests, counts, topics } = setUp(t, async (node) => {
    if (node === 1 && requests.length === 1) return response([{ partition: 0, errorCode: 6 }, { partition: 1 }]);
    return silence();
  });
  loops.kick();
  await until('a look is asked for', () => counts.stale === 1);
  await until('the other partition is fetched on', () => requests.length === 2);
  assert.deepEqual(requests[1], { node: 1, offsets: [0] });
  topics.set('t', { id: TOPIC.id, leaders: [2, 1] });
  await until('the new leader is asked', () => requests.length === 3);
  assert.deepEqual(requests[2], { node: 2, offsets: [0] });
  assert.equal(counts.failed, 1);
});

test('given an offset that the log does not have, then the fetch goes on from the earliest, and the position follows', async (t) => {
  const { loops, requests, pushed, counts, state } = setUp(t, async () => {
    if (requests.length === 1) return response([{ partition: 0, errorCode: 1 }]);
    return silence();
  });
  loops.kick();
  await until('the fetch goes on', () => requests.length === 2);
  assert.deepEqual(requests[1]?.offsets, [40, 0]);
  assert.equal(counts.resets, 1);
  assert.deepEqual(
    pushed.map(({ state: { name }, next }) => [name, next]),
    [[state.name, 40]],
  );
});

test('given a rebalance during a fetch, when its answer comes, then it is dropped, and the new assignment is fetched', async (t) => {
  const gate = Promise.withResolvers<Response>();
  const { loops, requests, pushed, assign } = setUp(t, async () => (requests.length === 1 ? gate.promise : silence()));
  loops.kick();
  await until('the fetch is under way', () => requests.length === 1);
  assign(assignmentOf(newPartition('t', 0, ['buff'], 90, 90)));
  loops.kick();
  gate.resolve(response([{ partition: 0, count: 5 }]));
  await until('the new assignment is fetched', () => requests.length === 2);
  assert.deepEqual(requests[1], { node: 1, offsets: [90] });
  assert.deepEqual(pushed, []);
});

test('given nothing is assigned, when something is, then a kick starts the fetching again', async (t) => {
  const { loops, requests, assign, state } = setUp(t, async () => {
    if (requests.length === 1) assign(undefined);
    return requests.length === 1 ? response([{ partition: 0 }]) : silence();
  });
  loops.kick();
  await until('the first fetch', () => requests.length === 1);
  await new Promise(setImmediate);
  assert.equal(requests.length, 1);
  assign(assignmentOf(state));
  loops.kick();
  await until('it fetches again', () => requests.length === 2);
});

test('symptom: after a pause of the process, an answer from before it makes frozen values pass as current', async (t) => {
  let deliver: (answer: Response) => void = () => undefined;
  const { loops, state, requests } = setUp(t, () => new Promise((resolve) => (deliver = resolve)));
  loops.kick();
  await until('it has asked', () => requests.length === 1);
  const askedBefore = performance.now();
  await until('the answer has waited for a while', () => performance.now() > askedBefore + 50);
  deliver(response([{ partition: 0 }]));
  await until('it has asked again', () => requests.length === 2);
  assert.ok((state.fetchedAt ?? 0) <= askedBefore, 'the answer vouches for the time of the question only');
});
