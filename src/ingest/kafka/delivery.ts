import { setTimeout as delay } from 'node:timers/promises';
import type { BatchHandler, FeedBatch, FeedListeners, FeedRecord } from '../feed.ts';
import { backoff, LIMIT } from './kafka-options.ts';
import type { Slice } from './record-batch.ts';
import type { TroubleLog } from './trouble-log.ts';

/**
 * Between fetching and the handler: takes slices, hands them over as one batch at a time, in order, and repeats a batch
 * that the handler rejects. Positions move when the handler is done.
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
  readonly listeners: FeedListeners;
  readonly random: () => number;
  readonly trouble: TroubleLog;
  /** Called after each batch that the handler took. */
  readonly onHandled: () => void;
}

const NOTHING: ReadonlySet<string> = new Set();

export function createDelivery(options: DeliveryOptions): Delivery {
  const { handler, listeners, random, trouble, onHandled } = options;
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

  const handle = async (batch: FeedBatch): Promise<boolean> => {
    if (batch.records.length === 0) return true;
    const { signal } = dropped;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = handler(batch);
        if (result !== undefined) await result;
        trouble.ended('taking in a batch');
        return true;
      } catch (error) {
        trouble.began('taking in a batch', error);
      }
      await delay(backoff(attempt, 100, 2_000, random), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return false;
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      // Leaving the stack lets the next fetch be sent before the handler works, and I/O in between two batches.
      await new Promise(setImmediate);
      const slices = takeBatch();
      if (slices.length === 0) continue;
      letIn();
      const batch = { records: recordsOf(slices), behind: behindOf(slices) };
      if (!(await handle(batch))) continue;
      for (const slice of slices) settle(slice, batch.behind, listeners);
      onHandled();
    }
  };

  return {
    push(slices) {
      for (const slice of slices) {
        waiting.push(slice);
        waitingBytes += slice.bytes;
      }
      running ??= run().finally(() => {
        running = undefined;
      });
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

function settle({ state, next }: Slice, allBehind: ReadonlySet<string>, listeners: FeedListeners): void {
  state.done = next;
  const behind = allBehind.has(state.name);
  const caughtUp = state.behind && !behind;
  state.behind = behind;
  if (caughtUp) listeners.onCaughtUp(state.name);
}

function recordsOf(slices: readonly Slice[]): readonly FeedRecord[] {
  const [only] = slices;
  return slices.length === 1 && only !== undefined ? only.records : slices.flatMap((slice) => slice.records);
}

function behindOf(slices: readonly Slice[]): ReadonlySet<string> {
  let behind: Set<string> | undefined;
  for (const { state, next, end } of slices) {
    if (next < end) {
      behind ??= new Set();
      behind.add(state.name);
    } else behind?.delete(state.name);
  }
  return behind ?? NOTHING;
}
