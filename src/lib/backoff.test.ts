import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from './backoff.ts';

test('given attempt after attempt, then the pause doubles from the first to the most, however many there are', () => {
  const longest = (attempt: number) => backoff(attempt, 100, 1_000, () => 1);
  assert.deepEqual([1, 2, 3, 4, 5, 5_000].map(longest), [100, 200, 400, 800, 1_000, 1_000]);
});

test('given chance, then between half of the pause and all of it is waited', () => {
  assert.equal(
    backoff(1, 100, 1_000, () => 0),
    50,
  );
  assert.equal(
    backoff(9, 100, 1_000, () => 0.5),
    750,
  );
});
