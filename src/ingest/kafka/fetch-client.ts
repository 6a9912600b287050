import type { Broker, ConnectionOptions, Reader } from '@platformatic/kafka';
import { type KafkaModule, LIMIT, TIMING } from './kafka-options.ts';

/** Asks brokers for records, without decoding them. */
export interface FetchClient {
  /** Answers when there is something, or after the long poll. @throws when the broker does not answer, or refuses as a whole */
  fetch(broker: Broker, topics: readonly FetchTopic[]): Promise<readonly PartitionAnswer[]>;
  close(): Promise<void>;
}

export interface FetchTopic {
  readonly topicId: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: number }[];
}

export interface PartitionAnswer {
  readonly topicId: string;
  readonly partition: number;
  /** Code of the Kafka protocol, 0 for none, and what it means. */
  readonly errorCode: number;
  readonly error: Error | undefined;
  /** High watermark. */
  readonly end: number;
  /** Record batches as the broker holds them. */
  readonly bytes: Buffer;
}

/** The version that Kafka has had since 3.1, the first that names topics by their ids. Later ones bring nothing for us. */
const FETCH = { key: 1, version: 13 } as const;
/** No fetch session: with so few partitions it would spare nothing, and brokers forget sessions. */
const NO_SESSION = { id: 0, epoch: -1 } as const;

type FetchArguments = Parameters<KafkaModule['fetchV13']['createRequest']>;

/**
 * The client's own fetch decodes what came in one go: one batch that cannot be decoded fails the whole answer, again and
 * again, and one that was compressed may grow without bound. So its connections and requests are used, and answers are
 * read here, with the records still as bytes.
 */
export function createFetchClient(kafka: KafkaModule, clientId: string, connection: ConnectionOptions): FetchClient {
  const pool = new kafka.ConnectionPool(clientId, connection);
  const errorOf = (code: number): Error | undefined => {
    if (code === 0) return undefined;
    return code in kafka.protocolErrorsCodesById ? new kafka.ProtocolError(code) : new Error(`Kafka error ${code}`);
  };
  const request = kafka.createAPI<FetchArguments, PartitionAnswer[]>(
    FETCH.key,
    FETCH.version,
    kafka.fetchV13.createRequest,
    (_correlation, _key, _version, reader) => readAnswer(reader, errorOf),
  );
  return {
    async fetch(broker, topics) {
      return request.async(
        await pool.get(broker),
        TIMING.longPoll,
        1,
        LIMIT.fetchBytes,
        // What the Java and Go clients read too; records of aborted transactions are events like any other.
        kafka.FetchIsolationLevels.READ_UNCOMMITTED,
        NO_SESSION.id,
        NO_SESSION.epoch,
        topics.map(({ topicId, partitions }) => ({
          topicId,
          partitions: partitions.map(({ partition, offset }) => ({
            partition,
            fetchOffset: BigInt(offset),
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
            partitionMaxBytes: LIMIT.fetchBytes,
          })),
        })),
        [],
        '',
      );
    },
    close: () => pool.close(),
  };
}

const EMPTY = Buffer.alloc(0);

type ErrorOf = (code: number) => Error | undefined;

/** Fetch response, version 13 (https://kafka.apache.org/protocol#The_Messages_Fetch). */
function readAnswer(reader: Reader, errorOf: ErrorOf): PartitionAnswer[] {
  const throttleTimeMs = 4;
  reader.skip(throttleTimeMs);
  const error = errorOf(reader.readInt16());
  if (error !== undefined) throw error;
  const sessionId = 4;
  reader.skip(sessionId);
  const partitions: PartitionAnswer[] = [];
  reader.readArray(() => {
    const topicId = reader.readUUID();
    reader.readArray(() => partitions.push(readPartition(topicId, reader, errorOf)));
  });
  return partitions;
}

function readPartition(topicId: string, reader: Reader, errorOf: ErrorOf): PartitionAnswer {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const end = Number(reader.readInt64());
  const lastStableOffset = 8;
  const logStartOffset = 8;
  reader.skip(lastStableOffset + logStartOffset);
  const abortedTransaction = 16;
  reader.readNullableArray(() => reader.skip(abortedTransaction));
  const preferredReadReplica = 4;
  reader.skip(preferredReadReplica);
  const bytes = reader.readNullableBytes() ?? EMPTY;
  return { topicId, partition, errorCode, error: errorOf(errorCode), end, bytes };
}
