import type { Clock } from '../../src/lib/clock.ts';

/** A clock that moves only when told. Starts on 2026-01-01. */
export interface FakeClock extends Clock {
  pass(ms: number): void;
  /** Moves the wall clock only. */
  step(ms: number): void;
}

export function createFakeClock(): FakeClock {
  let now = Date.UTC(2026, 0, 1);
  let mono = 1_000_000;
  return {
    now: () => now,
    mono: () => mono,
    pass(ms) {
      now += ms;
      mono += ms;
    },
    step(ms) {
      now += ms;
    },
  };
}
