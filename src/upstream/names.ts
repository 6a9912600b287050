/**
 * What things are called: for people only, never waited for on the stats path, never part of a calculation.
 *
 * Modes of an entry: asked for → known (items and skills for good, characters for {@link CHARACTER_MS}: they may be renamed) or
 * nameless (asked again after {@link NAMELESS_MS}). A failed attempt is repeated after {@link RETRY_MS} by whoever asks then.
 */

import type { EventContext } from '../domain/event.ts';
import type { Tenant } from '../domain/tenant.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import type { CacheCounts } from '../lib/expiring-set.ts';
import { settledWithin } from '../lib/settled-within.ts';

const NAME_KINDS = ['item', 'skill', 'character'] as const;

export type NameKind = (typeof NAME_KINDS)[number];

/** Whose names, and what the requests hand on. */
export interface NameTarget {
  readonly tenant: Tenant;
  readonly context: EventContext | undefined;
}

export interface FoundItem {
  readonly templateId: number;
  readonly name: string;
}

/** Reads of names. Rejects with AppError UPSTREAM_* for anything that is not a well-formed answer. */
export interface NameSource {
  /** undefined: its service knows no such thing, or it has no name. */
  name(kind: NameKind, target: NameTarget, id: number): Promise<string | undefined>;
  /** Items whose name has the text in it, or whose id begins with it; as many as the data service answers at a time. */
  findItems(target: NameTarget, text: string): Promise<readonly FoundItem[]>;
}

export type WantedNames = Readonly<Partial<Record<NameKind, Iterable<number>>>>;

export interface Names extends Pick<NameSource, 'findItems'> {
  /** What is known now; synchronous, asks nobody. undefined: no name, or none yet. */
  of(kind: NameKind, tenant: Tenant, id: number): string | undefined;
  /** Asks for names that are not known. Resolves when each has been answered or failed, or after `wait` ms; never rejects. */
  ensure(target: NameTarget, wanted: WantedNames, wait: number): Promise<void>;
  /** Forgets all names, e.g. after game data were imported. */
  flush(): void;
  readonly counts: CacheCounts;
}

export interface NamesOptions {
  readonly source: NameSource;
  readonly clock: Pick<Clock, 'mono'>;
  /** Names asked for at the same time at most. */
  readonly concurrency: number;
  /** Names kept at most, of all tenants; the one that was asked for longest ago goes. */
  readonly maxEntries: number;
}

const CHARACTER_MS = 600_000;
const NAMELESS_MS = 60_000;
const RETRY_MS = 5_000;
/** Names that wait to be asked for, at most. Beyond it none is added; whoever comes back asks again. */
const WAITING_MAX = 20_000;

interface Entry {
  name: string | undefined;
  /** Monotonic ms from which it may be asked. */
  askAt: number;
  /** While it waits to be asked for, or is. */
  attempt: PromiseWithResolvers<void> | undefined;
}

export function createNames({ source, clock, concurrency, maxEntries }: NamesOptions): Names {
  const entries = new BoundedMap<string, Entry>(maxEntries);
  /** The newest goes first: somebody waits for it, and those before may have left. */
  const waiting: (() => Promise<void>)[] = [];
  let inFlight = 0;

  function entryOf(key: string): Entry {
    const entry = entries.get(key) ?? { name: undefined, askAt: Number.NEGATIVE_INFINITY, attempt: undefined };
    entries.renew(key, entry);
    return entry;
  }

  async function ask(entry: Entry, kind: NameKind, target: NameTarget, id: number): Promise<void> {
    try {
      entry.name = await source.name(kind, target, id);
      const holds = kind === 'character' ? CHARACTER_MS : Number.POSITIVE_INFINITY;
      entry.askAt = clock.mono() + (entry.name === undefined ? NAMELESS_MS : holds);
    } catch {
      entry.askAt = clock.mono() + RETRY_MS;
    }
    entry.attempt?.resolve();
    entry.attempt = undefined;
  }

  function pump(): void {
    while (inFlight < concurrency) {
      const next = waiting.pop();
      if (next === undefined) return;
      inFlight += 1;
      void next().finally(() => {
        inFlight -= 1;
        pump();
      });
    }
  }

  /** What has to be waited for; undefined: nothing. */
  function want(kind: NameKind, target: NameTarget, id: number): Promise<void> | undefined {
    const entry = entryOf(keyOf(kind, target.tenant, id));
    if (entry.attempt === undefined && entry.askAt <= clock.mono() && waiting.length < WAITING_MAX) {
      entry.attempt = Promise.withResolvers();
      waiting.push(() => ask(entry, kind, target, id));
    }
    return entry.name === undefined ? entry.attempt?.promise : undefined;
  }

  return {
    of: (kind, tenant, id) => entries.get(keyOf(kind, tenant, id))?.name,
    async ensure(target, wanted, wait) {
      const attempts = NAME_KINDS.flatMap((kind) => [...new Set(wanted[kind])].map((id) => want(kind, target, id)));
      pump();
      const open = attempts.filter((attempt) => attempt !== undefined);
      if (open.length > 0) await settledWithin(Promise.all(open), wait);
    },
    findItems: source.findItems,
    flush: () => entries.clear(),
    counts: {
      get size() {
        return entries.size;
      },
      get evicted() {
        return entries.evicted;
      },
    },
  };
}

function keyOf(kind: NameKind, tenant: Tenant, id: number): string {
  return `${kind} ${id} ${tenant.key}`;
}
