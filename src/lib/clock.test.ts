import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCorrectedClock } from './clock.ts';

const HOUR = 3_600_000;

function fakeClock() {
  const reading = { wall: 1_800_000_000_000, mono: 5_000 };
  return {
    now: () => reading.wall,
    mono: () => reading.mono,
    pass(ms: number) {
      reading.wall += ms;
      reading.mono += ms;
    },
    step(ms: number) {
      reading.wall += ms;
    },
  };
}

/** A Date header as a service with a right clock would send it. */
function dateOf(right: number): number {
  return Math.floor(right / 1_000) * 1_000;
}

describe('corrected clock', () => {
  it('given voters that agree, when read, then it is the local clock', () => {
    const local = fakeClock();
    const clock = createCorrectedClock(local);
    clock.vote('buffs', dateOf(local.now()), clock.now(), clock.now());
    assert.equal(clock.now(), local.now());
    assert.equal(clock.correction, 0);
  });

  it('given a local clock an hour behind, when a service votes, then now is about right', () => {
    const local = fakeClock();
    const clock = createCorrectedClock(local);
    clock.vote('buffs', dateOf(local.now() + HOUR), clock.now(), clock.now());
    assert.ok(Math.abs(clock.now() - (local.now() + HOUR)) <= 1_000);
  });

  it('given one liar among three, when read, then the median counts', () => {
    const local = fakeClock();
    const clock = createCorrectedClock(local);
    clock.vote('buffs', dateOf(local.now()), clock.now(), clock.now());
    clock.vote('skills', dateOf(local.now()), clock.now(), clock.now());
    clock.vote('inventory', dateOf(local.now() + HOUR), clock.now(), clock.now());
    assert.equal(clock.correction, 0);
  });

  it('given votes, when the local clock steps, then now goes on as before', () => {
    for (const step of [HOUR, -HOUR]) {
      const local = fakeClock();
      const clock = createCorrectedClock(local);
      clock.vote('buffs', dateOf(local.now()), clock.now(), clock.now());
      const before = clock.now();
      local.step(step);
      local.pass(10);
      assert.ok(Math.abs(clock.now() - before) <= 1_000, `stepped by ${step}: ${clock.now() - before}`);
    }
  });

  it('given no votes, when the local clock steps, then it is followed', () => {
    const local = fakeClock();
    const clock = createCorrectedClock(local);
    clock.now();
    local.step(-HOUR);
    assert.equal(clock.now(), local.now());
  });

  it('given a small step back, when read, then now does not go back', () => {
    const local = fakeClock();
    const clock = createCorrectedClock(local);
    const before = clock.now();
    local.step(-500);
    assert.equal(clock.now(), before);
  });

  it('symptom: answers in flight while the clock is corrected make it wrong again', () => {
    const local = fakeClock();
    const clock = createCorrectedClock(local);
    const services = ['characters', 'inventory', 'buffs', 'skills'];
    const sent = services.map(() => clock.now());
    local.pass(5);
    for (const [index, service] of services.entries()) {
      clock.vote(service, dateOf(local.now() - HOUR), sent[index] ?? 0, clock.now());
      assert.ok(Math.abs(clock.now() - (local.now() - HOUR)) <= 1_000, `after ${service}`);
    }
  });

  it('given two voters, when one is an hour wrong, then the other counts', () => {
    const local = fakeClock();
    const clock = createCorrectedClock(local);
    clock.vote('buffs', dateOf(local.now() + HOUR), clock.now(), clock.now());
    clock.vote('skills', dateOf(local.now()), clock.now() - clock.correction, clock.now() - clock.correction);
    clock.vote('skills', dateOf(local.now()), clock.now(), clock.now());
    assert.equal(clock.correction, 0);
  });

  it('given an answer that took long, when it votes, then it does not count', () => {
    const local = fakeClock();
    const clock = createCorrectedClock(local);
    const sentAt = clock.now();
    local.pass(1_500);
    clock.vote('buffs', dateOf(local.now() + HOUR), sentAt, clock.now());
    assert.equal(clock.correction, 0);
  });
});
