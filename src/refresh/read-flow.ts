import type { CharacterView, Moment } from '../domain/character.ts';
import type { EventContext } from '../domain/event.ts';
import { hasBase, isFirstLoadPending, isFresh } from '../domain/freshness.ts';
import { PARTS, type Part } from '../domain/part.ts';
import { dueAt } from '../domain/part-state.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import type { StateStore } from '../state/store.ts';
import type { Refresher } from './refresher.ts';

/** Why a question about a character has no answer. */
export type Unanswered =
  /** The character service does not know the character. */
  | { readonly kind: 'unknown' }
  /** Base stats cannot be had now: never answer zeros instead. */
  | { readonly kind: 'unavailable' }
  /** So many others wait for a first load that this one would wait in vain. */
  | { readonly kind: 'overloaded' };

/** Makes the answer of what is held, without waiting; undefined: the base was never loaded. */
export type AnswerFrom<T> = (view: CharacterView, moment: Moment) => T | undefined;

/**
 * How every question about one character is answered (architecture §3, Reads): loads whom nobody has heard of, waits for
 * what was never loaded, READ_WAIT at most, and takes note of the feed's health. Synchronous when nothing has to be
 * waited for. Never rejects for what upstream services do.
 */
export interface ReadFlow {
  read<T>(
    tenant: Tenant,
    characterId: CharacterId,
    context: EventContext | undefined,
    answerFrom: AnswerFrom<T>,
  ): T | Unanswered | Promise<T | Unanswered>;
}

export interface ReadFlowOptions {
  readonly store: StateStore;
  readonly refresher: Pick<Refresher, 'wake' | 'nextRead' | 'isUnknown'>;
  readonly clock: Clock;
  readonly isFeedCurrent: (part: Part) => boolean;
  /** READ_WAIT in ms: how long a read waits for parts that were never loaded. */
  readonly readWait: number;
}

/** How long a read waits for a re-read while the feed is not current (architecture §3 rule 8). */
const FEED_WAIT_MS = 250;

/** What a read has left at least once the character that it waits for has gone, or come back with nothing loaded. */
const ANEW_MS = 250;

/**
 * Reads that wait for a first load at the same time. First loads run at some 1,400 a second on two cores, so this many are
 * a wait of under half a second; beyond, all would wait until READ_WAIT is over and few be answered.
 */
const WAITING_MAX = 512;

/** Reads of held characters that wait for their first load, and as many that wait for a re-read, at the same time. */
const WAITING_OF_HELD_MAX = 8_192;

const OVERLOADED: Unanswered = { kind: 'overloaded' };
const UNAVAILABLE: Unanswered = { kind: 'unavailable' };
const UNKNOWN: Unanswered = { kind: 'unknown' };

