import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedMap } from './bounded-map.ts';

test('given more entries than it holds, then the first goes and is counted', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1).set('b', 2).set('c', 3);
  assert.deepEqual([...map], Object.entries({ b: 2, c: 3 }));
  assert.equal(map.evicted, 1);
});

test('given a key that is set again, then it keeps its place; renewed, it goes last', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1).set('b', 2).set('a', 3);
  assert.deepEqual([...map.keys()], ['a', 'b']);
  map.renew('a', 4);
  assert.deepEqual([...map], Object.entries({ b: 2, a: 4 }));
  assert.equal(map.evicted, 0);
});
