/**
 * When which part of which character is read next. What is held knows nothing of this (state/ tells what it wants).
 *
 * A read has modes: none is wanted (no entry, or one whose budget refills) → later (wanted at a time) or waiting (for a
 * partition that is behind) → ready (its time has come; the most urgent goes first) → under way → none, or ready again when
 * something was wanted meanwhile. A failed read is wanted again when its pause is over.
 */
import type { Character } from '../domain/character.ts';
import { PARTS, type Part } from '../domain/part.ts';
import { dueOf } from '../domain/part-state.ts';
import { BACKLOG_WAIT_MS, READ_BURST, READ_INTERVAL_MS, SETTLE_MS } from '../domain/timing.ts';
import type { Clock } from '../lib/clock.ts';
import { createHeap, type Heap } from '../lib/heap.ts';
import { PRIORITIES, type Priority, type ReadsState, type Schedule } from '../state/schedule.ts';

/** A read that is under way. */
export interface Claim {
  readonly character: Character;
  readonly part: Part;
  /** Monotonic ms. */
  readonly began: number;
  readonly priority: Priority;
}

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
  /** Reads that are due and have not begun. */
  readonly ready: number;
}

interface Entry {
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

/** The entries of one part. */
interface Lane {
  readonly entries: Map<Character, Entry>;
  /** Those that wait, by the partition that they wait for. */
  readonly waiting: Map<string, Set<Entry>>;
  readonly later: Heap<Entry>;
  readonly ready: Readonly<Record<Priority, Set<Entry>>>;
}

const NEVER = Number.POSITIVE_INFINITY;
const RANK: Readonly<Record<Priority, number>> = { reader: 0, live: 1, backlog: 2, audit: 3 };
const NOTHING: ReadStatus = {
  failures: 0,
  missing: false,
  firstBegan: undefined,
  began: undefined,
  nextAt: NEVER,
  waitsFor: undefined,
};

export function createReadQueue(clock: Pick<Clock, 'mono'>): ReadQueue {
  const lanes: Readonly<Record<Part, Lane>> = { base: lane(), equipment: lane(), buffs: lane(), passives: lane() };

  function entryOf(character: Character, part: Part): Entry {
    const { entries } = lanes[part];
    const known = entries.get(character);
    if (known !== undefined) return known;
    if (!character.held) throw new Error(`character ${character.characterId} is gone, and nothing of it can be read`);
    const entry = newEntry(character);
    entries.set(character, entry);
    return entry;
  }

  /** Puts the entry where its time and priority belong. What is there already keeps its turn. */
  function place(part: Part, entry: Entry): void {
    const { ready, later, entries } = lanes[part];
    const mono = clock.mono();
    const at = dueAt(entry);
    const isReady = at <= mono;
    for (const priority of PRIORITIES) {
      if (!isReady || priority !== entry.priority) ready[priority].delete(entry);
    }
    if (isReady) {
      ready[entry.priority].add(entry);
      return;
    }
    const isIdle = at === NEVER && entry.claim === undefined && entry.failures === 0 && !entry.suspected;
    // What is idle comes up once more, to be forgotten when its budget is full.
    const comesUpAt = isIdle ? entry.budgetFullAt : at;
    if (isIdle && comesUpAt <= mono) entries.delete(entry.character);
    else if (comesUpAt < entry.comesUpAt) {
      entry.comesUpAt = comesUpAt;
      later.push(comesUpAt, entry);
    }
  }

  /** Makes ready whose time has come. */
  function wake(part: Part): void {
    const { later } = lanes[part];
    for (const mono = clock.mono(); later.next <= mono; ) {
      const at = later.next;
      const entry = later.pop();
      if (entry === undefined || entry.comesUpAt !== at) continue;
      entry.comesUpAt = NEVER;
      if (lanes[part].entries.get(entry.character) === entry) place(part, entry);
    }
  }

  function want(character: Character, part: Part, at: number, priority: Priority): void {
    const entry = entryOf(character, part);
    wish(entry, at, priority);
    place(part, entry);
  }

  /** The read under way has ended. */
  function end({ character, part }: Claim): Entry | undefined {
    const entry = lanes[part].entries.get(character);
    if (entry !== undefined) entry.claim = undefined;
    return entry;
  }

  return {
    want,
    waitFor(character, part, partition, mono) {
      const entry = entryOf(character, part);
      if (entry.wantedAt <= mono) return;
      wait(lanes[part], entry, partition);
      wish(entry, mono + BACKLOG_WAIT_MS, 'backlog');
      place(part, entry);
    },
    isQuiet(character, part) {
      return stateOf(lanes[part].entries.get(character)) === 'quiet';
    },
    heard(character, part) {
      const entry = lanes[part].entries.get(character);
      if (entry !== undefined) {
        entry.disturbed = true;
        entry.suspected = false;
      }
      return stateOf(entry);
    },
    forget(character) {
      for (const part of PARTS) {
        const { entries, ready } = lanes[part];
        const entry = entries.get(character);
        if (entry === undefined) continue;
        entries.delete(character);
        for (const priority of PRIORITIES) ready[priority].delete(entry);
        wait(lanes[part], entry, undefined);
        // So that the heap may drop it.
        entry.comesUpAt = NEVER;
      }
    },
    request(character, part) {
      if (lanes[part].entries.get(character)?.claim === undefined) want(character, part, clock.mono(), 'reader');
    },
    take(part, n, begin, may = () => true) {
      wake(part);
      const claims: Claim[] = [];
      const { ready } = lanes[part];
      for (const priority of PRIORITIES) {
        for (const entry of ready[priority]) {
          if (claims.length === n) return claims;
          if (dueAt(entry) > clock.mono()) {
            place(part, entry);
            continue;
          }
          if (!may(entry.character)) continue;
          ready[priority].delete(entry);
          wait(lanes[part], entry, undefined);
          claims.push(claim(entry, part, begin()));
        }
      }
      return claims;
    },
    nextAt(part) {
      const { ready, later } = lanes[part];
      return PRIORITIES.some((priority) => ready[priority].size > 0) ? Number.NEGATIVE_INFINITY : later.next;
    },
    succeeded(done, changed) {
      const entry = end(done);
      if (entry === undefined) return false;
      const { character, part } = done;
      entry.failures = 0;
      entry.retryAt = 0;
      entry.missing = false;
      entry.firstBegan = undefined;
      const isDrift = judgeAudit(entry, done, changed, clock.mono());
      // What waits for a backlog has its own time.
      if (entry.waitsFor === undefined) wish(entry, dueOf(character[part]), 'live');
      place(part, entry);
      return isDrift;
    },
    failed(done, retryAt, missing) {
      const entry = end(done);
      if (entry === undefined) return;
      const { character, part } = done;
      entry.failures += 1;
      entry.retryAt = retryAt;
      entry.missing = missing;
      entry.suspected = false;
      const due = dueOf(character[part]);
      wish(entry, Math.min(due, retryAt), due === NEVER ? done.priority : 'live');
      place(part, entry);
    },
    caughtUp(partition) {
      const mono = clock.mono();
      for (const part of PARTS) {
        for (const entry of [...(lanes[part].waiting.get(partition) ?? [])]) {
          wait(lanes[part], entry, undefined);
          wish(entry, mono, 'backlog');
          place(part, entry);
        }
      }
    },
    retryNow(part) {
      const mono = clock.mono();
      for (const entry of lanes[part].entries.values()) {
        if (entry.failures === 0) continue;
        entry.retryAt = 0;
        wish(entry, mono, 'live');
        place(part, entry);
      }
    },
    status(character, part) {
      const entry = lanes[part].entries.get(character);
      if (entry === undefined) return NOTHING;
      const { failures, missing, firstBegan, waitsFor, claim: underWay } = entry;
      return { failures, missing, firstBegan, waitsFor, began: underWay?.began, nextAt: dueAt(entry) };
    },
    get ready() {
      return PARTS.reduce((sum, part) => sum + readyIn(lanes[part]), 0);
    },
    get size() {
      return PARTS.reduce((sum, part) => sum + lanes[part].entries.size, 0);
    },
  };
}

function readyIn({ ready }: Lane): number {
  return PRIORITIES.reduce((sum, priority) => sum + ready[priority].size, 0);
}

function lane(): Lane {
  return {
    entries: new Map(),
    waiting: new Map(),
    later: createHeap((at, entry) => entry.comesUpAt === at),
    ready: { reader: new Set(), live: new Set(), backlog: new Set(), audit: new Set() },
  };
}

function newEntry(character: Character): Entry {
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

function stateOf(entry: Entry | undefined): ReadsState {
  if (entry === undefined) return 'quiet';
  if (entry.claim !== undefined) return entry.claim.began;
  return entry.wantedAt === NEVER ? 'quiet' : 'wanted';
}

/** Has the entry wait for a partition instead of for the one before; undefined: for none. */
function wait({ waiting }: Lane, entry: Entry, partition: string | undefined): void {
  if (entry.waitsFor !== undefined) {
    const others = waiting.get(entry.waitsFor);
    others?.delete(entry);
    if (others?.size === 0) waiting.delete(entry.waitsFor);
  }
  entry.waitsFor = partition;
  if (partition === undefined) return;
  const waiters = waiting.get(partition) ?? new Set();
  waiting.set(partition, waiters.add(entry));
}

/** An earlier or more urgent wish that is already there stays. */
function wish(entry: Entry, at: number, priority: Priority): void {
  if (at === NEVER) return;
  const isNew = entry.wantedAt === NEVER;
  if (isNew || RANK[priority] < RANK[entry.priority]) entry.priority = priority;
  if (at < entry.wantedAt) entry.wantedAt = at;
}

/** Monotonic ms at which the next read may begin; Infinity while one is under way or none is wanted. */
function dueAt(entry: Entry): number {
  if (entry.claim !== undefined) return NEVER;
  return Math.max(entry.wantedAt, entry.retryAt, entry.budgetFullAt - (READ_BURST - 1) * READ_INTERVAL_MS);
}

function claim(entry: Entry, part: Part, began: number): Claim {
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
function judgeAudit(entry: Entry, { priority }: Claim, changed: boolean, mono: number): boolean {
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
