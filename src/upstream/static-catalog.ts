/**
 * Static game data of all tenants: asked for once, then answered from memory.
 *
 * Modes of an entry: unknown (undefined) → known (a value, for good) or missing (null, asked again after a minute).
 * A failed attempt leaves what is there and is repeated with a growing pause, 5 s at most, for as long as
 * somebody has wanted the entry lately. What the service denies is believed while it answers for something else (see
 * static-witness.ts), a 500 at the third time in a row; a value goes only when it was denied twice, a minute apart.
 */

import type { StaticData } from '../domain/static-data.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { CacheCounts } from '../lib/expiring-set.ts';
import type { StaticDataWanted } from './port.ts';
import { createStaticAttempts, type StaticAttemptsOptions } from './static-attempts.ts';
import { type StaticSource, staticEntryOf } from './static-entry.ts';
import { createStaticShelves } from './static-shelves.ts';

export interface StaticCatalogOptions extends Omit<StaticAttemptsOptions, 'shelves'> {
  readonly source: StaticSource;
  /** Entries kept at most, of all tenants; the one that was not wanted for longest goes, unless it is being asked for. */
  readonly maxEntries: number;
}

export interface StaticCatalog {
  /** See Upstream.staticData. */
  of(tenant: Tenant): StaticData;
  /** See Upstream.ensureStaticData. Entries that are only asked again are not waited for. */
  ensure(wanted: StaticDataWanted): Promise<void>;
  /** Makes every entry due; old values serve until they are answered. */
  flush(): void;
  /** Asks again what is due; to be called a few times per second. */
  sweep(): void;
  readonly counts: CacheCounts;
}

const NOTHING: StaticData = { skill: () => undefined, requirements: () => undefined, revision: 0 };

export function createStaticCatalog(options: StaticCatalogOptions): StaticCatalog {
  const { source, maxEntries } = options;
  const shelves = createStaticShelves();
  const attempts = createStaticAttempts({ ...options, shelves });

  return {
    of: (tenant) => shelves.find(tenant)?.view ?? NOTHING,
    async ensure({ tenant, skillIds, templateIds, context }) {
      if (skillIds.length + templateIds.length === 0) return;
      const shelf = shelves.findOrAdd(tenant);
      const wanted = [
        ...skillIds.map((id) => staticEntryOf(shelf, 'skill', id, source)),
        ...templateIds.map((id) => staticEntryOf(shelf, 'requirements', id, source)),
      ];
      for (const entry of wanted) {
        attempts.want(entry, context);
        shelves.renew(entry);
      }
      const unknown = wanted.filter((entry) => entry.value === undefined);
      const awaited = unknown.map((entry) => entry.attempt?.promise);
      shelves.evict(maxEntries, attempts.withdraw, attempts.forget);
      attempts.pump();
      await Promise.all(awaited);
    },
    flush: () => attempts.renew(shelves),
    sweep: attempts.sweep,
    counts: shelves.counts,
  };
}
