import type { Part } from '../domain/part.ts';
import type { Stream } from '../events/stream.ts';
import type { RecordContent } from '../wire/record-content.ts';

export { STREAMS, type Stream } from '../events/stream.ts';

/** The stream that tells of each part's changes: the part is followed when that is. */
export const STREAM_OF_PART: Readonly<Record<Part, Stream>> = {
  base: 'character',
  equipment: 'asset',
  buffs: 'buff',
  passives: 'skill',
};

/** One record as the broker holds it. */
export interface FeedRecord {
  readonly stream: Stream;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Kafka record time, epoch ms. */
  readonly timestamp: number;
  /** Its bytes are there until the handler is done with the batch: what is kept is copied. */
  readonly content: RecordContent;
  /** Monotonic ms at which its log was first seen to hold it: of a backlog long before it was fetched. undefined, which Kafka's feed never says: just now. */
  readonly seenAt?: number | undefined;
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
  /** As the broker holds it, a view of bytes that are there until `onUnreadable` returns: what is kept is copied. */
  readonly bytes: Buffer;
}

export interface FeedBatch {
  readonly records: readonly FeedRecord[];
  /** `topic/partition` of those partitions in this batch that are behind their end by more than this batch. */
  readonly behind: ReadonlySet<string>;
  /**
   * Partitions of the session stream (`topic/partition`) that are being replayed: the end that they had when following began
   * was not reached before this batch.
   */
  readonly replaying: ReadonlySet<string>;
}

/**
 * Applies a batch. When it returns (or its promise resolves) the effects of every record are in the state, and the feed may
 * commit the offsets. It never rejects for what a record holds. When it rejects, the feed delivers the same batch again
 * after a pause.
 */
export type BatchHandler = (batch: FeedBatch) => void | Promise<void>;

export interface PartitionPosition {
  readonly stream: Stream;
  readonly topic: string;
  readonly partition: number;
  /** Next offset to be handed to the handler. */
  readonly position: number;
  /** Offset that the group has, undefined when none is known. */
  readonly committed: number | undefined;
  /** End offset (high watermark) seen last. */
  readonly end: number;
}

export interface Health {
  /** True when what was consumed is current (how-state-works, rule 7). */
  readonly current: boolean;
  /** Why not, for people; undefined when current. */
  readonly reason: string | undefined;
}

/** Over all streams, and of each. */
export interface FeedHealth extends Health {
  readonly streams: Readonly<Record<Stream, Health>>;
}

export interface FeedCounters {
  fetchFailures: number;
  commitFailures: number;
  commits: number;
  /** Partitions that had to be begun again, because the log had lost what comes next or was another one. */
  offsetResets: number;
}

/**
 * Where events come from. An implementer owes: every record of every stream from where following began, at least once, to
 * each process; order within a partition; at most one batch in the handler at a time, bounded in records and bytes; and
 * that a position never moves back, unless the log has lost records.
 */
export interface Feed {
  /** Resolves once following is under way; an unreachable broker is retried, not an error. */
  start(handler: BatchHandler, listeners: FeedListeners): Promise<void>;
  /** Waits for the batch in hand, and commits. Bounded in time. */
  stop(): Promise<void>;
  health(): FeedHealth;
  positions(): readonly PartitionPosition[];
  readonly counters: Readonly<FeedCounters>;
}

export interface FeedListeners {
  /** A partition (`topic/partition`) that was behind has caught up, or is no longer followed. */
  onCaughtUp(partition: string): void;
  /**
   * Every session partition known when following began (or began again after a loss) has been replayed to the end that it
   * had then.
   */
  onReplayed(): void;
  /**
   * Records of these streams may not have come here: what is held may have been read before they were followed. A read that
   * begins from now on knows what they said.
   */
  onMissed(streams: readonly Stream[], partitions: readonly string[], reason: string): void;
  /** A batch was passed over; `onMissed` follows. */
  onUnreadable(batch: UnreadableBatch): void;
}
