import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, duration, labelled, wrapped } from './text-form.ts';

test('given times, when they are said, then as people say them', () => {
  const said = [-5, 0, 449, 9_949, 12_400, 59_400, 59_600, 112_000, 3_599_700, 7_384_000];
  assert.deepEqual(said.map(duration), [
    '0 s',
    '0 s',
    '0.4 s',
    '9.9 s',
    '12 s',
    '59 s',
    '1:00',
    '1:52',
    '1:00:00',
    '2:03:04',
  ]);
});

test('given too little room, when a label is made, then its name is cut and the rest stays', () => {
  assert.equal(labelled('Honorable Employee Medal', 1142000, 'medal', 24), 'Honora… (1142000), medal');
  assert.equal(labelled(undefined, 1142000, 'medal', 24), '1142000, medal');
  assert.equal(cut('드래곤', 5), '드래…');
  assert.deepEqual(wrapped('a b', 2), ['  a b']);
});
