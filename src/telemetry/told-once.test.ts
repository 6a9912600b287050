import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { createToldOnce } from './told-once.ts';

function setUp() {
  const clock = createFakeClock();
  const lines: object[] = [];
  const told = createToldOnce({ clock, log: (details) => void lines.push(details) });
  return { clock, lines, tell: (kind: string, n: number) => told.tell(kind, { kind, n }, 'x') };
}

test('given the same again and again, then it is told once a minute, with how many more there were', () => {
  const { clock, lines, tell } = setUp();
  for (let n = 1; n <= 5; n += 1) tell('a', n);
  tell('b', 1);
  clock.pass(60_000);
  tell('a', 6);
  tell('b', 2);
  assert.deepEqual(lines, [
    { kind: 'a', n: 1 },
    { kind: 'b', n: 1 },
    { kind: 'a', n: 6, more: 4 },
    { kind: 'b', n: 2 },
  ]);
});

test('given more kinds than are remembered, then the oldest is told again and the others are not', () => {
  const { lines, tell } = setUp();
  for (let n = 0; n <= 1_000; n += 1) tell(String(n), n);
  tell('1000', 0);
  assert.equal(lines.length, 1_001);
  tell('0', 0);
  assert.equal(lines.length, 1_002);
});
