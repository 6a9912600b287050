/**
 * Static game data of all tenants: asked for once, then answered from memory.
 *
 * Modes of an entry: unknown (undefined) → known (a value, for good) or missing (null, asked again after a minute).
 * A failed attempt leaves what is there and is repeated with a growing pause, {@link RETRY_MAX_MS} at most, for as long as
 * somebody has wanted the entry lately. What the service denies is believed while it answers for something else (see
 * static-witness.ts), a 500 at the third time in a row; a value goes only when it was denied twice, a minute apart.
 */

import type { EventContext } from '../domain/event.ts';
import type { StaticData } from '../domain/static-data.ts';
import type { Tenant } from '../domain/tenant.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { CacheCounts } from '../lib/expiring-set.ts';
import { createHeap } from '../lib/heap.ts';
import type { Gate } from './gate.ts';
import type { GateId, StaticDataWanted } from './port.ts';
import { answerFor } from './static-answer.ts';
import { type AnyEntry, entryOf, isKnown, type StaticSource, type TenantShelf } from './static-entry.ts';
import { createStaticQueue } from './static-queue.ts';
import { createStaticShelves } from './static-shelves.ts';
import { addWitness } from './static-witness.ts';
import { isDenial, isServiceFailure } from './upstream-errors.ts';

export interface StaticCatalogOptions {
  readonly source: StaticSource;
  readonly gate: Gate;
  readonly clock: Pick<Clock, 'mono'>;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Entries asked for at the same time at most. */
  readonly concurrency: number;
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

const MISSING_MS = 60_000;
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 5_000;
/** What nobody wanted for this long is not asked again until somebody does. The audit wants everything held every 10 min. */
const INTEREST_MS = 3_600_000;

const NOTHING: StaticData = { skill: () => undefined, requirements: () => undefined, revision: 0 };

export function createStaticCatalog(options: StaticCatalogOptions): StaticCatalog {
  const { source, gate, clock, random } = options;
  const shelves = createStaticShelves();
  const queue = createStaticQueue();
  const failing = new Set<AnyEntry>();
  /** By the time at which they are due; an entry whose `askAt` has changed since has another place. */
  const schedule = createHeap<AnyEntry>((at, entry) => entry.askAt === at && !entry.evicted);
  let inFlight = 0;
  let flushes = 0;

  function want(shelf: TenantShelf, kind: AnyEntry['kind'], id: number, context: EventContext | undefined): AnyEntry {
    const entry = entryOf(shelf, kind, id, source);
    entry.wantedAt = clock.mono();
    shelves.renew(entry);
    if (entry.attempt === undefined && entry.askAt <= clock.mono()) {
      entry.context = context;
      queue.add(entry, entry.value === undefined);
    } else if (entry.value === undefined) queue.hurry(entry);
    return entry;
  }

  function pump(): void {
    while (inFlight < options.concurrency) {
      const entry = queue.take();
      if (entry === undefined) return;
      if (gate.tryEnter(entry.shelf.tenant, gateIdOf(entry))) void ask(entry);
      else {
        fail(entry);
        endAttempt(entry);
      }
    }
  }

  /** Never rejects. */
  async function ask(entry: AnyEntry): Promise<void> {
    const begunAt = flushes;
    inFlight += 1;
    try {
      await gate.run(entry.shelf.tenant, gateIdOf(entry), async (isProbe) => {
        const answer = await answerFor(entry, isProbe, isAnotherFailing);
        if (answer === 'refused') fail(entry);
        else settle(entry, answer);
      });
    } catch (error) {
      entry.refusals = 0;
      if (isServiceFailure(error) && !isDenial(error)) entry.unansweredAt = clock.mono();
      fail(entry);
    }
    inFlight -= 1;
    // An answer from before the data were replaced may be of the old ones.
    if (begunAt !== flushes) setDue(entry, clock.mono());
    endAttempt(entry);
    pump();
  }

  function isAnotherFailing({ shelf }: AnyEntry): boolean {
    const since = clock.mono() - 2 * RETRY_MAX_MS;
    return [...failing].some((entry) => entry.shelf === shelf && entry.unansweredAt >= since);
  }

  function settle(entry: AnyEntry, answer: { readonly value: unknown } | 'missing'): void {
    failing.delete(entry);
    entry.failures = 0;
    entry.refusals = 0;
    if (answer === 'missing') {
      settleMissing(entry);
      return;
    }
    addWitness(entry);
    entry.doubted = false;
    setDue(entry, Number.POSITIVE_INFINITY);
    entry.value = answer.value;
    shelves.touch(entry.shelf);
  }

  /** A value that is known goes only when it is denied a second time. */
  function settleMissing(entry: AnyEntry): void {
    entry.doubted = isKnown(entry) && !entry.doubted;
    setDue(entry, clock.mono() + MISSING_MS);
    if (entry.doubted || entry.value === null) return;
    entry.value = null;
    shelves.touch(entry.shelf);
  }

  function fail(entry: AnyEntry): void {
    entry.failures += 1;
    setDue(entry, clock.mono() + backoff(entry.failures, RETRY_FIRST_MS, RETRY_MAX_MS, random));
    if (!entry.evicted) failing.add(entry);
  }

  function setDue(entry: AnyEntry, at: number): void {
    entry.askAt = at;
    if (at !== Number.POSITIVE_INFINITY && !entry.evicted) schedule.push(at, entry);
  }

  function endAttempt(entry: AnyEntry): void {
    entry.attempt?.resolve();
    entry.attempt = undefined;
  }

  function askAgain(entry: AnyEntry): void {
    const wanted = clock.mono() - entry.wantedAt <= INTEREST_MS;
    if (wanted && entry.attempt === undefined && !entry.evicted) queue.add(entry, false);
  }

  /** What is being asked stays, and ends its attempt by itself. */
  function evict(): void {
    const mayGo = (entry: AnyEntry): boolean => queue.remove(entry) || entry.attempt === undefined;
    shelves.evict(options.maxEntries, mayGo, (entry) => {
      failing.delete(entry);
      endAttempt(entry);
    });
  }

  gate.onClose(() => {
    for (const entry of failing) askAgain(entry);
    failing.clear();
    pump();
  });

  return {
    of: (tenant) => shelves.find(tenant)?.view ?? NOTHING,
    async ensure({ tenant, skillIds, templateIds, context }) {
      if (skillIds.length + templateIds.length === 0) return;
      const shelf = shelves.findOrAdd(tenant);
      const wanted = [
        ...skillIds.map((id) => want(shelf, 'skill', id, context)),
        ...templateIds.map((id) => want(shelf, 'requirements', id, context)),
      ];
      const unknown = wanted.filter((entry) => entry.value === undefined);
      const attempts = unknown.map((entry) => entry.attempt?.promise);
      evict();
      pump();
      await Promise.all(attempts);
    },
    flush() {
      flushes += 1;
      for (const entry of shelves) {
        entry.askAt = clock.mono();
        askAgain(entry);
      }
      pump();
    },
    sweep() {
      while (schedule.next <= clock.mono()) {
        const entry = schedule.pop();
        if (entry !== undefined && entry.askAt <= clock.mono()) askAgain(entry);
      }
      pump();
    },
    counts: shelves.counts,
  };
}

function gateIdOf({ kind, id }: AnyEntry): GateId {
  return `${kind} ${id}`;
}
