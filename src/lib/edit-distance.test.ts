import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance } from './edit-distance.ts';

for (const [one, other, distance] of [
  ['', '', 0],
  ['', 'abc', 3],
  ['BOOTSTRAP_SERVER', 'BOOTSTRAP_SERVERS', 1],
  ['kitten', 'sitting', 3],
  ['ab', 'ba', 2],
] as const) {
  test(`given "${one}" and "${other}", then their distance is ${distance}, either way`, () => {
    assert.equal(editDistance(one, other), distance);
    assert.equal(editDistance(other, one), distance);
  });
}
