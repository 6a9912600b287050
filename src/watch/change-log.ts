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
import type { Look, Roll } from './roll.ts';

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

const CHANGES_PER_CHARACTER = 200;
/** How long a character is watched after its history was asked for. */
const WATCH_MS = 600_000;
/** Characters that are watched at the same time; the one that was watched for longest without being asked for goes. */
const WATCHED_MAX = 5_000;
const SUBSCRIPTIONS_MAX = 100;
/** At some 30 µs each: about 2 % of a core, however many events there are. */
const LOOKS_PER_SECOND = 500;
/** Looks that may be saved up. */
const LOOKS_BURST = 100;
const SWEEP_MS = 100;
/** A lapse and new game data come without a cause: everyone whose history is wanted is looked at this often. */
const LAPSE_LOOK_MS = 1_000;
const CHANGE_BYTES = 240;
const MOVE_BYTES = 40;

interface Watched {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  readonly since: number;
  /** Monotonic ms until which its history is wanted; -Infinity: only streams show it. */
  until: number;
  last: Look | undefined;
  readonly changes: Change[];
  pending: { cause: ChangeCause; merged: number } | undefined;
}

export function createChangeLog({ roll, clock, maxBytes }: ChangeLogOptions): ChangeLog {
  /** Those asked for longest ago first. */
  const watched = new Set<Watched>();
  /** The same by tenant key and id: no key is built per event. */
  const byTenant = new Map<string, Map<CharacterId, Watched>>();
  const waiting = new Set<Watched>();
  const subscriptions = new Set<{ filter: ChangeFilter; onChange: (change: Change) => void }>();
  /** All that is kept, the oldest first. */
  const kept = new Map<Change, Watched>();
  let bytes = 0;
  let numbers = 0;
  let forgotten = 0;
  let looks = LOOKS_BURST;
  let refilledAt = clock.mono();
  let lapsesAt = clock.mono();
  /** Runs only while somebody watches. */
  let sweeper: NodeJS.Timeout | undefined;

  function find(tenant: Tenant, characterId: CharacterId): Watched | undefined {
    return byTenant.get(tenant.key)?.get(characterId);
  }

  function watch(tenant: Tenant, characterId: CharacterId): Watched {
    const known = find(tenant, characterId);
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
    const ofTenant = byTenant.get(tenant.key) ?? new Map<CharacterId, Watched>();
    byTenant.set(tenant.key, ofTenant.set(characterId, fresh));
    arm();
    const [oldest] = watched.size > WATCHED_MAX ? watched : [];
    if (oldest !== undefined) unwatch(oldest);
    return fresh;
  }

  function unwatch(gone: Watched): void {
    watched.delete(gone);
    const ofTenant = byTenant.get(gone.tenant.key);
    ofTenant?.delete(gone.characterId);
    if (ofTenant?.size === 0) byTenant.delete(gone.tenant.key);
    waiting.delete(gone);
    for (const change of gone.changes) forget(change);
  }

  function forget(change: Change): void {
    if (!kept.delete(change)) return;
    bytes -= sizeOf(change);
    forgotten = Math.max(forgotten, change.number);
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
    keep(one, { number: numbers, at: clock.now(), tenant, characterId, worldId, cause, merged, moves, degraded });
  }

  function keep(one: Watched, change: Change): void {
    one.changes.push(change);
    kept.set(change, one);
    bytes += sizeOf(change);
    const [first] = one.changes;
    if (one.changes.length > CHANGES_PER_CHARACTER && first !== undefined) dropOldest(one, first);
    for (const [oldest, owner] of kept) {
      if (bytes <= maxBytes) break;
      dropOldest(owner, oldest);
    }
    for (const { filter, onChange } of subscriptions) if (matches(filter, change)) onChange(change);
  }

  function dropOldest(one: Watched, oldest: Change): void {
    one.changes.shift();
    forget(oldest);
  }

  function refill(): void {
    const mono = clock.mono();
    looks = Math.min(LOOKS_BURST, looks + ((mono - refilledAt) * LOOKS_PER_SECOND) / 1_000);
    refilledAt = mono;
  }

  function note(one: Watched, cause: ChangeCause): void {
    if (one.pending !== undefined) {
      one.pending = { cause, merged: one.pending.merged + 1 };
    } else if (looks >= 1) {
      looks -= 1;
      look(one, cause, 0);
    } else {
      one.pending = { cause, merged: 0 };
      waiting.add(one);
    }
  }

  function lookAfterWaiting(): void {
    for (const one of waiting) {
      if (looks < 1) return;
      looks -= 1;
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
    refill();
    sweeper = setInterval(sweep, SWEEP_MS);
    sweeper.unref();
  }

  function disarm(): void {
    clearInterval(sweeper);
    sweeper = undefined;
  }

  /** What waited, what lapsed, and whom nobody watches any more. */
  function sweep(): void {
    refill();
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
      const known = find(tenant, characterId);
      if (known !== undefined) note(known, cause);
      else if (looks >= 1 && isStreamed(tenant, characterId)) {
        looks -= 1;
        watch(tenant, characterId);
      }
    },
    history(tenant, characterId) {
      const one = watch(tenant, characterId);
      one.until = clock.mono() + WATCH_MS;
      watched.delete(one);
      watched.add(one);
      return { changes: [...one.changes], since: one.since };
    },
    subscribe(filter, onChange) {
      if (subscriptions.size >= SUBSCRIPTIONS_MAX) return undefined;
      const subscription = { filter, onChange };
      subscriptions.add(subscription);
      arm();
      return { end: () => subscriptions.delete(subscription) };
    },
    after(number, filter) {
      const changes = [...kept.keys()].filter((change) => change.number > number && matches(filter, change));
      return { changes, complete: number >= forgotten };
    },
    close: disarm,
    counts: {
      get kept() {
        return kept.size;
      },
      get bytes() {
        return bytes;
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

function sizeOf({ moves }: Change): number {
  return CHANGE_BYTES + moves.length * MOVE_BYTES;
}
