import type { Clock } from '../lib/clock.ts';

/** How the newest requests of each id ended, while the gate is closed. */
export interface GateWindow {
  note(id: string, succeeded: boolean): void;
  /** Whether the service fails, and not only for some of the ids. */
  readonly isFailing: boolean;
  clear(): void;
}

/** How far back outcomes count, and of how many ids at most: under load the window is shorter and judges sooner. */
const WINDOW_MS = 10_000;
const WINDOW_IDS = 256;
const FAILING_IDS_MIN = 5;
const FAILING_SHARE = 0.5;
/** Of a service that fails three times in ten, so many in a row are one in 200 million. */
const FAILURES_IN_A_ROW = 16;

interface Outcome {
  readonly at: number;
  readonly succeeded: boolean;
}

/**
 * It fails when at least {@link FAILING_IDS_MIN} of the ids that asked within the last {@link WINDOW_MS} failed last time, and
 * either they are half of all those ids, or the last {@link FAILURES_IN_A_ROW} requests all failed: earlier healthy answers
 * must not keep a dead service being asked. Ids count, so one bad id is not enough however often it fails.
 */
export function createGateWindow(clock: Pick<Clock, 'mono'>): GateWindow {
  /** Newest outcome of each id, the oldest first. */
  const outcomes = new Map<string, Outcome>();
  let failing = 0;
  let failuresInARow = 0;

  const forget = (id: string): void => {
    if (outcomes.get(id)?.succeeded === false) failing -= 1;
    outcomes.delete(id);
  };

  return {
    note(id, succeeded) {
      const now = clock.mono();
      forget(id);
      outcomes.set(id, { at: now, succeeded });
      if (!succeeded) failing += 1;
      failuresInARow = succeeded ? 0 : failuresInARow + 1;
      for (const [other, { at }] of outcomes) {
        if (outcomes.size <= WINDOW_IDS && at > now - WINDOW_MS) break;
        forget(other);
      }
    },
    get isFailing() {
      const isWidespread = failing >= outcomes.size * FAILING_SHARE || failuresInARow >= FAILURES_IN_A_ROW;
      return failing >= FAILING_IDS_MIN && isWidespread;
    },
    clear() {
      outcomes.clear();
      failing = 0;
      failuresInARow = 0;
    },
  };
}
