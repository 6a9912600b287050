/**
 * What changed, and why, of those whom somebody watches.
 *
 * Modes of a character: unwatched (nothing is done or kept) → watched, because its history was asked for within
 * {@link WATCH_MS}, or because a live stream would show it → unwatched. A watched character is looked at after each cause, as
 * long as the budget of {@link LOOKS_PER_SECOND} lasts; what comes beyond it is merged into the next look.
 */
import { STATS } from '../domain/stat.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import { type Change, type ChangeCause, type ChangeFilter, type Move, matches } from './change.ts';
import { createKeptChanges } from './kept-changes.ts';
import { createLookBudget } from './look-budget.ts';
import type { Roll } from './roll.ts';
import { createWatchedCharacters, type Watched } from './watched.ts';

export interface History {
  /** The oldest first. */
  readonly changes: readonly Change[];
  /** Epoch ms since which nothing of the character was missed. */
  readonly since: number;
}

export interface Subscription {
  end(): void;
}

export interface ChangeLog {
  /** False: nobody watches, and nobody needs to call {@link record}. */
  readonly watching: boolean;
  /** Something has changed, or may have: to be called when the state shows it. Nothing is done for whom nobody watches. */
  record(who: { readonly tenant: Tenant; readonly characterId: CharacterId }, cause: ChangeCause): void;
  /** What is known of a character's last changes; it is watched from then on. */
  history(tenant: Tenant, characterId: CharacterId): History;
  /** `onChange` is told of each change as it comes; must not throw. undefined: there are too many subscriptions. */
  subscribe(filter: ChangeFilter, onChange: (change: Change) => void): Subscription | undefined;
  /** Kept changes after that number, the oldest first; `complete` is false when some are not kept any more. */
  after(number: number, filter: ChangeFilter): { readonly changes: readonly Change[]; readonly complete: boolean };
  /** Ends what runs while somebody watches. */
  close(): void;
  readonly counts: { readonly kept: number; readonly bytes: number; readonly watched: number };
}

export interface ChangeLogOptions {
  readonly roll: Roll;
  readonly clock: Clock;
  /** Bytes of all changes kept, about. */
  readonly maxBytes: number;
}

/** How long a character is watched after its history was asked for. */
const WATCH_MS = 600_000;
/** Characters that are watched at the same time; the one that was watched for longest without being asked for goes. */
const WATCHED_MAX = 5_000;
const SUBSCRIPTIONS_MAX = 100;
const SWEEP_MS = 100;
/** A lapse and new game data come without a cause: everyone whose history is wanted is looked at this often. */
const LAPSE_LOOK_MS = 1_000;

