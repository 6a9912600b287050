import type { BaseOptions, Broker } from '@platformatic/kafka';
import type { Clock } from '../../lib/clock.ts';
import { createFetch, type FetchPosition, type PartitionAnswer } from './fetch-request.ts';
import type { KafkaModule } from './kafka-options.ts';
import { partitionName } from './partition.ts';

/** A topic as of the last look: there, or why it cannot be followed. */
export type TopicInfo =
  | {
      readonly state: 'there';
      /** Changes when the topic is deleted and created again. */
      readonly id: string;
      /** Node id of each partition's leader, by partition; below 0 when there is none now. */
      readonly leaders: readonly number[];
    }
  /** forbidden: we have no right to see it. */
  | { readonly state: 'missing' | 'forbidden' };

export interface OffsetQuestion {
  readonly topic: string;
  readonly partition: number;
  /** Epoch ms, {@link LATEST}, {@link EARLIEST} or {@link NEWEST}. */
  readonly at: number;
}

export interface OffsetAnswer {
  /** Of the first record at or after the time; -1: there is none. */
  readonly offset: number;
  /** Of that record, epoch ms; -1: none, or it does not say. */
  readonly timestamp: number;
  /** Leader epoch of that record. */
  readonly epoch: number;
}

/** The cluster as far as it is asked: what is there, where offsets lie, and records, without decoding them. */
export interface Cluster {
  /** Those that were asked for, as of the last look. */
  readonly topics: ReadonlyMap<string, TopicInfo>;
  /** Monotonic ms at which the last look that was answered was sent; -Infinity: none was. */
  readonly lookedAt: number;
  /** Looks again, at whichever broker answers. @throws when none does */
  look(): Promise<void>;
  /** Asks the leaders. Whatever could not be answered is missing, by `topic/partition`. */
  offsets(questions: readonly OffsetQuestion[]): Promise<ReadonlyMap<string, OffsetAnswer>>;
  /** Answers when there is something, or after the long poll. @throws when the broker does not answer, or refuses as a whole */
  fetch(node: number, positions: readonly FetchPosition[]): Promise<readonly PartitionAnswer[]>;
  close(): Promise<void>;
}

// What ListOffsets may be asked instead of a time: the end, the beginning, the record with the newest time.
export const LATEST = -1;
export const EARLIEST = -2;
export const NEWEST = -3;

const CONSUMER = -1;

// Codes of the Kafka protocol.
const UNKNOWN_TOPIC = 3;
const INVALID_TOPIC = 17;
export const TOPIC_FORBIDDEN = 29;

/**
 * On the client's connections and requests. Its own fetch decodes what came in one go: one batch that cannot be decoded
 * fails the whole answer, again and again, and one that was compressed may grow without bound. So answers are read here,
 * with the records still as bytes. Long polls have connections of their own: a broker answers one request after another.
 *
 * @param names the topics to look for
 */
