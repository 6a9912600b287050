import type { CharacterView } from '../domain/character.ts';
import { hasBase } from '../domain/freshness.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import type { EffectiveCache } from '../refresh/effective-cache.ts';
import type { Roll } from './roll.ts';

export interface StoreRollOptions {
  readonly store: {
    find(tenant: Tenant, characterId: number): CharacterView | undefined;
    /** By tenant key. */
    held(): ReadonlyMap<string, ReadonlyMap<number, CharacterView>>;
  };
  readonly effective: Pick<EffectiveCache, 'of'>;
  readonly clock: Clock;
}

/** The roll of what the state holds. */
export function createStoreRoll({ store, effective, clock }: StoreRollOptions): Roll {
  return {
    *tenants() {
      for (const characters of store.held().values()) {
        for (const { tenant } of characters.values()) {
          yield { tenant, held: characters.size };
          break;
        }
      }
    },
    *list(tenant) {
      for (const view of store.held().get(tenant.key)?.values() ?? []) {
        yield {
          characterId: view.characterId,
          resident: view.resident,
          worldId: view.place?.worldId,
          channelId: view.place?.channelId,
          level: hasBase(view) ? view.base('level')?.value : undefined,
          job: hasBase(view) ? view.base('job')?.value : undefined,
        };
      }
    },
    look(tenant, characterId) {
      const view = store.find(tenant, characterId);
      const computed = view && effective.of(view, { now: clock.now(), mono: clock.mono() });
      if (view === undefined || computed === undefined) return undefined;
      return { values: computed.stats.values, degraded: computed.degraded, worldId: view.place?.worldId };
    },
  };
}
