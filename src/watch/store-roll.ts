import type { EffectiveStatsCache } from '../answers/effective-stats.ts';
import { type Character, isResident } from '../domain/character.ts';
import { baseOf } from '../domain/parts/base.ts';
import { placeOf } from '../domain/sessions.ts';
import type { Clock } from '../lib/clock.ts';
import type { Characters } from '../state/characters.ts';
import type { Roll, RollEntry } from './roll.ts';

export interface StoreRollOptions {
  readonly characters: Pick<Characters, 'all' | 'find' | 'tenants'>;
  readonly effective: Pick<EffectiveStatsCache, 'of'>;
  readonly clock: Clock;
}

/** The roll of what the state holds. */
export function createStoreRoll({ characters, effective, clock }: StoreRollOptions): Roll {
  return {
    tenants: characters.tenants,
    *list(tenant) {
      for (const character of characters.all(tenant)) yield rowOf(character);
    },
    look(tenant, characterId) {
      const character = characters.find(tenant, characterId);
      const computed = character && effective.of(character, { now: clock.now(), mono: clock.mono() });
      if (character === undefined || computed === undefined) return undefined;
      const worldId = placeOf(character.sessions)?.worldId;
      return { values: computed.values, degraded: computed.degraded, worldId };
    },
  };
}

function rowOf(character: Character): RollEntry {
  const place = placeOf(character.sessions);
  const base = baseOf(character.base);
  return {
    characterId: character.characterId,
    resident: isResident(character),
    worldId: place?.worldId,
    channelId: place?.channelId,
    level: base?.level,
    job: base?.job,
  };
}
