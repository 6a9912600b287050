import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.ts';
import { RecordContent } from '../../wire/record-content.ts';
import {
  type BatchHandler,
  type Feed,
  type FeedCounters,
  type FeedHealth,
  type FeedListeners,
  type FeedRecord,
  type Health,
  type PartitionPosition,
  STREAMS,
  type Stream,
} from '../feed.ts';

/** A record with the same bytes and headers that Kafka would carry. */
export interface PublishedRecord {
  readonly stream: Stream;
  readonly key: Buffer;
  readonly headers: readonly (readonly [Buffer, Buffer])[];
  readonly value: Buffer;
  /** Epoch ms; now when left out. */
  readonly timestamp?: number;
}

export interface InProcessFeed extends Feed {
  /**
   * Appends to the stream's one partition; delivered asynchronously, in order. Resolves when the queue has room for the
   * next record: producers that wait for it keep the queue bounded.
   */
  publish(record: PublishedRecord): Promise<void>;
}

/** Records that wait before `publish` holds producers up. */
const QUEUE_BOUND = 10_000;
/** About half of what a fetch from Kafka brings. */
const BATCH_BOUND = 750;
const RETRY_MS = 100;
/** How long a stop waits for the batch in the handler. */
const DRAIN_MS = 4_000;

const FOLLOWED: Health = { current: true, reason: undefined };
const CURRENT: FeedHealth = {
  ...FOLLOWED,
  streams: { session: FOLLOWED, buff: FOLLOWED, asset: FOLLOWED, character: FOLLOWED, skill: FOLLOWED },
};
const NOTHING: ReadonlySet<string> = new Set();

/** The feed of the demo: a broker's part played within the process. Its topics are named like the streams. */
export function createInProcessFeed(clock: Clock): InProcessFeed {
  const counters: FeedCounters = { fetchFailures: 0, commitFailures: 0, commits: 0, offsetResets: 0 };
  const ends = new Map<Stream, number>(STREAMS.map((stream) => [stream, 0]));
  const handled = new Map(ends);
  const stopping = new AbortController();
  let waiting: FeedRecord[] = [];
  let roomWaiters: (() => void)[] = [];
  let handler: BatchHandler | undefined;
  let running: Promise<void> | undefined;

  const deliver = async (handle: BatchHandler, records: readonly FeedRecord[]): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await handle({ records, behind: NOTHING, replaying: NOTHING });
        for (const { stream, offset } of records) handled.set(stream, offset + 1);
        counters.commits += 1;
        return;
      } catch {
        await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };

  const run = async (handle: BatchHandler): Promise<void> => {
    while (waiting.length > 0 && !stopping.signal.aborted) {
      await new Promise(setImmediate);
      await deliver(handle, waiting.splice(0, BATCH_BOUND));
      if (waiting.length >= QUEUE_BOUND) continue;
      const waiters = roomWaiters;
      roomWaiters = [];
      for (const resolve of waiters) resolve();
    }
  };

  const kick = (): void => {
    if (handler === undefined) return;
    running ??= run(handler).finally(() => {
      running = undefined;
    });
  };

  return {
    counters,
    health: () => CURRENT,
    positions: () =>
      STREAMS.map((stream): PartitionPosition => {
        const position = handled.get(stream) ?? 0;
        return { stream, topic: stream, partition: 0, position, committed: position, end: ends.get(stream) ?? 0 };
      }),
    async publish({ stream, headers, value, timestamp }) {
      if (stopping.signal.aborted) return;
      const offset = ends.get(stream) ?? 0;
      ends.set(stream, offset + 1);
      waiting.push({
        stream,
        topic: stream,
        partition: 0,
        offset,
        timestamp: timestamp ?? clock.now(),
        content: RecordContent.of(headers, value),
      });
      kick();
      while (waiting.length >= QUEUE_BOUND && !stopping.signal.aborted) {
        await new Promise<void>((resolve) => {
          roomWaiters.push(resolve);
        });
      }
    },
    async start(takeBatch: BatchHandler, listeners: FeedListeners) {
      handler = takeBatch;
      listeners.onReplayed();
      kick();
    },
    async stop() {
      stopping.abort();
      for (const resolve of roomWaiters) resolve();
      await Promise.race([running, delay(DRAIN_MS, undefined, { ref: false })]);
      waiting = [];
    },
  };
}
