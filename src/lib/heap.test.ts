import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHeap } from './heap.ts';
import { createPrng } from './prng.ts';

test('given numbers in any order, when items are taken out, then the smallest comes first', () => {
  const heap = createHeap<number>(() => true);
  const prng = createPrng(1);
  const numbers = Array.from({ length: 5_000 }, () => prng.between(0, 1_000));
  for (const number of numbers) heap.push(number, number);
  assert.equal(heap.next, Math.min(...numbers));
  const taken = numbers.map(() => heap.pop());
  assert.deepEqual(
    taken,
    numbers.toSorted((a, b) => a - b),
  );
  assert.equal(heap.pop(), undefined);
  assert.equal(heap.next, Number.POSITIVE_INFINITY);
});

test('symptom: schedules grow with everything that was ever in them', () => {
  const current = new Set<number>();
  const heap = createHeap<number>((_at, item) => current.has(item));
  for (let item = 0; item < 100_000; item++) {
    current.add(item);
    heap.push(1_000_000 - item, item);
    if (item % 10 !== 0 || item > 30_000) current.delete(item);
  }
  assert.ok(heap.size <= 2 * current.size + 1_024, `${heap.size} of which ${current.size} are current`);
  const taken: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) if (current.has(item)) taken.push(item);
  assert.deepEqual(taken, [...current].reverse());
});
