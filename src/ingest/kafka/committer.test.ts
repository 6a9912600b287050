import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/wait.ts';
import { type Assignment, newPartition } from './assignment.ts';
import { createCommitter } from './committer.ts';
import type { PartitionOffset } from './membership.ts';

function setUp(commit: (offsets: readonly PartitionOffset[]) => Promise<void>) {
  const state = newPartition('t', 0, ['buff'], 10, 10);
  const assignment: Assignment = { partitions: new Map([[state.name, state]]) };
  const sent: number[] = [];
  const counts = { committed: 0, failed: 0, asked: 0 };
  let current: Assignment | undefined = assignment;
  const committer = createCommitter({
    clock: { now: () => Date.now(), mono: () => performance.now() },
    trouble: { began: () => undefined, ended: () => undefined },
    current: () => {
      counts.asked += 1;
      return current;
    },
    commit: async (offsets) => {
      sent.push(...offsets.map(({ offset }) => offset));
      await commit(offsets);
    },
    onCommitted: () => {
      counts.committed += 1;
    },
    onFailed: () => {
      counts.failed += 1;
    },
  });
  return {
    state,
    assignment,
    sent,
    counts,
    committer,
    release: () => {
      current = undefined;
    },
  };
}

test('given an idle feed, when something is handled, then it is committed at once, and a burst after it in one commit', async () => {
  const { state, sent, counts, committer } = setUp(async () => undefined);
  state.done = 11;
  committer.schedule();
  await until('the first commit', () => counts.committed === 1);
  for (let offset = 12; offset <= 40; offset += 1) {
    state.done = offset;
    committer.schedule();
  }
  await until('all is committed', () => state.committed === 40);
  assert.deepEqual(sent, [11, 40]);
});

test('given a commit in flight, when more is handled and flushed, then the second goes after the first is settled', async () => {
  const gate = Promise.withResolvers<void>();
  const { state, assignment, sent, committer } = setUp(() => gate.promise);
  state.done = 11;
  committer.schedule();
  await until('the first is in flight', () => sent.length === 1);
  state.done = 12;
  const flushed = committer.flush(assignment);
  await new Promise(setImmediate);
  assert.deepEqual(sent, [11]);
  gate.resolve();
  await flushed;
  assert.deepEqual(sent, [11, 12]);
});

test('given a commit fails, then it is counted, and flushing tries again', async () => {
  let failures = 1;
  const { state, assignment, sent, counts, committer } = setUp(async () => {
    failures -= 1;
    if (failures >= 0) throw new Error('no coordinator');
  });
  state.done = 11;
  await committer.flush(assignment);
  assert.equal(state.committed, 10);
  await committer.flush(assignment);
  assert.deepEqual(sent, [11, 11]);
  assert.equal(counts.committed, 1);
  assert.equal(counts.failed, 1);
  assert.equal(state.committed, 11);
});

test('given nothing was handled, or the assignment is gone, then nothing is committed', async () => {
  const { state, assignment, sent, counts, committer, release } = setUp(async () => undefined);
  await committer.flush(assignment);
  state.done = 11;
  committer.schedule();
  release();
  await until('the timer went off', () => counts.asked > 0);
  assert.deepEqual(sent, []);
});
