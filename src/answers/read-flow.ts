import type { Character } from '../domain/character.ts';
import type { EventContext } from '../domain/event.ts';
import { PARTS } from '../domain/part.ts';
import type { Moment } from '../domain/part-state.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import type { ReadQueue } from '../refresh/read-queue.ts';
import type { Refresher } from '../refresh/refresher.ts';
import type { Characters } from '../state/characters.ts';
import type { Watches } from './effective-stats.ts';
import { createReadWaits } from './read-waits.ts';

/** Why a question about a character has no answer. */
export type Unanswered =
  /** The character service does not know the character. */
  | { readonly kind: 'unknown' }
  /** Base stats cannot be had now: never answer zeros instead. */
  | { readonly kind: 'unavailable' }
  /** So many others wait for a first load that this one would wait in vain. */
  | { readonly kind: 'overloaded' };

/** Makes the answer of what is held, without waiting; undefined: the base was never loaded. */
export type AnswerFrom<T> = (character: Character, moment: Moment) => T | undefined;

/**
 * Answers questions about one character. Loads whom nobody has heard of, waits READ_WAIT for what was never loaded (and 250 ms
 * each time that the character went meanwhile), and re-reads what may have changed unheard. Synchronous when nothing has to be
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
  readonly characters: Pick<Characters, 'find' | 'visit' | 'touch'>;
  readonly queue: Pick<ReadQueue, 'request' | 'status'>;
  readonly refresher: Pick<Refresher, 'wake' | 'nextRead' | 'isUnknown' | 'isBlocked'>;
  readonly clock: Clock;
  readonly watches: () => Watches;
  /** READ_WAIT in ms: how long a read waits for parts that were never loaded. */
  readonly readWait: number;
  /** VISITOR_MAX: no more may wait to be held than can be held. */
  readonly visitorMax: number;
}

/** How long a read waits for a re-read of what may have changed unheard. */
const REREAD_WAIT_MS = 250;

/** What a read has left at least, once its character has gone or has come back with nothing loaded. */
const ANEW_MS = 250;

/**
 * Reads that wait for a first load at the same time, and as many that wait for a re-read: one for each connection that the
 * API takes, so that only pipelined requests can be refused. Why waiting is better than a 503: ADR 6.
 */
const WAITING_MAX = 10_000;

const OVERLOADED: Unanswered = { kind: 'overloaded' };
const UNAVAILABLE: Unanswered = { kind: 'unavailable' };
const UNKNOWN: Unanswered = { kind: 'unknown' };

export function createReadFlow(options: ReadFlowOptions): ReadFlow {
  const { characters, queue, refresher, clock, readWait } = options;
  const waits = createReadWaits(options);
  const newcomersMax = Math.min(WAITING_MAX, options.visitorMax);
  const waiting = { load: 0, reread: 0 };

  function read<T>(
    tenant: Tenant,
    characterId: CharacterId,
    context: EventContext | undefined,
    answerFrom: AnswerFrom<T>,
  ): T | Unanswered | Promise<T | Unanswered> {
    const found = characters.find(tenant, characterId);
    if (found === undefined) {
      if (refresher.isUnknown(tenant, characterId)) return UNKNOWN;
      if (waiting.load >= newcomersMax) return OVERLOADED;
    }
    const character = characters.visit(tenant, characterId, context);
    characters.touch(character);
    const moment = readClock();
    if (waits.firstLoadsUntil(character, moment.mono) > moment.mono) {
      if (waiting.load >= WAITING_MAX) return OVERLOADED;
      return counted('load', readAfterLoad(character, context, moment.mono, answerFrom));
    }
    const unwatched = waits.unwatchedParts(character, moment);
    if (unwatched.length > 0) {
      for (const part of unwatched) queue.request(character, part);
      refresher.wake();
      if (waiting.reread < WAITING_MAX) {
        return counted('reread', readAfterReread(character, context, moment.mono, answerFrom));
      }
    }
    return answer(character, moment, answerFrom);
  }

  function counted<T>(what: keyof typeof waiting, answer: Promise<T>): Promise<T> {
    waiting[what] += 1;
    return answer.finally(() => {
      waiting[what] -= 1;
    });
  }

  /** Waits for the parts that were never loaded: each until its first read has failed, or READ_WAIT after it began. */
  async function readAfterLoad<T>(
    asked: Character,
    context: EventContext | undefined,
    since: number,
    answerFrom: AnswerFrom<T>,
  ): Promise<T | Unanswered> {
    const { tenant, characterId } = asked;
    let character = asked;
    let askedAt = since;
    askForFirstLoads(character);
    for (let mono = clock.mono(); ; mono = clock.mono()) {
      const end = waits.firstLoadsUntil(character, askedAt);
      if (mono >= end) break;
      await refresher.nextRead(character, end - mono);
      if (character.held) continue;
      // It went meanwhile: a logout, a visitor whose time is up.
      if (refresher.isUnknown(tenant, characterId)) return UNKNOWN;
      character = characters.visit(tenant, characterId, context);
      askedAt = Math.max(askedAt, clock.mono() + ANEW_MS - readWait);
      askForFirstLoads(character);
    }
    return answer(character, readClock(), answerFrom);
  }

  /** A load that waits in the queue, or for a backlog, goes to the front. */
  function askForFirstLoads(character: Character): void {
    for (const part of PARTS) if (character[part].read === undefined) queue.request(character, part);
    refresher.wake();
  }

  /** What may have changed unheard is re-read, and waited for a moment. */
  async function readAfterReread<T>(
    character: Character,
    context: EventContext | undefined,
    askedAt: number,
    answerFrom: AnswerFrom<T>,
  ): Promise<T | Unanswered> {
    const end = askedAt + REREAD_WAIT_MS;
    for (let moment = readClock(); waits.isRereadComing(character, moment, end); moment = readClock()) {
      if (moment.mono >= end) break;
      await refresher.nextRead(character, end - moment.mono);
    }
    if (character.held) return answer(character, readClock(), answerFrom);
    // It went meanwhile, or came back with nothing loaded.
    const { tenant, characterId } = character;
    if (refresher.isUnknown(tenant, characterId)) return UNKNOWN;
    const anew = characters.visit(tenant, characterId, context);
    return counted(
      'load',
      readAfterLoad(anew, context, Math.max(askedAt, clock.mono() + ANEW_MS - readWait), answerFrom),
    );
  }

  function answer<T>(character: Character, moment: Moment, answerFrom: AnswerFrom<T>): T | Unanswered {
    return answerFrom(character, moment) ?? (queue.status(character, 'base').missing ? UNKNOWN : UNAVAILABLE);
  }

  function readClock(): Moment {
    return { now: clock.now(), mono: clock.mono() };
  }

  return { read };
}
