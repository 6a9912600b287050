import type { Stream } from '../events/stream.ts';

export { STREAMS, type Stream } from '../events/stream.ts';

/** One record as the broker holds it. Buffers may be views of a larger one: copy what is kept. */
export interface FeedRecord {
  readonly stream: Stream;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Kafka record time, epoch ms. */
  readonly timestamp: number;
  readonly headers: readonly (readonly [Buffer, Buffer])[];
  readonly value: Buffer | null;
}

/** Records of which none could be read, and which are passed over together. */
export interface UnreadableBatch {
  readonly streams: readonly Stream[];
  readonly topic: string;
  readonly partition: number;
  /** Of its first record. */
  readonly offset: number;
  /** Kafka record time of its newest record, epoch ms; 0 when it does not say. */
  readonly timestamp: number;
  /** Beyond a limit, or anything else. */
  readonly reason: 'oversized-batch' | 'unreadable-batch';
  /** `reason: which offsets: what is wrong`, without any of its bytes. */
  readonly detail: string;
  /** As the broker holds it; may be a view of a larger buffer. */
  readonly bytes: Buffer;
}

export interface FeedBatch {
  readonly records: readonly FeedRecord[];
  /** `topic/partition` of those partitions in this batch that are behind their end by more than this batch. */
  readonly behind: ReadonlySet<string>;
}

/**
 * Applies a batch. When it returns (or its promise resolves) the effects of every record are in the store, and the feed
 * may commit the offsets. It never rejects for what a record holds: a rejection means that the store could not take the
 * batch; the feed then delivers the same batch again after a pause.
 */
export type BatchHandler = (batch: FeedBatch) => void | Promise<void>;

export interface PartitionPosition {
  readonly stream: Stream;
  readonly topic: string;
  readonly partition: number;
  /** Next offset to be handed to the handler. */
  readonly position: number;
  /** Committed offset of the group, undefined when none is known. */
  readonly committed: number | undefined;
  /** End offset (high watermark) seen last. */
  readonly end: number;
}

export interface FeedHealth {
  /** True when what was consumed is current (architecture §3 rule 8). */
  readonly current: boolean;
  /** Why not, for people; undefined when current. */
  readonly reason: string | undefined;
  /** Members of the consumer group as last seen, undefined when unknown. More than one is fatal in memory mode. */
  readonly members: number | undefined;
}

export interface FeedCounters {
  rebalances: number;
  fetchFailures: number;
  commitFailures: number;
  commits: number;
  offsetResets: number;
  /** Records that were handled here before and come again: their commit had not arrived when the assignment ended. */
  redelivered: number;
}

/**
 * Where events come from. An implementer owes: at-least-once delivery; order within a partition; at most one batch in the
 * handler at a time, bounded in records and bytes; commits only after the handler is done; positions that never move back
 * except by re-delivery after a rebalance or restart.
 */
export interface Feed {
  /** Resolves once consumption is under way (not necessarily assigned); an unreachable broker is retried, not an error. */
  start(handler: BatchHandler, listeners: FeedListeners): Promise<void>;
  /** Waits for the batch in hand, commits, leaves the group. Bounded in time. */
  stop(): Promise<void>;
  health(): FeedHealth;
  positions(): readonly PartitionPosition[];
  readonly counters: Readonly<FeedCounters>;
}

export interface FeedListeners {
  /** A partition (`topic/partition`) that was behind has caught up, or is no longer ours. */
  onCaughtUp(partition: string): void;
  /**
   * Records of these partitions (`topic/partition`) did not come here: another member of the group had them, they were deleted,
   * or they could not be read. What is held may lack what they said.
   */
  onMissed(partitions: readonly string[]): void;
  /** A batch was passed over; `onMissed` follows. */
  onUnreadable(batch: UnreadableBatch): void;
}
