import type { Clock } from './clock.ts';

/** A clock whose moments can be told apart: each that {@link Moments.next} gives is later than all before it. */
export interface Moments extends Clock {
  /** Epoch ms and monotonic ms of a moment of its own. */
  next(): { readonly now: number; readonly mono: number };
  /** Monotonic ms of the last of them: while nothing else gets its turn, what happens belongs to it. */
  readonly latest: number;
}

/** How much later a moment is than the one before at least, ms. */
const TICK_MS = 1 / 1_024;

export function createMoments(clock: Clock): Moments {
  let last = Number.NEGATIVE_INFINITY;
  return {
    now: clock.now,
    mono: () => Math.max(clock.mono(), last),
    get latest() {
      return last;
    },
    next() {
      last = Math.max(clock.mono(), last + TICK_MS);
      return { now: clock.now(), mono: last };
    },
  };
}
