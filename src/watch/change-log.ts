/**
 * What changed, and why, of those whom somebody watches.
 *
 * Modes of a character: unwatched (nothing is done or kept) → watched, because its history was asked for within
 * {@link WATCH_MS}, or because a live stream would show it → unwatched. A watched character is looked at after each cause, as
 * long as there may be looks (look-budget.ts); what comes beyond it is merged into the next look.
 */
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import type { Change, ChangeCause, ChangeFilter } from './change.ts';
import { createKeptChanges } from './kept-changes.ts';
import { createLooks } from './looks.ts';
import type { Roll } from './roll.ts';
import { createSubscriptions, type Subscription } from './subscriptions.ts';
import { createWatchedCharacters, type Watched } from './watched.ts';

export interface History {
  /** The oldest first. */
  readonly changes: readonly Change[];
  /** Epoch ms since which nothing of the character was missed. */
  readonly since: number;
}

export interface ChangeLog {
  /** False: nobody watches, and nobody needs to call {@link record}. */
  readonly watching: boolean;
  /** An event is about to be applied: whom a stream would show is looked at, so that it is told what changes. */
  expect(who: { readonly tenant: Tenant; readonly characterId: CharacterId }): void;
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
/** Characters that are watched at the same time; whom only streams show go first. */
const WATCHED_MAX = 5_000;
const SWEEP_MS = 100;
/** A lapse and new game data come without a cause: everyone whose history is wanted is looked at this often. */
const LAPSE_LOOK_MS = 1_000;

export function createChangeLog({ roll, clock, maxBytes }: ChangeLogOptions): ChangeLog {
  const watched = createWatchedCharacters();
  const subscriptions = createSubscriptions();
  const kept = createKeptChanges(maxBytes);
  const looks = createLooks({
    roll,
    clock,
    onChange(one, change) {
      kept.add(one, change);
      subscriptions.tell(change);
    },
  });
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
      last: roll.look(tenant, characterId),
      changes: [],
      pending: undefined,
    };
    watched.add(fresh);
    arm();
    if (watched.size > WATCHED_MAX && watched.oldest !== undefined) unwatch(watched.oldest);
    return fresh;
  }

  function unwatch(gone: Watched): void {
    watched.delete(gone);
    looks.forget(gone);
    kept.forget(gone.changes);
  }

  function lookForLapses(): void {
    const mono = clock.mono();
    if (mono < lapsesAt) return;
    lapsesAt = mono + LAPSE_LOOK_MS;
    for (const one of watched) {
      if (one.until > mono) looks.note(one, { kind: 'lapse' });
      else if (!subscriptions.wouldShow(one.tenant, one.characterId)) unwatch(one);
    }
  }

  function arm(): void {
    if (sweeper !== undefined) return;
    looks.refill();
    sweeper = setInterval(sweep, SWEEP_MS);
    sweeper.unref();
  }

  function disarm(): void {
    clearInterval(sweeper);
    sweeper = undefined;
  }

  /** What waited, what lapsed, and whom nobody watches any more. */
  function sweep(): void {
    looks.refill();
    lookForLapses();
    if (watched.size === 0 && subscriptions.size === 0) disarm();
  }

  return {
    get watching() {
      return watched.size > 0 || subscriptions.size > 0;
    },
    expect({ tenant, characterId }) {
      if (watched.find(tenant, characterId) !== undefined) return;
      if (subscriptions.wouldShow(tenant, characterId) && looks.take()) watch(tenant, characterId);
    },
    record({ tenant, characterId }, cause) {
      const known = watched.find(tenant, characterId);
      if (known !== undefined) looks.note(known, cause);
      else if (subscriptions.wouldShow(tenant, characterId) && looks.take()) watch(tenant, characterId);
    },
    history(tenant, characterId) {
      const one = watch(tenant, characterId);
      one.until = clock.mono() + WATCH_MS;
      watched.renew(one);
      return { changes: [...one.changes], since: one.since };
    },
    subscribe(filter, onChange) {
      const subscription = subscriptions.add(filter, onChange);
      if (subscription === undefined) return undefined;
      arm();
      if (filter.characterId !== undefined) watch(filter.tenant, filter.characterId);
      return subscription;
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
