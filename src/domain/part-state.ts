/**
 * The freshness of one part of one character, and when its next read is due.
 *
 * Modes: never loaded (no `asOf`) → loaded; a loaded part may be stale (`staleVersion` > 0) or settling (`settleAt` set:
 * it counts as fresh, a confirming read is owed). Orthogonal: in flight (`fetch` set) or not; failing (`failures` > 0).
 */
import type { Moment, Priority, StaleReason } from './character.ts';
import { BACKLOG_WAIT_MS, READ_BURST, READ_INTERVAL_MS, SETTLE_MS } from './timing.ts';

/** When a fetch began. */
export interface FetchStart extends Moment {
  /** The character's version before the first request byte. */
  readonly version: number;
}

export interface PartState {
  asOf: number | undefined;
  asOfMono: number | undefined;
  /** The fetch in flight. */
  fetch: FetchStart | undefined;
  staleVersion: number;
  staleSince: number;
  staleReason: StaleReason | undefined;
  settleAt: number | undefined;
  failures: number;
  firstReadBeganAt: number | undefined;
  /** Monotonic ms at which the next read is wanted; Infinity: none. */
  wantedAt: number;
  priority: Priority;
  /** Monotonic ms before which a failing part is not read again. */
  retryAt: number;
  /** Budget of one read a second with a burst: monotonic ms at which it would be full again. */
  budgetFullAt: number;
  /** Partition whose backlog this part's read waits for. */
  waitsFor: string | undefined;
  /** True while the character service answers that it does not know the character. */
  missing: boolean;
  /** Events that have concerned the part; what an audit compares to tell drift from an event on its way. */
  events: number;
  /** The value of `events` when an audit found a difference that nothing explained; undefined: none is suspected. */
  suspectedAt: number | undefined;
}

/** A part that was never loaded, its first read wanted now. */
export function newPart(mono: number, priority: Priority): PartState {
  return {
    asOf: undefined,
    asOfMono: undefined,
    fetch: undefined,
    staleVersion: 0,
    staleSince: 0,
    staleReason: undefined,
    settleAt: undefined,
    failures: 0,
    firstReadBeganAt: undefined,
    wantedAt: mono,
    priority,
    retryAt: 0,
    budgetFullAt: 0,
    waitsFor: undefined,
    missing: false,
    events: 0,
    suspectedAt: undefined,
  };
}

/**
 * Epoch ms of the start of the newest fetch, in flight ones count, failed ones don't; -Infinity when there was none. Told
 * from its age, so that a clock that has been corrected since does not make it older or younger than it is.
 */
export function newestFetch(part: Readonly<PartState>, moment: Moment): number {
  const mono = part.fetch?.mono ?? part.asOfMono;
  return mono === undefined ? Number.NEGATIVE_INFINITY : moment.now - (moment.mono - mono);
}

/** Monotonic ms at which the next read may begin; Infinity while one is in flight or none is wanted. */
export function dueAt(part: Readonly<PartState>): number {
  if (part.fetch !== undefined) return Number.POSITIVE_INFINITY;
  return Math.max(part.wantedAt, part.retryAt, part.budgetFullAt - (READ_BURST - 1) * READ_INTERVAL_MS);
}

/** Wants a read at a time; an earlier or more urgent wish that is already there stays. */
export function want(part: PartState, at: number, priority: Priority): void {
  const urgent = PRIORITY_RANK[priority] < PRIORITY_RANK[part.priority] || part.wantedAt === Number.POSITIVE_INFINITY;
  if (urgent) part.priority = priority;
  if (at < part.wantedAt) part.wantedAt = at;
}

/** A stale mark at a version. With a backlog, the read waits until that partition has caught up, 30 s at most (rule 7). */
export function markStale(
  part: PartState,
  version: number,
  reason: StaleReason,
  moment: Moment,
  backlog: string | undefined,
): void {
  if (part.staleVersion === 0) part.staleSince = moment.now;
  part.staleVersion = version;
  part.staleReason = reason;
  // Its first load is not due before everybody's sessions are known.
  if (part.waitsFor === REPLAY) return;
  if (backlog === undefined) {
    want(part, moment.mono, 'live');
  } else {
    waitForBacklog(part, moment.mono, backlog);
  }
}

/** What whoever is known from replayed sessions waits for, instead of a partition; however long it takes. */
export const REPLAY = 'replay';