export function createReadFlow(options: ReadFlowOptions): ReadFlow {
  const { store, refresher, clock } = options;
  let waiting = 0;
  let rereading = 0;

  function read<T>(
    tenant: Tenant,
    characterId: CharacterId,
    context: EventContext | undefined,
    answerFrom: AnswerFrom<T>,
  ): T | Unanswered | Promise<T | Unanswered> {
    if (store.find(tenant, characterId) === undefined) {
      if (refresher.isUnknown(tenant, characterId)) return UNKNOWN;
      if (waiting >= WAITING_MAX) return OVERLOADED;
    }
    const view = store.visit(tenant, characterId, context);
    store.touch(view);
    const moment = readClock();
    if (mustWait(view, moment, moment.mono)) {
      if (waiting >= WAITING_OF_HELD_MAX) return OVERLOADED;
      return counted(readAfterLoad(view, context, moment.mono, answerFrom));
    }
    if (requestReads(view, moment) && rereading < WAITING_OF_HELD_MAX) {
      rereading += 1;
      return readAfterReread(view, context, moment.mono, answerFrom).finally(() => {
        rereading -= 1;
      });
    }
    return answer(view, moment, answerFrom);
  }

  function counted<T>(load: Promise<T>): Promise<T> {
    waiting += 1;
    return load.finally(() => {
      waiting -= 1;
    });
  }

  /** Waits for the parts that were never loaded. */
  async function readAfterLoad<T>(
    { tenant, characterId }: CharacterView,
    context: EventContext | undefined,
    since: number,
    answerFrom: AnswerFrom<T>,
  ): Promise<T | Unanswered> {
    askForFirstLoads(tenant, characterId);
    let askedAt = since;
    let view = store.find(tenant, characterId);
    for (let moment = readClock(); view === undefined || mustWait(view, moment, askedAt); moment = readClock()) {
      const left = askedAt + options.readWait - moment.mono;
      if (left <= 0) break;
      const before = view;
      await refresher.nextRead(tenant, characterId, waitFor(view, askedAt, left, moment.mono));
      // Not `visit` at once: whose time is up while it is waited for would be loaded anew.
      view = store.find(tenant, characterId);
      if (view === undefined && refresher.isUnknown(tenant, characterId)) return UNKNOWN;
      view ??= store.visit(tenant, characterId, context);
      if (view === before || hasBase(view)) continue;
      askedAt = Math.max(askedAt, clock.mono() + ANEW_MS - options.readWait);
      askForFirstLoads(tenant, characterId);
    }
    return view === undefined ? UNAVAILABLE : answer(view, readClock(), answerFrom);
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
  async function readAfterReread<T>(
    view: CharacterView,
    context: EventContext | undefined,
    askedAt: number,
    answerFrom: AnswerFrom<T>,
  ): Promise<T | Unanswered> {
    refresher.wake();
    const { tenant, characterId } = view;
    for (let moment = readClock(); isAnyComing(view, moment, askedAt); moment = readClock()) {
      const left = askedAt + FEED_WAIT_MS - moment.mono;
      if (left <= 0) break;
      await refresher.nextRead(tenant, characterId, left);
    }
    const current = store.find(tenant, characterId) ?? store.visit(tenant, characterId, context);
    // It went and came back meanwhile (a logout, a visitor's time that was up), with nothing loaded.
    if (mustWait(current, readClock(), askedAt)) return counted(readAfterLoad(current, context, askedAt, answerFrom));
    return answer(current, readClock(), answerFrom);
  }

  function mustWait(view: CharacterView, moment: Moment, askedAt: number): boolean {
    const base = view.part('base');
    // Without base nothing can be answered, whatever else arrives.
    if (!hasBase(view) && (base.missing || base.failures > 0)) return false;
    return PARTS.some((part) => isFirstLoadPending(view.part(part), moment, askedAt, options.readWait));
  }

  /** Whether a part that is not fresh may be read within the wait; one that backs off after a failure will not. */
  function isAnyComing(view: CharacterView, moment: Moment, askedAt: number): boolean {
    return PARTS.some((part) => {
      const state = view.part(part);
      const coming = state.fetch !== undefined || dueAt(state) <= askedAt + FEED_WAIT_MS;
      return coming && !isFresh(state, moment, options.isFeedCurrent(part));
    });
  }

  /** Asks for a read of every part that cannot be followed and is not fresh; true when there was one. */
  function requestReads(view: CharacterView, moment: Moment): boolean {
    const behind = PARTS.filter((part) => !options.isFeedCurrent(part) && !isFresh(view.part(part), moment, false));
    for (const part of behind) store.request(view.tenant, view.characterId, part, 'reader');
    return behind.length > 0;
  }

  function answer<T>(view: CharacterView, moment: Moment, answerFrom: AnswerFrom<T>): T | Unanswered {
    return answerFrom(view, moment) ?? (view.part('base').missing ? UNKNOWN : UNAVAILABLE);
  }

  function readClock(): Moment {
    return { now: clock.now(), mono: clock.mono() };
  }

  return { read };
}
