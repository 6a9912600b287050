import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { SASLOptions } from '@platformatic/kafka';
import type { Clock } from '../../lib/clock.ts';
import type { Stream } from '../feed.ts';

export type { KafkaModule } from '../../lib/kafka-library.ts';

export interface FeedLogger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface KafkaFeedOptions {
  /** host:port each; one that answers is enough. */
  readonly brokers: readonly string[];
  /** Under which offsets are committed, for dashboards; it is not joined. */
  readonly groupId: string;
  readonly clientId: string;
  /** Several streams may name the same topic: each of its records is then delivered once per stream. */
  readonly topics: Readonly<Record<Stream, string>>;
  /** Environment variables that name the topics: what a health reason tells to look at. */
  readonly topicVariables: Readonly<Record<Stream, string>>;
  /** Ms before now from which on sessions are replayed: whoever has been online for longer without a sign is not known again. */
  readonly sessionReplay: number;
  readonly clock: Clock;
  readonly logger: FeedLogger;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly tls?: TlsOptions;
  readonly sasl?: SASLOptions;
}

/** All in milliseconds, unless said otherwise. */
export const TIMING = {
  requestTimeout: 5_000,
  connectTimeout: 3_000,
  /** How long the broker holds a fetch that finds nothing. Bounds how late a new partition is first fetched. */
  longPoll: 500,
  /** How often the cluster is looked at, and how soon again while a partition could not be begun. */
  look: 3_000,
  lookAgain: 500,
  /** How old the last look may be: partitions that came up since are not followed. */
  lookedLately: 10_000,
  /** How-state-works, rule 7: how old the last fetch and an unreached end offset may be. */
  current: 5_000,
  /**
   * How far before now the other streams are followed from. What was read before is doubted, so this only has to cover a
   * producer that announces before it commits.
   */
  lookBack: 60_000,
  commitInterval: 1_000,
  /** How soon after a refusal (a group that another service uses stays refused), or while another replica commits. */
  commitAgain: 8_000,
  /** After records that could not be read, what is held is doubted this often at most, and within this long at first. */
  doubtInterval: 30_000,
  doubtJitter: 2_000,
  /** How long a stop waits for the batch in the handler, for the commit, and for connections. */
  drain: 4_000,
  flush: 2_000,
  close: 1_500,
} as const;

export const LIMIT = {
  /**
   * Decoding a response is synchronous: 512 KB is about 1,700 records and 2 ms, which other work has to wait for. Where the
   * producers' batches are small, half as much costs a quarter of the rate (docs/explanation/performance.md).
   */
  fetchBytes: 524_288,
  /** Bytes fetched but not yet handled; at most one fetch per broker comes on top. */
  pendingBytes: 1_048_576,
  /**
   * Uncompressed bytes of a batch, and how many records and headers it may hold; a batch beyond either is passed over. When
   * one of them is reached in decoding what a fetch brought, the rest is left for the next fetch. Producers limit a batch to
   * 1 MB or less before they compress it, and 1 MB holds some 4,000 real events. Decoding as much as this
   * blocks for some 50 ms, 400 ms in code that is cold on a busy machine (measured with empty records, by codec).
   */
  decodedBytes: 8 * 1_048_576,
  decodedItems: 200_000,
  /**
   * Records and bytes of their values in one call of the handler. A broker sends at least one producer's batch whole: up to
   * 1 MB, which may be 100,000 tiny records or, compressed, millions; nothing else would get its turn meanwhile.
   */
  batchRecords: 500,
  batchBytes: 65_536,
} as const;
