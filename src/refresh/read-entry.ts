/** One part of one character of which something is wanted, under way or remembered. */
import type { Character } from '../domain/character.ts';
import type { Part } from '../domain/part.ts';
import { READ_BURST, READ_INTERVAL_MS, SETTLE_MS } from '../domain/timing.ts';
import type { Priority, ReadsState } from '../state/schedule.ts';

/** A read that is under way. */
export interface Claim {
  readonly character: Character;
  readonly part: Part;
  /** Monotonic ms. */
  readonly began: number;
  readonly priority: Priority;
}

export interface ReadEntry {
  readonly character: Character;
  wantedAt: number;
  priority: Priority;
  /** Before that no read begins, because the last one failed. */
  retryAt: number;
  /** One read a second with a burst: when the budget would be full again. */
  budgetFullAt: number;
  waitsFor: string | undefined;
  claim: Claim | undefined;
  failures: number;
  missing: boolean;
  firstBegan: number | undefined;
  /** True once an event came that concerns the part, since the read under way began or since drift was suspected. */
  disturbed: boolean;
  /** True when an audit has found a difference, which a second read is to confirm. */
  suspected: boolean;
  /** When the entry comes up in the heap: only its earliest time is in there. */
  comesUpAt: number;
}

export const NEVER = Number.POSITIVE_INFINITY;
const RANK: Readonly<Record<Priority, number>> = { reader: 0, live: 1, backlog: 2, audit: 3 };

export function newEntry(character: Character): ReadEntry {
  return {
    character,
    wantedAt: NEVER,
    priority: 'audit',
    retryAt: 0,
    budgetFullAt: 0,
    waitsFor: undefined,
    claim: undefined,
    failures: 0,
    missing: false,
    firstBegan: undefined,
    disturbed: false,
    suspected: false,
    comesUpAt: NEVER,
  };
}

export function stateOf(entry: ReadEntry | undefined): ReadsState {
  if (entry === undefined) return 'quiet';
  if (entry.claim !== undefined) return entry.claim.began;
  return entry.wantedAt === NEVER ? 'quiet' : 'wanted';
}

/** An earlier or more urgent wish that is already there stays. */
export function wish(entry: ReadEntry, at: number, priority: Priority): void {
  if (at === NEVER) return;
  const isNew = entry.wantedAt === NEVER;
  if (isNew || RANK[priority] < RANK[entry.priority]) entry.priority = priority;
  if (at < entry.wantedAt) entry.wantedAt = at;
}

/** Monotonic ms at which the next read may begin; Infinity while one is under way or none is wanted. */
export function dueAt(entry: ReadEntry): number {
  if (entry.claim !== undefined) return NEVER;
  return Math.max(entry.wantedAt, entry.retryAt, entry.budgetFullAt - (READ_BURST - 1) * READ_INTERVAL_MS);
}

/** A read of it begins at this monotonic time. */
export function claim(entry: ReadEntry, part: Part, began: number): Claim {
  const { character, priority } = entry;
  entry.claim = { character, part, began, priority };
  entry.firstBegan ??= character[part].read === undefined ? began : undefined;
  entry.wantedAt = NEVER;
  entry.disturbed = false;
  entry.budgetFullAt = Math.max(entry.budgetFullAt, began) + READ_INTERVAL_MS;
  return entry.claim;
}

/**
 * A difference that a read finds is drift when no event explains it and a second read confirms it. The first read, an
 * audit's, repairs it; only the second counts it (returns true).
 */
export function judgeAudit(entry: ReadEntry, { priority }: Claim, changed: boolean, mono: number): boolean {
  const { suspected, disturbed } = entry;
  entry.suspected = false;
  if (disturbed) return false;
  if (changed && priority === 'audit') {
    entry.suspected = true;
    wish(entry, mono + SETTLE_MS, 'audit');
    return false;
  }
  // A confirming read may have been wanted at the same time as the audit's; only a reader's may come sooner.
  return suspected && !changed && priority !== 'reader';
}
