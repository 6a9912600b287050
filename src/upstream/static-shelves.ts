import type { Tenant } from '../domain/tenant.ts';
import type { CacheCounts } from '../lib/expiring-set.ts';
import { type AnyEntry, createShelf, removeEntry, type TenantShelf } from './static-entry.ts';

/** All tenants' shelves, and which of their entries was wanted longest ago. */
export interface StaticShelves extends Iterable<AnyEntry> {
  find(tenant: Tenant): TenantShelf | undefined;
  findOrAdd(tenant: Tenant): TenantShelf;
  /** Makes it the one that was wanted last. */
  renew(entry: AnyEntry): void;
  /** Its lookups may answer differently from now on. */
  touch(shelf: TenantShelf): void;
  /** Takes entries off, down to `max`, as far as they may go; each is told before its shelf's revision rises. */
  evict(max: number, mayGo: (entry: AnyEntry) => boolean, onGone: (entry: AnyEntry) => void): void;
  readonly counts: CacheCounts;
}

export function createStaticShelves(): StaticShelves {
  const shelves = new Map<string, TenantShelf>();
  /** Of all shelves, the one wanted longest ago first. */
  const entries = new Set<AnyEntry>();
  let revisions = 0;
  let evicted = 0;

  function touch(shelf: TenantShelf): void {
    revisions += 1;
    shelf.revision = revisions;
  }

  return {
    [Symbol.iterator]: () => entries.values(),
    find: ({ key }) => shelves.get(key),
    findOrAdd(tenant) {
      const shelf = shelves.get(tenant.key) ?? createShelf(tenant);
      shelves.set(tenant.key, shelf);
      return shelf;
    },
    renew(entry) {
      entries.delete(entry);
      entries.add(entry);
    },
    touch,
    evict(max, mayGo, onGone) {
      for (const entry of entries) {
        if (entries.size <= max) return;
        if (!mayGo(entry)) continue;
        const { shelf } = entry;
        entries.delete(entry);
        removeEntry(entry);
        if (shelf.skills.size + shelf.requirements.size === 0) shelves.delete(shelf.tenant.key);
        entry.evicted = true;
        onGone(entry);
        touch(shelf);
        evicted += 1;
      }
    },
    counts: {
      get size() {
        return entries.size;
      },
      get evicted() {
        return evicted;
      },
    },
  };
}
