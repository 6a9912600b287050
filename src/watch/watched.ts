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
  /** Its history was asked for, just now. */
  renew(one: Watched): void;
  delete(one: Watched): void;
  /** Who goes first when there are too many: whom only streams show, then whose history was asked for longest ago. */
  readonly oldest: Watched | undefined;
  readonly size: number;
}

export function createWatchedCharacters(): WatchedCharacters {
  const shown = new Set<Watched>();
  /** Those asked for longest ago first. */
  const asked = new Set<Watched>();
  const byTenant = new Map<string, Map<CharacterId, Watched>>();
  return {
    *[Symbol.iterator]() {
      yield* shown;
      yield* asked;
    },
    find: ({ key }, characterId) => byTenant.get(key)?.get(characterId),
    add(one) {
      shown.add(one);
      const ofTenant = byTenant.get(one.tenant.key) ?? new Map<CharacterId, Watched>();
      byTenant.set(one.tenant.key, ofTenant.set(one.characterId, one));
    },
    renew(one) {
      shown.delete(one);
      asked.delete(one);
      asked.add(one);
    },
    delete(one) {
      shown.delete(one);
      asked.delete(one);
      const ofTenant = byTenant.get(one.tenant.key);
      ofTenant?.delete(one.characterId);
      if (ofTenant?.size === 0) byTenant.delete(one.tenant.key);
    },
    get oldest() {
      const [first] = shown.size > 0 ? shown : asked;
      return first;
    },
    get size() {
      return shown.size + asked.size;
    },
  };
}
