import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { partitionOf } from '../../../test/support/partition-state.ts';
import { until } from '../../../test/support/wait.ts';
import { type CommittingAdmin, createCommitter } from './committer.ts';

interface GroupBehaviour {
  /** Why no client can be made. */
  noClient?: Error;
  /** What others have committed. */
  committed?: number | undefined;
  commit?: () => Promise<void>;
}

function setUp(t: TestContext, behaviour: GroupBehaviour = {}) {
  const state = partitionOf({ start: 10 });
  const sent: number[] = [];
  const counters = { commits: 0, commitFailures: 0, fetchFailures: 0, offsetResets: 0 };
  const told: string[] = [];
  let admins = 0;
  let mono = 0;
  const admin = (): CommittingAdmin => {
    admins += 1;
    if (behaviour.noClient !== undefined) throw behaviour.noClient;
    return {
      async listConsumerGroupOffsets() {
        const offset = { partitionIndex: 0, committedOffset: BigInt(behaviour.committed ?? -1) };
        const partitions = [{ ...offset, committedLeaderEpoch: -1, metadata: null }];
        return [{ groupId: 'g', topics: [{ name: 't', partitions }] }];
      },
      async alterConsumerGroupOffsets({ topics }) {
        const offsets = topics.flatMap(({ partitionOffsets }) => partitionOffsets.map(({ offset }) => Number(offset)));
        sent.push(...offsets);
        await behaviour.commit?.();
        [behaviour.committed] = offsets;
      },
      close: async () => undefined,
    } as CommittingAdmin;
  };
  const committer = createCommitter({
    admin,
    groupId: 'g',
    clock: { mono: () => mono },
    random: () => 0,
    outageLog: { began: (what) => void told.push(what), ended: () => undefined },
    partitions: () => [state],
    counters,
  });
  t.after(() => committer.stop());
  return {
    ...{ state, sent, counters, told, committer },
    admins: () => admins,
    pass(ms: number) {
      mono += ms;
    },
  };
}

test('given something was handled, then it is committed at once, and what comes within a second after it at a stop', async (t) => {
  const { state, sent, committer, counters } = setUp(t);
  state.done = 11;
  committer.schedule();
  await until('the first commit', () => counters.commits === 1);
  for (state.done = 12; state.done < 40; state.done += 1) committer.schedule();
  await committer.stop();
  assert.deepEqual(sent, [11, 40]);
  assert.equal(committer.committed.get('t/0'), 40);
});

test('given another replica that is further, then this one says nothing, and shows what the group has', async (t) => {
  const { state, sent, committer } = setUp(t, { committed: 50 });
  state.done = 20;
  committer.schedule();
  await until('it has looked', () => committer.committed.get('t/0') === 50);
  await committer.stop();
  assert.deepEqual(sent, []);
});

test('given another replica that commits, then this one keeps quiet until it has not heard of it for a while', async (t) => {
  const behaviour: GroupBehaviour = { committed: 10 };
  const { state, sent, committer, pass } = setUp(t, behaviour);
  const looks = async (): Promise<void> => {
    const known = committer.committed.get('t/0');
    state.done += 10;
    committer.schedule();
    await until('it has looked', () => committer.committed.get('t/0') !== known);
  };
  await looks();
  assert.deepEqual(sent, [], 'the group has offsets: whoever committed them may be about to do so again');
  behaviour.committed = 25;
  pass(1_000);
  await looks();
  assert.deepEqual(sent, []);
  pass(8_000);
  await looks();
  assert.deepEqual(sent, [40], 'the other one has said nothing since');
});

test('given a group that refuses, then it is told once, tried again on a new connection, and counted', async (t) => {
  let refusals = 2;
  const commit = async (): Promise<void> => {
    refusals -= 1;
    if (refusals >= 0) throw new Error('the group is active');
  };
  const { state, sent, committer, counters, admins, pass, told } = setUp(t, { commit });
  state.done = 11;
  committer.schedule();
  await until('the first is refused', () => counters.commitFailures === 1);
  pass(8_000);
  await committer.stop();
  assert.deepEqual([counters.commitFailures, counters.commits], [2, 0]);
  await committer.stop();
  assert.deepEqual(sent, [11, 11, 11]);
  assert.equal(counters.commits, 1);
  assert.equal(admins(), 3);
  assert.ok(
    told.every((what) => what === told[0]),
    'the log tells of one outage, when it begins',
  );
});

test('symptom: a client that cannot be made ends the process instead of being told and tried again', async (t) => {
  const behaviour: GroupBehaviour = { noClient: new Error('the certificate cannot be read') };
  const { state, sent, committer, counters, told, pass } = setUp(t, behaviour);
  state.done = 11;
  committer.schedule();
  await until('it has failed', () => counters.commitFailures === 1);
  assert.equal(told.length, 1);
  delete behaviour.noClient;
  pass(8_000);
  await committer.stop();
  assert.deepEqual(sent, [11]);
});

test('given nothing was handled, then nobody is asked', async (t) => {
  const { committer, admins, state } = setUp(t);
  state.done = 0;
  committer.schedule();
  await committer.stop();
  assert.equal(admins(), 0);
});
