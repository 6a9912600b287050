import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { ChangeCause } from './change.ts';
import type { ChangesOwner } from './kept-changes.ts';
import type { Look } from './roll.ts';

/** A character whose changes are kept. */
export interface Watched extends ChangesOwner {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  /** Monotonic ms until which its history is wanted; -Infinity: only streams show it. */
  until: number;
  last: Look | undefined;
  /** What waits for a look, and how many causes came since. */
  pending: { cause: ChangeCause; merged: number } | undefined;
}

/** Found by tenant and id without building a key: every event asks. */
export interface WatchedCharacters extends Iterable<Watched> {
  find(tenant: Tenant, characterId: CharacterId): Watched | undefined;
  add(one: Watched): void;
  /** Makes it the one that was asked for last. */
  renew(one: Watched): void;
  delete(one: Watched): void;
  /** Asked for longest ago; undefined: nobody is watched. */
  readonly oldest: Watched | undefined;
  readonly size: number;
}

export function createWatchedCharacters(): WatchedCharacters {
  /** Those asked for longest ago first. */
  const all = new Set<Watched>();
  const byTenant = new Map<string, Map<CharacterId, Watched>>();
  return {
    [Symbol.iterator]: () => all.values(),
    find: ({ key }, characterId) => byTenant.get(key)?.get(characterId),
    add(one) {
      all.add(one);
      const ofTenant = byTenant.get(one.tenant.key) ?? new Map<CharacterId, Watched>();
      byTenant.set(one.tenant.key, ofTenant.set(one.characterId, one));
    },
    renew(one) {
      all.delete(one);
      all.add(one);
    },
    delete(one) {
      all.delete(one);
      const ofTenant = byTenant.get(one.tenant.key);
      ofTenant?.delete(one.characterId);
      if (ofTenant?.size === 0) byTenant.delete(one.tenant.key);
    },
    get oldest() {
      const [first] = all;
      return first;
    },
    get size() {
      return all.size;
    },
  };
}
