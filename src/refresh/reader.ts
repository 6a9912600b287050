import type { CharacterView, Moment } from '../domain/character.ts';
import type { EventContext } from '../domain/event.ts';
import { type Degradable, hasBase, isFirstLoadPending, isFresh } from '../domain/freshness.ts';
import { PARTS } from '../domain/part.ts';
import type { EffectiveStats } from '../domain/ruleset.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import type { StateStore } from '../state/store.ts';
import type { Effective, EffectiveCache } from './effective-cache.ts';
import type { Refresher } from './refresher.ts';
import type { StatsRead, StatsReader } from './stats-reader.ts';

export interface ReaderOptions {
  readonly store: StateStore;
  readonly refresher: Refresher;
  readonly effective: EffectiveCache;
  readonly clock: Clock;
  readonly isFeedCurrent: () => boolean;
  readonly encode: (characterId: CharacterId, stats: EffectiveStats, degraded: readonly Degradable[]) => string;
  /** READ_WAIT in ms: how long a read waits for parts that were never loaded. */
  readonly readWait: number;
}

/** How long a read waits for a re-read while the feed is not current (architecture §3 rule 8). */
const FEED_WAIT_MS = 250;

const UNAVAILABLE: StatsRead = { kind: 'unavailable' };
const UNKNOWN: StatsRead = { kind: 'unknown' };

/** Answers reads from the state: computed and encoded at the first read after a change, kept until the next one. */
export function createReader(options: ReaderOptions): StatsReader {
  const { store, refresher, clock, effective } = options;
  const encoded = new WeakMap<Effective, StatsRead>();

  function read(
    tenant: Tenant,
    characterId: CharacterId,
    context: EventContext | undefined,
  ): ReturnType<StatsReader['read']> {
    if (store.find(tenant, characterId) === undefined && refresher.isUnknown(tenant, characterId)) return UNKNOWN;
    const view = store.visit(tenant, characterId, context);
    store.touch(view);
    const moment = readClock();
    if (mustWait(view, moment, moment.mono)) return readAfterLoad(tenant, characterId, context, moment.mono);
    if (!options.isFeedCurrent() && requestReads(view, moment)) return readAfterReread(view, moment.mono);
    return answer(view, moment);
  }

  /** Waits for the parts that were never loaded. */
  async function readAfterLoad(
    tenant: Tenant,
    characterId: CharacterId,
    context: EventContext | undefined,
    askedAt: number,
  ): Promise<StatsRead> {
    askForFirstLoads(tenant, characterId);
    let view = store.find(tenant, characterId);
    for (let moment = readClock(); view === undefined || mustWait(view, moment, askedAt); moment = readClock()) {
      const left = askedAt + options.readWait - moment.mono;
      if (left <= 0) break;
      await refresher.nextRead(tenant, characterId, waitFor(view, askedAt, left, moment.mono));
      if (refresher.isUnknown(tenant, characterId) && store.find(tenant, characterId) === undefined) return UNKNOWN;
      view = store.visit(tenant, characterId, context);
    }
    return view === undefined ? UNAVAILABLE : answer(view, readClock());
  }

  /** A load that waits in the queue, or for a backlog, goes to the front. */
  function askForFirstLoads(tenant: Tenant, characterId: CharacterId): void {
    const view = store.find(tenant, characterId);
    for (const part of PARTS) {
      if (view?.part(part).asOf === undefined) store.request(tenant, characterId, part, 'reader');
    }
    refresher.wake();
  }

  /** Ms until the wait is over even if no read ends. */
  function waitFor(view: CharacterView | undefined, askedAt: number, left: number, mono: number): number {
    const began = PARTS.map((part) => view?.part(part).firstReadBeganAt ?? askedAt);
    return Math.max(1, Math.min(left, Math.min(...began) + options.readWait - mono));
  }

  /** Without a current feed, what is held may have changed unseen: re-reads, and waits a moment for it (rule 8). */
  async function readAfterReread(view: CharacterView, askedAt: number): Promise<StatsRead> {
    refresher.wake();
    const { tenant, characterId } = view;
    for (let moment = readClock(); !allFresh(view, moment); moment = readClock()) {
      const left = askedAt + FEED_WAIT_MS - moment.mono;
      if (left <= 0) break;
      await refresher.nextRead(tenant, characterId, left);
    }
    const current = store.find(tenant, characterId) ?? view;
    return answer(current, readClock());
  }

  function mustWait(view: CharacterView, moment: Moment, askedAt: number): boolean {
    if (view.part('base').missing && !hasBase(view)) return false;
    return PARTS.some((part) => isFirstLoadPending(view.part(part), moment, askedAt, options.readWait));
  }

  function allFresh(view: CharacterView, moment: Moment): boolean {
    return PARTS.every((part) => isFresh(view.part(part), moment, options.isFeedCurrent()));
  }

  /** Asks for a read of every part that is not fresh; true when there was one. */
  function requestReads(view: CharacterView, moment: Moment): boolean {
    const behind = PARTS.filter((part) => !isFresh(view.part(part), moment, false));
    for (const part of behind) store.request(view.tenant, view.characterId, part, 'reader');
    return behind.length > 0;
  }

  function answer(view: CharacterView, moment: Moment): StatsRead {
    const computed = effective.of(view, moment);
    if (computed === undefined) return view.part('base').missing ? UNKNOWN : UNAVAILABLE;
    const known = encoded.get(computed);
    if (known !== undefined) return known;
    const body = options.encode(view.characterId, computed.stats, computed.degraded);
    const read: StatsRead = { kind: 'answer', body };
    encoded.set(computed, read);
    return read;
  }

  function readClock(): Moment {
    return { now: clock.now(), mono: clock.mono() };
  }

  return { read };
}
