import type { Clock } from '../src/lib/clock.ts';
import type { Character, Who } from './model.ts';

/** How far back the truth can be asked for, ms; more than any announcement runs ahead of its commit. */
const HISTORY_MS = 60_000;

/** Keeps the truth about every character, and what it was a little while ago. */
export interface History {
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

export function createHistory(clock: Clock): History {
  const versionsOf = new Map<string, Version[]>();

  const find = (who: Who, ago = 0): Character | undefined => {
    const versions = versionsOf.get(keyOf(who));
    if (versions === undefined) return undefined;
    const latest = versions.at(-1);
    if (ago <= 0) return latest?.character;
    const then = clock.mono() - ago;
    return (versions.findLast((version) => version.at <= then) ?? versions[0])?.character;
  };

  return {
    find,
    characters: () => [...versionsOf.values()].flatMap((versions) => versions.at(-1)?.character ?? []),
    get(who) {
      const character = find(who);
      if (character === undefined) throw new Error(`there is no character ${keyOf(who)}`);
      return character;
    },
    commit(character) {
      const key = keyOf(character);
      const now = clock.mono();
      const versions = versionsOf.get(key) ?? [];
      versionsOf.set(key, versions);
      versions.push({ at: now, character });
      while ((versions[1]?.at ?? now) < now - HISTORY_MS) versions.shift();
    },
  };
}

function keyOf(who: Who): string {
  return `${who.tenant.key}/${who.characterId}`;
}