export function createCluster(
  kafka: KafkaModule,
  connection: BaseOptions,
  names: readonly string[],
  clock: Pick<Clock, 'mono'>,
): Cluster {
  const polls = new kafka.ConnectionPool(connection.clientId, connection);
  const questions = new kafka.ConnectionPool(connection.clientId, connection);
  const topics = new Map<string, TopicInfo>();
  let brokers: ReadonlyMap<number, Broker> = new Map();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let failedLooks = 0;
  /** Who answered last is asked first. */
  let lastAnswered: string | undefined;

  const fetchRecords = createFetch(kafka);
  const brokerOf = (node: number): Broker => {
    const broker = brokers.get(node);
    if (broker === undefined) throw new Error(`broker ${node} is not in the cluster's metadata`);
    return broker;
  };
  /** The client rejects an answer that has an error anywhere in it; what it says about the others still counts. */
  const withErrors = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
    answer.catch((error: unknown) => {
      if (error instanceof kafka.ResponseError) return error['response'] as Answer;
      throw error;
    });
  const askAnyone = async (): Promise<Metadata> => {
    // One that hangs must not be asked first for ever.
    const known = [...connection.bootstrapBrokers.map((broker) => kafka.parseBroker(broker)), ...brokers.values()];
    const answered = known.findIndex((broker) => addressOf(broker) === lastAnswered);
    const first = (Math.max(0, answered) + failedLooks) % known.length;
    const link = await questions.getFirstAvailable([...known.slice(first), ...known.slice(0, first)]);
    const metadata = await withErrors(kafka.metadataV12.api.async(link, [...names], false));
    lastAnswered = addressOf(link);
    return metadata;
  };

  const askLeader = async (node: number, asked: readonly OffsetQuestion[]): Promise<[string, OffsetAnswer][]> => {
    const link = await questions.get(brokerOf(node));
    const isolation = kafka.FetchIsolationLevels.READ_UNCOMMITTED;
    const request = offsetsRequest(asked);
    return offsetsIn(await withErrors(kafka.listOffsetsV7.api.async(link, CONSUMER, isolation, request)));
  };

  return {
    topics,
    get lookedAt() {
      return lookedAt;
    },
    async look() {
      const sentAt = clock.mono();
      try {
        const found = await askAnyone();
        brokers = new Map(found.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
        for (const topic of found.topics) {
          const info = infoOf(topic);
          if (info !== undefined) topics.set(topic.name ?? '', info);
        }
        lookedAt = sentAt;
        failedLooks = 0;
      } catch (error) {
        failedLooks += 1;
        throw error;
      }
    },
    async offsets(asked) {
      const byLeader = Map.groupBy(asked, ({ topic, partition }) => leaderIn(topics.get(topic), partition));
      byLeader.delete(NO_LEADER);
      const answers = await Promise.allSettled([...byLeader].map(([node, group]) => askLeader(node, group)));
      return new Map(answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])));
    },
    async fetch(node, positions) {
      return fetchRecords(await polls.get(brokerOf(node)), positions);
    },
    async close() {
      await Promise.all([polls.close(), questions.close()]);
    },
  };
}

type Metadata = Awaited<ReturnType<KafkaModule['metadataV12']['api']['async']>>;
type Offsets = Awaited<ReturnType<KafkaModule['listOffsetsV7']['api']['async']>>;

function offsetsRequest(asked: readonly OffsetQuestion[]) {
  return [...Map.groupBy(asked, ({ topic }) => topic)].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, at }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: -1,
      timestamp: BigInt(at),
    })),
  }));
}

function offsetsIn({ topics }: Offsets): [string, OffsetAnswer][] {
  return topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ errorCode }) => errorCode === 0)
      .map(({ partitionIndex, offset, timestamp, leaderEpoch }): [string, OffsetAnswer] => [
        partitionName(name, partitionIndex),
        { offset: Number(offset), timestamp: Number(timestamp), epoch: leaderEpoch },
      ]),
  );
}

export const NO_LEADER = -1;

function addressOf({ host, port }: { readonly host?: string | undefined; readonly port?: number | undefined }): string {
  return `${host}:${port}`;
}

export function leaderIn(topic: TopicInfo | undefined, partition: number): number {
  return topic?.state === 'there' ? (topic.leaders[partition] ?? NO_LEADER) : NO_LEADER;
}

/** undefined: the broker cannot tell now. */
function infoOf(topic: Metadata['topics'][number]): TopicInfo | undefined {
  const { errorCode, topicId, partitions } = topic;
  if (errorCode === UNKNOWN_TOPIC || errorCode === INVALID_TOPIC) return { state: 'missing' };
  if (errorCode === TOPIC_FORBIDDEN) return { state: 'forbidden' };
  if (errorCode !== 0) return undefined;
  const leaders = new Map(partitions.map(({ partitionIndex, leaderId }) => [partitionIndex, leaderId]));
  const count = Math.max(-1, ...leaders.keys()) + 1;
  return {
    state: 'there',
    id: topicId,
    leaders: Array.from({ length: count }, (_, at) => leaders.get(at) ?? NO_LEADER),
  };
}
