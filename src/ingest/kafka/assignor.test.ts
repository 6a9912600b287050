import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignEvenly } from './assignor.ts';

function sharesOf(members: Record<string, string[]>, counts: Record<string, number>): Record<string, string[]> {
  const subscriptions = new Map(
    Object.entries(members).map(([memberId, topics]) => [memberId, { memberId, version: 0, topics }]),
  );
  return Object.fromEntries(
    assignEvenly(subscriptions, (topic) => counts[topic] ?? 0).map(({ memberId, assignments }) => [
      memberId,
      [...assignments.values()].flatMap(({ topic, partitions }) => partitions.map((each) => `${topic}/${each}`)),
    ]),
  );
}

test('given five topics of one partition, when two members share them, then neither has more than one more', () => {
  const topics = ['a', 'b', 'c', 'd', 'e'];
  const counts = Object.fromEntries(topics.map((topic) => [topic, 1]));
  const shares = sharesOf({ one: topics, two: topics }, counts);
  assert.deepEqual(shares, { one: ['a/0', 'c/0', 'e/0'], two: ['b/0', 'd/0'] });
});

test('given a topic that one member has not heard of, then only the other gets it', () => {
  const shares = sharesOf({ one: ['a'], two: ['a', 'new'] }, { a: 2, new: 3 });
  assert.deepEqual(
    shares.one?.filter((name) => name.startsWith('new')),
    [],
  );
  assert.equal(shares.two?.filter((name) => name.startsWith('new')).length, 3);
  assert.equal([...(shares.one ?? []), ...(shares.two ?? [])].length, 5);
});

test('given more members than partitions, then some have nothing', () => {
  assert.deepEqual(sharesOf({ one: ['a'], two: ['a'] }, { a: 1 }), { one: ['a/0'], two: [] });
});
