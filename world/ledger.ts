import type { Clock } from '../src/lib/clock.ts';
import type { Character, Who } from './truth.ts';

/** How far back the truth can be asked for, ms; more than any announcement runs ahead of its commit. */
const HISTORY_MS = 60_000;

/** Keeps the truth about every character, and what it was a little while ago. */
export interface Ledger {
  /** Everyone, in the order of birth. */
  characters(): readonly Character[];
  /** The truth as it was `ago` ms before now; undefined: nobody has that id. The first truth counts since ever. */
  find(who: Who, ago?: number): Character | undefined;
  /** The truth now. Throws when nobody has that id. */
  get(who: Who): Character;
  /** Adds a character, or replaces the truth about it. */
  commit(character: Character): void;
}

interface Version {
  /** Monotonic ms. */
  readonly at: number;
  readonly character: Character;
}

export function createLedger(clock: Clock): Ledger {
  const histories = new Map<string, Version[]>();

  const find = (who: Who, ago = 0): Character | undefined => {
    const history = histories.get(keyOf(who));
    if (history === undefined) return undefined;
    const latest = history.at(-1);
    if (ago <= 0) return latest?.character;
    const then = clock.mono() - ago;
    return (history.findLast((version) => version.at <= then) ?? history[0])?.character;
  };

  return {
    find,
    characters: () => [...histories.values()].flatMap((history) => history.at(-1)?.character ?? []),
    get(who) {
      const character = find(who);
      if (character === undefined) throw new Error(`there is no character ${keyOf(who)}`);
      return character;
    },
    commit(character) {
      const key = keyOf(character);
      const now = clock.mono();
      const history = histories.get(key) ?? [];
      histories.set(key, history);
      history.push({ at: now, character });
      while ((history[1]?.at ?? now) < now - HISTORY_MS) history.shift();
    },
  };
}

function keyOf(who: Who): string {
  return `${who.tenant.key}/${who.characterId}`;
}
