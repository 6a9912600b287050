/**
 * When which part of which character is read next. What is held knows nothing of this (state/ tells what it wants).
 *
 * A read has modes: none is wanted (no entry, or one whose budget refills) → later (wanted at a time) or waiting (for a
 * partition that is behind) → ready (its time has come; the most urgent goes first) → under way → none, or ready again when
 * something was wanted meanwhile. A failed read is wanted again when its pause is over.
 */
import type { Character } from '../domain/character.ts';
import { PARTS, type Part } from '../domain/part.ts';
import type { Clock } from '../lib/clock.ts';
import type { Schedule } from '../state/schedule.ts';
import { type Claim, dueAt, NEVER, stateOf } from './read-entry.ts';
import { createLane, type Lane } from './read-lane.ts';

export type { Claim } from './read-entry.ts';

/** What is known of a part's reads, for readers that wait and for people. Times are monotonic ms. */
export interface ReadStatus {
  /** Reads that have failed since the last one that did not. */
  readonly failures: number;
  /** True while the character service answers that it does not know the character. */
  readonly missing: boolean;
  /** Beginning of the first read, until one has succeeded. */
  readonly firstBegan: number | undefined;
  /** Beginning of the read under way. */
  readonly began: number | undefined;
  /** Infinity: none is wanted. */
  readonly nextAt: number;
  /** Partition (`topic/partition`) whose backlog is waited for. */
  readonly waitsFor: string | undefined;
}

export interface ReadQueue extends Schedule {
  /** Somebody waits for the part: it is wanted now, unless a read is under way, which is the one that is asked for. */
  request(character: Character, part: Part): void;
  /**
   * Takes reads that are due, the most urgent first, `n` at most. `begin` gives the monotonic ms at which one begins; whom
   * `may` refuses is left where it is.
   */
  take(part: Part, n: number, begin: () => number, may?: (character: Character) => boolean): Claim[];
  /** Monotonic ms at which the next read of the part may be due; Infinity: none is wanted. */
  nextAt(part: Part): number;
  /** The read was merged. True when it confirmed drift: a difference that no event explains, found by an audit. */
  succeeded(claim: Claim, changed: boolean): boolean;
  /** The read failed, or found nothing (`missing`); it is wanted again at a monotonic time. */
  failed(claim: Claim, retryAt: number, missing: boolean): void;
  /** A partition that was behind is so no longer. */
  caughtUp(partition: string): void;
  /** The part's service is back: every failed read of it is due now. */
  retryNow(part: Part): void;
  status(character: Character, part: Part): ReadStatus;
  /** Parts of characters of which something is wanted, under way or remembered. */
  readonly size: number;
  /** Reads of the part that are due and have not begun. */
  ready(part: Part): number;
}

const NOTHING: ReadStatus = {
  failures: 0,
  missing: false,
  firstBegan: undefined,
  began: undefined,
  nextAt: NEVER,
  waitsFor: undefined,
};

export function createReadQueue(clock: Pick<Clock, 'mono'>): ReadQueue {
  const lanes: Readonly<Record<Part, Lane>> = {
    base: createLane('base', clock),
    equipment: createLane('equipment', clock),
    buffs: createLane('buffs', clock),
    passives: createLane('passives', clock),
  };

  return {
    want: (character, part, at, priority) => lanes[part].want(character, at, priority),
    waitFor: (character, part, partition, mono) => lanes[part].waitFor(character, partition, mono),
    isQuiet: (character, part) => stateOf(lanes[part].find(character)) === 'quiet',
    heard(character, part) {
      const entry = lanes[part].find(character);
      if (entry !== undefined) {
        entry.disturbed = true;
        entry.suspected = false;
      }
      return stateOf(entry);
    },
    forget(character) {
      for (const part of PARTS) lanes[part].forget(character);
    },
    request(character, part) {
      const lane = lanes[part];
      if (lane.find(character)?.claim === undefined) lane.want(character, clock.mono(), 'reader');
    },
    take: (part, n, begin, may = () => true) => lanes[part].take(n, begin, may),
    nextAt: (part) => lanes[part].nextAt(),
    succeeded: (done, changed) => lanes[done.part].succeeded(done, changed),
    failed: (done, retryAt, missing) => lanes[done.part].failed(done, retryAt, missing),
    caughtUp(partition) {
      for (const part of PARTS) lanes[part].caughtUp(partition);
    },
    retryNow: (part) => lanes[part].retryNow(),
    status(character, part) {
      const entry = lanes[part].find(character);
      if (entry === undefined) return NOTHING;
      const { failures, missing, firstBegan, waitsFor, claim: underWay } = entry;
      return { failures, missing, firstBegan, waitsFor, began: underWay?.began, nextAt: dueAt(entry) };
    },
    ready: (part) => lanes[part].ready,
    get size() {
      return PARTS.reduce((sum, part) => sum + lanes[part].size, 0);
    },
  };
}
