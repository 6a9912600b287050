import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';
import type { Clock } from '../src/lib/clock.ts';

/** Time that passes only when it is told to: on a clock, and for all timers of this process. */
export interface VirtualTime {
  readonly clock: Clock;
  /** Lets time pass to this epoch ms, and everything happen that is due until then. */
  passTo(until: number): Promise<void>;
  /** Everything that does not wait for time, or for the network, comes to its end. */
  settle(): Promise<void>;
  /** From now on timers are real again. Those that were set are never called. */
  end(): void;
}

/** Turns of the event loop in which whatever follows from one thing comes to its end: far more than it takes. */
const SETTLE_TURNS = 200;

/** Begins at an epoch ms. Only one at a time. */
export function startVirtualTime(began: number): VirtualTime {
  let passed = 0;
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  // What modules have imported by name from node:timers/promises.
  syncBuiltinESMExports();

  const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
  async function settle(): Promise<void> {
    for (let turns = 0; turns < SETTLE_TURNS; turns += 1) await turn();
  }

  return {
    clock: { now: () => began + passed, mono: () => passed },
    settle,
    async passTo(until) {
      while (began + passed < until) {
        passed += 1;
        mock.timers.tick(1);
        await turn();
      }
      await settle();
    },
    end() {
      mock.timers.reset();
      syncBuiltinESMExports();
    },
  };
}
