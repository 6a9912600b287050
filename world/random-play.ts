import { createPrng } from '../src/lib/prng.ts';
import { isOnline, type Who } from './model.ts';
import { CHANNELS, PLAYER_ACTIONS } from './player-actions.ts';
import type { World } from './world.ts';

export interface RandomPlayOptions {
  readonly seed: number;
  /** Each is of one character; some announce several things. */
  readonly actionsPerSecond: number;
  /** Characters that it leaves alone altogether. */
  readonly except?: readonly Who[];
}

export interface RandomPlay {
  /** Does one random thing that the game would allow now. */
  act(): void;
  /** Acts at the given rate, and sweeps lapsed buffs as the real service does, until {@link stop}. */
  start(): void;
  stop(): void;
}

/** The buff service's sweep of lapsed buffs. */
const SWEEP_MS = 10_000;
const TICK_MS = 50;
/** Share of the characters that are kept logged in. */
const ONLINE_SHARE = 0.6;

/** Random legal actions. Equal seeds and worlds give equal sequences of {@link RandomPlay.act}. */
export function createRandomPlay(world: World, options: RandomPlayOptions): RandomPlay {
  const prng = createPrng(options.seed);
  const spared = new Set((options.except ?? []).map(nameOf));
  const urn = PLAYER_ACTIONS.flatMap(([count, action]) => Array.from({ length: count }, () => action));
  let timers: NodeJS.Timeout[] = [];
  let owed = 0;

  const act = (): void => {
    const everyone = world.characters().filter((character) => !spared.has(nameOf(character)));
    const online = everyone.filter(isOnline);
    const wanted = Math.ceil(everyone.length * ONLINE_SHARE);
    if (online.length < wanted && (online.length === 0 || prng.chance(0.3))) {
      const newcomer = prng.pick(everyone.filter((character) => !isOnline(character)));
      if (newcomer !== undefined) world.login(newcomer, prng.between(0, CHANNELS - 1));
      return;
    }
    const character = prng.pick(online);
    if (character === undefined) return;
    if (prng.chance(0.02)) world.logout(character);
    else prng.pick(urn)?.(world, prng, character);
  };

  return {
    act,
    start() {
      const live = (): void => {
        owed += (options.actionsPerSecond * TICK_MS) / 1_000;
        for (; owed >= 1; owed--) act();
      };
      timers = [setInterval(live, TICK_MS), setInterval(() => world.sweepBuffs(), SWEEP_MS)];
    },
    stop() {
      for (const timer of timers) clearInterval(timer);
      timers = [];
    },
  };
}

function nameOf(who: Who): string {
  return `${who.tenant.key}/${who.characterId}`;
}
