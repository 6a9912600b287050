import type { Clock } from '../lib/clock.ts';

/** How many looks at characters may be had now, so that they take no more than their share of the process. */
export interface LookBudget {
  /** Takes one; false: there is none left. */
  take(): boolean;
  /** Adds what has come up since the last time. */
  refill(): void;
}

/** At some 30 µs each: about 2 % of a core, however many events there are. */
const LOOKS_PER_SECOND = 500;
/** Looks that may be saved up. */
const LOOKS_BURST = 100;

export function createLookBudget(clock: Pick<Clock, 'mono'>): LookBudget {
  let looks = LOOKS_BURST;
  let refilledAt = clock.mono();
  return {
    take() {
      if (looks < 1) return false;
      looks -= 1;
      return true;
    },
    refill() {
      const mono = clock.mono();
      looks = Math.min(LOOKS_BURST, looks + ((mono - refilledAt) * LOOKS_PER_SECOND) / 1_000);
      refilledAt = mono;
    },
  };
}
