import { createPrng } from '../../src/lib/prng.ts';
import type { Excuses } from './excuses.ts';
import { type Fault, type Faults, mayCoincide } from './faults.ts';
import { recoveryTime } from './recovery.ts';
import type { Stage } from './stage.ts';
import type { Watch } from './watch.ts';

/** Which fault strikes when, alone or with others, and how long each takes to recover from. */
export interface Strikes {
  /** The next fault, or faults, and their recovery. */
  next(): Promise<void>;
  /** True while faults are left that were asked for. */
  readonly arePlanned: boolean;
  /** How often each fault has struck. */
  readonly struck: Readonly<Partial<Record<Fault, number>>>;
  /** Ms until it was over, by fault, {@link AT_ONCE} or {@link THEN_KILL}. */
  readonly recoveries: Readonly<Record<string, readonly number[]>>;
}

export interface StrikesOptions {
  readonly stage: Stage;
  readonly faults: Faults;
  readonly excuses: Excuses;
  readonly watch: Watch;
  readonly seed: number;
  /** The first faults, those of one list at the same time; random ones follow. */
  readonly planned: readonly (readonly Fault[])[];
  /** Told what happens now. */
  readonly say: (what: string) => void;
}

/** Faults that struck at the same time. */
export const AT_ONCE = 'several at once';
/** A kill that came before the fault before it was recovered from. */
export const THEN_KILL = 'any, at once a kill';

/** At least 20 in 200,000. */
const EVENTS_PER_KILL = 9_000;
/** How often each fault strikes in comparison to the others; the long ones seldom. */
const URN = (
  [
    [8, 'kill'],
    [2, 'broker restart'],
    [1, 'broker frozen'],
    [1, 'broker killed'],
    [3, 'replicas come and go'],
    [2, 'replica killed'],
    [1, 'process paused'],
    [3, 'service clock'],
    [3, 'producer clock'],
    [4, 'topic delay'],
  ] as const
).flatMap(([count, fault]) => Array.from({ length: count }, (): Fault => fault));
/** Shares of the faults that do not strike alone. */
const AT_ONCE_SHARE = 0.2;
const THEN_KILL_SHARE = 0.15;

export function createStrikes(options: StrikesOptions): Strikes {
  const { stage, faults, excuses, watch, seed, say } = options;
  // Draws of their own for each purpose: how often one is asked must not change the others.
  const prng = createPrng(seed ^ 0x0b4);
  const thenKillPrng = createPrng(seed ^ 0x0b5);
  const samplePrng = createPrng(seed ^ 0x0b6);
  const planned = [...options.planned];
  const struck: Partial<Record<Fault, number>> = {};
  const recoveries: Record<string, number[]> = {};

  const strike = async (together: readonly Fault[]): Promise<void> => {
    say(together.join(' + '));
    for (const fault of together) struck[fault] = (struck[fault] ?? 0) + 1;
    await Promise.all(together.map((fault) => faults[fault]()));
  };

  const draw = (): readonly Fault[] => {
    const fault = prng.pick(URN) ?? 'kill';
    if (!prng.chance(AT_ONCE_SHARE)) return [fault];
    return [fault, ...prng.shuffle(URN.filter((other) => mayCoincide(other, fault))).slice(0, 1)];
  };

  return {
    struck,
    recoveries,
    get arePlanned() {
      return planned.length > 0;
    },
    async next() {
      const isKillDue = (struck.kill ?? 0) < stage.emitted / EVENTS_PER_KILL;
      const plan = isKillDue ? undefined : planned.shift();
      const together: readonly Fault[] = isKillDue ? ['kill'] : (plan ?? draw());
      await strike(together);
      const thenKill = !isKillDue && plan === undefined && thenKillPrng.chance(THEN_KILL_SHARE);
      if (thenKill) await strike(['kill']);
      say(`after ${together.join(' + ')}${thenKill ? ' + kill' : ''}`);
      const ms = await recoveryTime(stage, excuses, watch, samplePrng);
      const [alone = AT_ONCE] = together.length === 1 ? together : [];
      const name = thenKill ? THEN_KILL : alone;
      recoveries[name] = [...(recoveries[name] ?? []), ms];
      say('life');
    },
  };
}
