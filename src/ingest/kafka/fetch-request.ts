import type { Connection, Reader } from '@platformatic/kafka';
import { type KafkaModule, LIMIT, TIMING } from './kafka-options.ts';
import type { PartitionState } from './partition.ts';

export type FetchPosition = Pick<PartitionState, 'topicId' | 'partition' | 'fetchFrom' | 'lastEpoch'>;

export interface PartitionAnswer {
  readonly topicId: string;
  readonly partition: number;
  /** Code of the Kafka protocol, 0 for none, and what it means. */
  readonly errorCode: number;
  readonly error: Error | undefined;
  /** High watermark. */
  readonly end: number;
  /** The log is not the one that was fetched before: what was read of it last is no longer in it. */
  readonly diverged: boolean;
  /** Record batches as the broker holds them. */
  readonly bytes: Buffer;
}

/** The version that Kafka has had since 3.1, the first that names topics by their ids. Later ones bring nothing for us. */
const FETCH = { key: 1, version: 13 } as const;
/** No fetch session: with so few partitions it would spare nothing, and brokers forget sessions. */
const NO_SESSION = { id: 0, epoch: -1 } as const;

type FetchArguments = Parameters<KafkaModule['fetchV13']['createRequest']>;

/** Fetches from one broker: answers when there is something, or after the long poll. The records stay as bytes. */
export function createFetch(
  kafka: KafkaModule,
): (link: Connection, positions: readonly FetchPosition[]) => Promise<readonly PartitionAnswer[]> {
  const request = kafka.createAPI<FetchArguments, PartitionAnswer[]>(
    FETCH.key,
    FETCH.version,
    kafka.fetchV13.createRequest,
    (_correlation, _key, _version, reader) => readAnswer(kafka, reader),
  );
  return (link, positions) =>
    request.async(
      link,
      TIMING.longPoll,
      1,
      LIMIT.fetchBytes,
      // What the Java and Go clients read too; records of aborted transactions are events like any other.
      kafka.FetchIsolationLevels.READ_UNCOMMITTED,
      NO_SESSION.id,
      NO_SESSION.epoch,
      positions.map(({ topicId, partition, fetchFrom, lastEpoch: lastFetchedEpoch }) => {
        const limits = { currentLeaderEpoch: -1, lastFetchedEpoch, partitionMaxBytes: LIMIT.fetchBytes };
        return { topicId, partitions: [{ partition, fetchOffset: BigInt(fetchFrom), ...limits }] };
      }),
      [],
      '',
    );
}

const EMPTY = Buffer.alloc(0);

/** Fetch response, version 13 (https://kafka.apache.org/protocol#The_Messages_Fetch). */
function readAnswer(kafka: KafkaModule, reader: Reader): PartitionAnswer[] {
  const throttleTimeMs = 4;
  reader.skip(throttleTimeMs);
  const error = errorOf(kafka, reader.readInt16());
  if (error !== undefined) throw error;
  const sessionId = 4;
  reader.skip(sessionId);
  const partitions: PartitionAnswer[] = [];
  reader.readArray(() => {
    const topicId = reader.readUUID();
    const tagsAreRead = false;
    reader.readArray(() => partitions.push(readPartition(kafka, topicId, reader)), true, tagsAreRead);
  });
  return partitions;
}

const DIVERGING_EPOCH = 0;

function readPartition(kafka: KafkaModule, topicId: string, reader: Reader): PartitionAnswer {
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
  let diverged = false;
  kafka.readKnownTaggedFields(reader, {
    [DIVERGING_EPOCH]: () => {
      diverged = true;
    },
  });
  return { topicId, partition, errorCode, error: errorOf(kafka, errorCode), end, diverged, bytes };
}

function errorOf(kafka: KafkaModule, code: number): Error | undefined {
  if (code === 0) return undefined;
  return code in kafka.protocolErrorsCodesById ? new kafka.ProtocolError(code) : new Error(`Kafka error ${code}`);
}
