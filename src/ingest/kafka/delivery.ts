import { setTimeout as delay } from 'node:timers/promises';
import { backoff } from '../../lib/backoff.ts';
import type { BatchHandler, FeedBatch, FeedListeners, FeedRecord } from '../feed.ts';
import { LIMIT } from './kafka-options.ts';
import type { OutageLog } from './outage-log.ts';
import type { Slice } from './record-batch.ts';

/**
 * Between fetching and the handler: takes slices, hands them over one bounded batch at a time, in order, and repeats a
 * batch that the handler rejects. Positions move when the handler is done with all of a slice.
 */
export interface Delivery {
  push(slices: readonly Slice[]): void;
  /** Resolves once there is room for another fetch. */
  room(): Promise<void>;
  /** Drops what waits, and gives up repeating the batch in hand. */
  clear(): void;
  /** Resolves when no batch is in the handler. */
  idle(): Promise<void>;
}

export interface DeliveryOptions {
  readonly handler: BatchHandler;
  readonly onCaughtUp: FeedListeners['onCaughtUp'];
  readonly onUnreadable: FeedListeners['onUnreadable'];
  readonly random: () => number;
  readonly outageLog: OutageLog;
  /** Called after each batch that the handler took. */
  readonly onHandled: () => void;
}

const NOTHING: ReadonlySet<string> = new Set();

export function createDelivery(options: DeliveryOptions): Delivery {
  const { handler, random, outageLog, onHandled } = options;
  let waiting: Slice[] = [];
  let waitingBytes = 0;
  let dropped = new AbortController();
  let running: Promise<void> | undefined;
  let roomWaiters: (() => void)[] = [];

  const letIn = (): void => {
    const waiters = roomWaiters;
    roomWaiters = [];
    for (const resolve of waiters) resolve();
  };

  const takeBatch = (): Slice[] => {
    let bytes = 0;
    let count = 0;
    for (const slice of waiting) {
      count += 1;
      bytes += slice.bytes;
      if (bytes >= LIMIT.fetchBytes) break;
    }
    waitingBytes -= bytes;
    return waiting.splice(0, count);
  };

  const handle = async (batch: FeedBatch, signal: AbortSignal): Promise<boolean> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = handler(batch);
        if (result !== undefined) await result;
        outageLog.ended('taking in a batch');
        return true;
      } catch (error) {
        outageLog.began('taking in a batch', error);
      }
      await delay(backoff(attempt, 100, 2_000, random), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return false;
    }
  };

  /** In portions, between which other work gets its turn; false: dropped before the end. */
  const handleAll = async ({ records, behind, replaying }: FeedBatch): Promise<boolean> => {
    const { signal } = dropped;
    for (let from = 0; from < records.length; ) {
      if (from > 0) await new Promise(setImmediate);
      if (signal.aborted) return false;
      const to = portionEnd(records, from);
      const portion = from === 0 && to === records.length ? records : records.slice(from, to);
      if (!(await handle({ records: portion, behind, replaying }, signal))) return false;
      from = to;
    }
    return true;
  };

  const handOver = async (slices: readonly Slice[]): Promise<void> => {
    const behind = namesOf(slices, ({ next, end }) => next < end);
    const replaying = namesOf(slices, ({ state: { replayUntil, done } }) => done < (replayUntil ?? 0));
    if (!(await handleAll({ records: recordsOf(slices), behind, replaying }))) return;
    for (const slice of slices) {
      settle(slice, behind, options);
      giveBack(slice.fetched);
    }
    onHandled();
  };

  const run = async (): Promise<void> => {
    try {
      while (waiting.length > 0) {
        // Leaving the stack lets the next fetch be sent before the handler works, and I/O in between two batches.
        await new Promise(setImmediate);
        const slices = takeBatch();
        if (slices.length === 0) continue;
        letIn();
        await handOver(slices);
      }
    } finally {
      // In the same turn as the look at what waits: whoever pushes a moment later begins anew.
      running = undefined;
    }
  };

  return {
    push(slices) {
      for (const slice of slices) {
        waiting.push(slice);
        waitingBytes += slice.bytes;
      }
      running ??= run();
    },
    async room() {
      while (waitingBytes >= LIMIT.pendingBytes) {
        await new Promise<void>((resolve) => {
          roomWaiters.push(resolve);
        });
      }
    },
    clear() {
      dropped.abort();
      dropped = new AbortController();
      waiting = [];
      waitingBytes = 0;
      letIn();
    },
    async idle() {
      while (running !== undefined) await running;
    },
  };
}

function settle({ state, next, unreadable }: Slice, allBehind: ReadonlySet<string>, options: DeliveryOptions): void {
  state.done = next;
  if (next >= (state.replayUntil ?? next)) state.replayUntil = undefined;
  for (const batch of unreadable) options.onUnreadable(batch);
  const behind = allBehind.has(state.name);
  const caughtUp = state.behind && !behind;
  state.behind = behind;
  if (caughtUp) options.onCaughtUp(state.name);
}

/**
 * Frees the bytes of a fetch: nobody keeps a view of them. The collector would mark the whole heap for every 64 MB that
 * buffers hold, which was a third of what an event about nobody costs (docs/explanation/performance.md).
 */
function giveBack({ buffer, byteLength }: Buffer): void {
  // Of a small answer the buffer is shared with others.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

function recordsOf(slices: readonly Slice[]): readonly FeedRecord[] {
  const [only] = slices;
  return slices.length === 1 && only !== undefined ? only.records : slices.flatMap((slice) => slice.records);
}

/** Where the portion that begins at `from` ends: it has one record at least, and stays within the limits otherwise. */
function portionEnd(records: readonly FeedRecord[], from: number): number {
  const most = Math.min(records.length, from + LIMIT.batchRecords);
  let bytes = 0;
  for (let to = from; to < most; to += 1) {
    bytes += records[to]?.content.valueLength ?? 0;
    if (bytes > LIMIT.batchBytes) return Math.max(to, from + 1);
  }
  return most;
}

/** Partitions of which the last slice is so. */
function namesOf(slices: readonly Slice[], isSo: (slice: Slice) => boolean): ReadonlySet<string> {
  let names: Set<string> | undefined;
  for (const slice of slices) {
    if (isSo(slice)) {
      names ??= new Set();
      names.add(slice.state.name);
    } else names?.delete(slice.state.name);
  }
  return names ?? NOTHING;
}
