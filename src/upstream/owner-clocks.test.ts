import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { createOwnerClocks } from './owner-clocks.ts';

const HOUR = 3_600_000;

function setUp() {
  const clock = createFakeClock();
  const owners = createOwnerClocks(clock);
  /** An answer that took 100 ms, by a service whose clock is ahead. */
  const answer = (ahead: number) => {
    const sentAt = clock.mono();
    clock.pass(100);
    owners.note('buffs', Math.floor((clock.now() - 50 + ahead) / 1_000) * 1_000, sentAt, clock.mono());
  };
  return { clock, owners, answer };
}

test('given a service whose clock is right, or whose Date is cut to the second, then it has no offset', () => {
  const { owners, answer } = setUp();
  assert.equal(owners.offset('buffs'), 0);
  for (const ahead of [0, 900, -1_400]) {
    answer(ahead);
    assert.equal(owners.offset('buffs'), 0);
  }
});

test('given a service whose clock is two hours ahead, then its offset says so, and nobody else has one', () => {
  const { owners, answer } = setUp();
  answer(2 * HOUR);
  assert.ok(Math.abs(owners.offset('buffs') - 2 * HOUR) <= 1_000);
  assert.equal(owners.offset('skills'), 0);
});

test('given our clock that is stepped, then the offset is to the new time without another answer', () => {
  const { clock, owners, answer } = setUp();
  answer(0);
  clock.step(-HOUR);
  assert.ok(Math.abs(owners.offset('buffs') - HOUR) <= 1_000);
});

test('given answers that took longer than a second, then their Date counts until a quick one has come, as far as it can be trusted', () => {
  const { clock, owners, answer } = setUp();
  const slow = (ahead: number) => owners.note('buffs', clock.now() + ahead, clock.mono() - 4_000, clock.mono());
  slow(1_000);
  assert.equal(owners.offset('buffs'), 0, 'within what the wait may have made of it');
  answer(0);
  slow(HOUR);
  assert.equal(owners.offset('buffs'), 0);
});

test('symptom: after a start with a wrong clock beside slow services, what was announced long ago counts for a moment', () => {
  const { clock, owners } = setUp();
  owners.note('buffs', clock.now() + HOUR, clock.mono() - 1_500, clock.mono());
  assert.ok(Math.abs(owners.offset('buffs') - HOUR) <= 2_000);
});
