import { setTimeout as delay } from 'node:timers/promises';
import { createPrng, type Prng } from '../../src/lib/prng.ts';
import { createRandomPlay } from '../../world/random-play.ts';
import type { World } from '../../world/world.ts';
import { doSomethingHard } from './hard-actions.ts';
import type { Shipment } from './outbox.ts';
import type { TruthHistory } from './truth-history.ts';

/** Random legal actions over the world, in real time. */
export interface Actors {
  /** Acts for as long as the condition holds. */
  actWhile(goesOn: () => boolean): Promise<void>;
  /** One deliberate action; its truth and announcements are noted as those of the random ones. */
  act(action: () => void): void;
  readonly actions: number;
}

export interface ActorsOptions {
  readonly world: World;
  readonly seed: number;
  readonly prng: Prng;
  readonly history: TruthHistory;
  readonly actionsPerSecond: number;
  /** What was emitted since the last call. */
  readonly takeEmitted: () => Shipment[];
  /** While true nobody acts: more records wait for their topics than can be caught up with soon. */
  readonly isHeldUp: () => boolean;
}

const TICK_MS = 20;
const HARD_SHARE = 0.3;
/** Beyond the 15 s of grace, so that some buffs lapse before anybody announces it. */
const SWEEP_EVERY_MS = [4_000, 30_000] as const;

export function createActors(options: ActorsOptions): Actors {
  const { world, prng, history, actionsPerSecond, takeEmitted } = options;
  const play = createRandomPlay(world, { seed: options.seed, actionsPerSecond });
  // Sweeps come by time: they must not take draws from the actions.
  const sweepPrng = createPrng(options.seed ^ 0x0a1);
  let actions = 0;
  let sweepAt = performance.now() + sweepPrng.between(...SWEEP_EVERY_MS);

  const act = (action: () => void): void => {
    action();
    actions += 1;
    history.note(takeEmitted());
  };

  const actOnce = (): void => {
    if (performance.now() >= sweepAt) {
      sweepAt = performance.now() + sweepPrng.between(...SWEEP_EVERY_MS);
      act(() => world.sweepBuffs());
    }
    act(() => (prng.chance(HARD_SHARE) ? doSomethingHard(world, prng) : play.act()));
  };

  return {
    act,
    get actions() {
      return actions;
    },
    async actWhile(goesOn) {
      let last = performance.now();
      let owed = 0;
      while (goesOn()) {
        await delay(TICK_MS);
        const now = performance.now();
        // A busy machine makes nobody act in bursts.
        owed += (Math.min(now - last, 10 * TICK_MS) * actionsPerSecond) / 1_000;
        last = now;
        if (options.isHeldUp()) owed = 0;
        for (; owed >= 1; owed -= 1) actOnce();
      }
    },
  };
}
