import type { Character } from '../domain/character.ts';
import type { Part } from '../domain/part.ts';
import { dueOf } from '../domain/part-state.ts';
import { BACKLOG_WAIT_MS } from '../domain/timing.ts';
import type { Clock } from '../lib/clock.ts';
import { createHeap } from '../lib/heap.ts';
import { PRIORITIES, type Priority } from '../state/schedule.ts';
import { type Claim, claim, dueAt, judgeAudit, NEVER, newEntry, type ReadEntry, wish } from './read-entry.ts';

/** The reads of one part: what is wanted, and whose turn it is. */
export interface Lane {
  find(character: Character): ReadEntry | undefined;
  want(character: Character, at: number, priority: Priority): void;
  waitFor(character: Character, partition: string, mono: number): void;
  forget(character: Character): void;
  take(n: number, begin: () => number, may: (character: Character) => boolean): Claim[];
  nextAt(): number;
  succeeded(done: Claim, changed: boolean): boolean;
  failed(done: Claim, retryAt: number, missing: boolean): void;
  caughtUp(partition: string): void;
  retryNow(): void;
  readonly size: number;
  readonly ready: number;
}

export function createLane(part: Part, clock: Pick<Clock, 'mono'>): Lane {
  const entries = new Map<Character, ReadEntry>();
  /** Those that wait, by the partition that they wait for. */
  const waiting = new Map<string, Set<ReadEntry>>();
  const later = createHeap<ReadEntry>((at, entry) => entry.comesUpAt === at);
  const ready: Readonly<Record<Priority, Set<ReadEntry>>> = {
    reader: new Set(),
    live: new Set(),
    backlog: new Set(),
    audit: new Set(),
  };

  function entryOf(character: Character): ReadEntry {
    const known = entries.get(character);
    if (known !== undefined) return known;
    if (!character.held) throw new Error(`character ${character.characterId} is gone, and nothing of it can be read`);
    const entry = newEntry(character);
    entries.set(character, entry);
    return entry;
  }

  /** Puts the entry where its time and priority belong. What is there already keeps its turn. */
  function place(entry: ReadEntry): void {
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
  function wake(): void {
    for (const mono = clock.mono(); later.next <= mono; ) {
      const at = later.next;
      const entry = later.pop();
      if (entry === undefined || entry.comesUpAt !== at) continue;
      entry.comesUpAt = NEVER;
      if (entries.get(entry.character) === entry) place(entry);
    }
  }

  /** Has the entry wait for a partition instead of for the one before; undefined: for none. */
  function wait(entry: ReadEntry, partition: string | undefined): void {
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

  /** The read under way has ended. */
  function end({ character }: Claim): ReadEntry | undefined {
    const entry = entries.get(character);
    if (entry !== undefined) entry.claim = undefined;
    return entry;
  }

  return {
    find: (character) => entries.get(character),
    want(character, at, priority) {
      const entry = entryOf(character);
      wish(entry, at, priority);
      place(entry);
    },
    waitFor(character, partition, mono) {
      const entry = entryOf(character);
      if (entry.wantedAt <= mono) return;
      wait(entry, partition);
      wish(entry, mono + BACKLOG_WAIT_MS, 'backlog');
      place(entry);
    },
    forget(character) {
      const entry = entries.get(character);
      if (entry === undefined) return;
      entries.delete(character);
      for (const priority of PRIORITIES) ready[priority].delete(entry);
      wait(entry, undefined);
      // So that the heap may drop it.
      entry.comesUpAt = NEVER;
    },
    take(n, begin, may) {
      wake();
      const claims: Claim[] = [];
      for (const priority of PRIORITIES) {
        for (const entry of ready[priority]) {
          if (claims.length === n) return claims;
          if (dueAt(entry) > clock.mono()) {
            place(entry);
            continue;
          }
          if (!may(entry.character)) continue;
          ready[priority].delete(entry);
          wait(entry, undefined);
          claims.push(claim(entry, part, begin()));
        }
      }
      return claims;
    },
    nextAt: () => (PRIORITIES.some((priority) => ready[priority].size > 0) ? Number.NEGATIVE_INFINITY : later.next),
    succeeded(done, changed) {
      const entry = end(done);
      if (entry === undefined) return false;
      entry.failures = 0;
      entry.retryAt = 0;
      entry.missing = false;
      entry.firstBegan = undefined;
      const isDrift = judgeAudit(entry, done, changed, clock.mono());
      // What waits for a backlog has its own time.
      if (entry.waitsFor === undefined) wish(entry, dueOf(done.character[part]), 'live');
      place(entry);
      return isDrift;
    },
    failed(done, retryAt, missing) {
      const entry = end(done);
      if (entry === undefined) return;
      entry.failures += 1;
      entry.retryAt = retryAt;
      entry.missing = missing;
      entry.suspected = false;
      const due = dueOf(done.character[part]);
      wish(entry, Math.min(due, retryAt), due === NEVER ? done.priority : 'live');
      place(entry);
    },
    caughtUp(partition) {
      const mono = clock.mono();
      for (const entry of [...(waiting.get(partition) ?? [])]) {
        wait(entry, undefined);
        wish(entry, mono, 'backlog');
        place(entry);
      }
    },
    retryNow() {
      const mono = clock.mono();
      for (const entry of entries.values()) {
        if (entry.failures === 0) continue;
        entry.retryAt = 0;
        wish(entry, mono, 'live');
        place(entry);
      }
    },
    get size() {
      return entries.size;
    },
    get ready() {
      return PRIORITIES.reduce((sum, priority) => sum + ready[priority].size, 0);
    },
  };
}
