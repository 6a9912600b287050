import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPrng } from './prng.ts';

const drawn = (seed: number): unknown[] => {
  const prng = createPrng(seed);
  return [prng.uint32(), prng.between(1, 1_000_000), prng.uuid(), prng.hex(5), prng.shuffle([1, 2, 3, 4, 5, 6, 7, 8])];
};

test('given equal seeds, when drawn from, then the sequences are equal; other seeds give others', () => {
  assert.deepEqual(drawn(7), drawn(7));
  assert.notDeepEqual(drawn(7), drawn(8));
});

test('given a range, when drawn from often, then both ends come up and nothing lies outside', () => {
  const prng = createPrng(1);
  const seen = new Set(Array.from({ length: 1_000 }, () => prng.between(-2, 3)));
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2, 3],
  );
});

test('given a probability, when drawn often, then about that share is true', () => {
  const prng = createPrng(2);
  const share = Array.from({ length: 10_000 }, () => prng.chance(0.2)).filter(Boolean).length / 10_000;
  assert.ok(Math.abs(share - 0.2) < 0.02, `${share}`);
});

test('given nothing to pick from, when picked, then undefined; else one of the items', () => {
  const prng = createPrng(3);
  assert.equal(prng.pick([]), undefined);
  assert.ok(['a', 'b'].includes(prng.pick(['a', 'b']) ?? ''));
});

test('given a shuffle, then it holds the same items', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = createPrng(4).shuffle(items);
  assert.notDeepEqual(shuffled, items);
  assert.deepEqual(
    shuffled.sort((a, b) => a - b),
    items,
  );
});

test('given a uuid, then it is one of version 4', () => {
  const prng = createPrng(5);
  for (let count = 0; count < 100; count++) {
    assert.match(prng.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
