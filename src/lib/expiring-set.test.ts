import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExpiringSet } from './expiring-set.ts';

test('given more keys than are remembered, when one more comes, then the oldest is forgotten and counted', () => {
  const set = createExpiringSet(100, 2);
  for (const key of ['a', 'b', 'c']) set.add(key, 0);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => set.has(key, 1)),
    [false, true, true],
  );
  assert.deepEqual([set.size, set.evicted], [2, 1]);
});

test('given a key whose time is up, when its place is taken or it is swept, then it does not count as evicted', () => {
  const set = createExpiringSet(100, 2);
  for (const key of ['a', 'b', 'c']) set.add(key, key === 'c' ? 100 : 0);
  set.sweep(100);
  assert.deepEqual([set.size, set.evicted], [1, 0]);
  assert.equal(set.has('c', 199), true);
  assert.equal(set.has('c', 200), false);
});