/** Wants a read once the partition has caught up, 30 s from now at most, unless one is wanted sooner. */
export function waitForBacklog(part: PartState, mono: number, backlog: string): void {
  if (part.wantedAt <= mono) return;
  part.waitsFor = backlog;
  want(part, backlog === REPLAY ? Number.POSITIVE_INFINITY : mono + BACKLOG_WAIT_MS, 'backlog');
}

/** The partition whose backlog the part waited for has caught up. */
export function caughtUp(part: PartState, partition: string, mono: number): void {
  if (part.waitsFor !== partition) return;
  part.waitsFor = undefined;
  want(part, mono, 'backlog');
}

/** Clears stale marks that are not newer than the version. */
export function clearStale(part: PartState, untilVersion: number): void {
  if (part.staleVersion > untilVersion) return;
  part.staleVersion = 0;
  part.staleReason = undefined;
}

/** Owes a confirming read at a time; hints that follow push it back, so that the last of them is confirmed too (rule 5). */
export function settle(part: PartState, at: number): void {
  part.settleAt = Math.max(part.settleAt ?? at, at);
  // A stale part, and one whose load waits for its backlog, is read before; that read's end asks for this one.
  if (part.staleVersion === 0 && part.fetch === undefined && part.waitsFor === undefined)
    want(part, part.settleAt, 'live');
}

/** Somebody asks that a failing part be read at once, e.g. because its service is back. */
export function retryNow(part: PartState, mono: number): void {
  part.retryAt = 0;
  if (part.failures > 0) want(part, mono, 'live');
}

/** Takes the read that is due. */
export function beginRead(part: PartState, start: FetchStart): void {
  part.fetch = start;
  part.firstReadBeganAt ??= start.mono;
  part.wantedAt = Number.POSITIVE_INFINITY;
  part.waitsFor = undefined;
  part.budgetFullAt = Math.max(part.budgetFullAt, start.mono) + READ_INTERVAL_MS;
}

/** The read in flight was merged: what follows is a stale mark set meanwhile, or the confirming read. */
export function completeRead(part: PartState, start: FetchStart, mono: number): void {
  part.fetch = undefined;
  part.asOf = start.now;
  part.asOfMono = start.mono;
  part.failures = 0;
  part.retryAt = 0;
  part.missing = false;
  clearStale(part, start.version);
  if (part.settleAt !== undefined && start.mono >= part.settleAt) part.settleAt = undefined;
  // A mark that waits for its backlog has its own time.
  if (part.waitsFor !== undefined) return;
  if (part.staleVersion > 0) want(part, mono, 'live');
  if (part.settleAt !== undefined) want(part, part.settleAt, 'live');
}

/**
 * The read in flight failed and is tried again after a while (rule 6). Returns true when the part must be marked stale: it
 * is loaded, and the read that failed was to confirm it.
 */
export function failRead(part: PartState, moment: Moment, retryAt: number): boolean {
  const confirming = part.settleAt !== undefined && part.settleAt <= moment.mono;
  part.fetch = undefined;
  part.failures += 1;
  part.retryAt = retryAt;
  part.suspectedAt = undefined;
  if (confirming) part.settleAt = undefined;
  if (part.asOf === undefined || part.staleVersion > 0) want(part, retryAt, 'live');
  if (part.settleAt !== undefined) want(part, part.settleAt, 'live');
  return confirming && part.asOf !== undefined && part.staleVersion === 0;
}

/** A read as it was claimed, as far as an audit's verdict needs it. */
export interface AuditedRead {
  readonly priority: Priority;
  /** The part's event count at the claim. */
  readonly events: number;
}

/**
 * The audit's verdict on a read that has just been merged: a difference is drift when no event explains it and a second
 * read confirms it (rule 9). The first read repairs it, only the second counts it (returns true).
 */
export function judgeAudit(part: PartState, read: AuditedRead, changed: boolean, mono: number): boolean {
  const suspected = part.suspectedAt;
  part.suspectedAt = undefined;
  if (part.events !== read.events) return false;
  if (changed && read.priority === 'audit') {
    part.suspectedAt = part.events;
    want(part, mono + SETTLE_MS, 'audit');
    return false;
  }
  // A confirming read may have been wanted at the same time as the audit's; only a reader's may come sooner.
  return !changed && read.priority !== 'reader' && suspected === part.events;
}

const PRIORITY_RANK: Readonly<Record<Priority, number>> = { reader: 0, live: 1, backlog: 2, audit: 3 };