export function createChangeLog({ roll, clock, maxBytes }: ChangeLogOptions): ChangeLog {
  const watched = createWatchedCharacters();
  const waiting = new Set<Watched>();
  const subscriptions = new Set<{ filter: ChangeFilter; onChange: (change: Change) => void }>();
  const kept = createKeptChanges(maxBytes);
  const budget = createLookBudget(clock);
  let numbers = 0;
  let lapsesAt = clock.mono();
  /** Runs only while somebody watches. */
  let sweeper: NodeJS.Timeout | undefined;

  function watch(tenant: Tenant, characterId: CharacterId): Watched {
    const known = watched.find(tenant, characterId);
    if (known !== undefined) return known;
    const fresh: Watched = {
      tenant,
      characterId,
      since: clock.now(),
      until: Number.NEGATIVE_INFINITY,
      last: undefined,
      changes: [],
      pending: undefined,
    };
    fresh.last = roll.look(tenant, characterId);
    watched.add(fresh);
    arm();
    if (watched.size > WATCHED_MAX && watched.oldest !== undefined) unwatch(watched.oldest);
    return fresh;
  }

  function unwatch(gone: Watched): void {
    watched.delete(gone);
    waiting.delete(gone);
    kept.forget(gone.changes);
  }

  /** Whether a stream would show it. Worlds are known only after a look. */
  function isStreamed(tenant: Tenant, characterId: CharacterId): boolean {
    for (const { filter } of subscriptions) {
      const { characterId: only } = filter;
      if (filter.tenant.key === tenant.key && (only === undefined || only === characterId)) return true;
    }
    return false;
  }

  function look(one: Watched, cause: ChangeCause, merged: number): void {
    const before = one.last;
    const now = roll.look(one.tenant, one.characterId);
    one.last = now;
    if (now === undefined || before === undefined) return;
    const moves = movesBetween(before.values, now.values);
    if (moves.length === 0 && sameNames(before.degraded, now.degraded)) return;
    numbers += 1;
    const { tenant, characterId } = one;
    const { degraded, worldId } = now;
    const at = clock.now();
    const change = { number: numbers, at, tenant, characterId, worldId, cause, merged, moves, degraded };
    kept.add(one.changes, change);
    for (const { filter, onChange } of subscriptions) if (matches(filter, change)) onChange(change);
  }

  function note(one: Watched, cause: ChangeCause): void {
    if (one.pending !== undefined) {
      one.pending = { cause, merged: one.pending.merged + 1 };
    } else if (budget.take()) {
      look(one, cause, 0);
    } else {
      one.pending = { cause, merged: 0 };
      waiting.add(one);
    }
  }

  function lookAfterWaiting(): void {
    for (const one of waiting) {
      if (!budget.take()) return;
      waiting.delete(one);
      const { pending } = one;
      one.pending = undefined;
      if (pending !== undefined) look(one, pending.cause, pending.merged);
    }
  }

  function lookForLapses(): void {
    const mono = clock.mono();
    if (mono < lapsesAt) return;
    lapsesAt = mono + LAPSE_LOOK_MS;
    for (const one of watched) {
      if (one.until > mono) note(one, { kind: 'lapse' });
      else if (!isStreamed(one.tenant, one.characterId)) unwatch(one);
    }
  }

  function arm(): void {
    if (sweeper !== undefined) return;
    budget.refill();
    sweeper = setInterval(sweep, SWEEP_MS);
    sweeper.unref();
  }

  function disarm(): void {
    clearInterval(sweeper);
    sweeper = undefined;
  }

  /** What waited, what lapsed, and whom nobody watches any more. */
  function sweep(): void {
    budget.refill();
    lookAfterWaiting();
    lookForLapses();
    if (watched.size === 0 && subscriptions.size === 0) disarm();
  }

  return {
    get watching() {
      return watched.size > 0 || subscriptions.size > 0;
    },
    record({ tenant, characterId }, cause) {
      if (watched.size === 0 && subscriptions.size === 0) return;
      const known = watched.find(tenant, characterId);
      if (known !== undefined) note(known, cause);
      else if (isStreamed(tenant, characterId) && budget.take()) watch(tenant, characterId);
    },
    history(tenant, characterId) {
      const one = watch(tenant, characterId);
      one.until = clock.mono() + WATCH_MS;
      watched.renew(one);
      return { changes: [...one.changes], since: one.since };
    },
    subscribe(filter, onChange) {
      if (subscriptions.size >= SUBSCRIPTIONS_MAX) return undefined;
      const subscription = { filter, onChange };
      subscriptions.add(subscription);
      arm();
      return { end: () => subscriptions.delete(subscription) };
    },
    after: kept.after,
    close: disarm,
    counts: {
      get kept() {
        return kept.size;
      },
      get bytes() {
        return kept.bytes;
      },
      get watched() {
        return watched.size;
      },
    },
  };
}

function movesBetween(before: readonly number[], now: readonly number[]): Move[] {
  return STATS.flatMap((stat, index) => {
    const from = before[index] ?? 0;
    const to = now[index] ?? 0;
    return from === to ? [] : [{ stat, from, to }];
  });
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
