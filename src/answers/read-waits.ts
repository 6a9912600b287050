import type { Character } from '../domain/character.ts';
import { isFresh } from '../domain/freshness.ts';
import { PARTS, type Part } from '../domain/part.ts';
import type { Moment } from '../domain/part-state.ts';
import type { ReadQueue } from '../refresh/read-queue.ts';
import type { Refresher } from '../refresh/refresher.ts';
import type { Watches } from './effective-stats.ts';

/** What a question about a character waits for, and how long. */
export interface ReadWaits {
  /**
   * Monotonic ms until which a question waits for first loads that was asked at a time; not later than that: there is nothing
   * to wait for. Without base nothing can be answered, whatever else arrives.
   */
  firstLoadsUntil(character: Character, askedAt: number): number;
  /** Whether a part that is not fresh may be read by then; one that backs off after a failure will not. */
  isRereadComing(character: Character, moment: Moment, end: number): boolean;
  /** Parts that are not fresh, and of which an event may have passed unheard. */
  unwatchedParts(character: Character, moment: Moment): readonly Part[];
}

export interface ReadWaitsOptions {
  readonly queue: Pick<ReadQueue, 'status'>;
  readonly refresher: Pick<Refresher, 'isBlocked'>;
  readonly watches: () => Watches;
  /** READ_WAIT in ms. */
  readonly readWait: number;
}

export function createReadWaits({ queue, refresher, watches: readWatches, readWait }: ReadWaitsOptions): ReadWaits {
  function firstLoadsUntil(character: Character, askedAt: number): number {
    if (hasFailed(character, 'base')) return Number.NEGATIVE_INFINITY;
    let end = Number.NEGATIVE_INFINITY;
    for (const part of PARTS) {
      if (character[part].read !== undefined || hasFailed(character, part)) continue;
      end = Math.max(end, Math.min(queue.status(character, part).firstBegan ?? askedAt, askedAt) + readWait);
    }
    return end;
  }

  /** True for a part that was never loaded, and will not be for now. */
  function hasFailed(character: Character, part: Part): boolean {
    if (character[part].read !== undefined) return false;
    const { failures, missing, began } = queue.status(character, part);
    return failures > 0 || missing || (began === undefined && refresher.isBlocked(part));
  }

  function isRereadComing(character: Character, moment: Moment, end: number): boolean {
    if (!character.held) return false;
    const watches = readWatches();
    return PARTS.some((part) => {
      if (isFresh(character[part], moment, watches[part])) return false;
      const { began, nextAt } = queue.status(character, part);
      return began !== undefined || (nextAt <= end && !refresher.isBlocked(part));
    });
  }

  function unwatchedParts(character: Character, moment: Moment): readonly Part[] {
    const watches = readWatches();
    return PARTS.filter((part) => {
      const { current, since } = watches[part];
      const { read: known, began } = character[part];
      if (known === undefined || (current && began >= since)) return false;
      return !isFresh(character[part], moment, watches[part]);
    });
  }

  return { firstLoadsUntil, isRereadComing, unwatchedParts };
}
