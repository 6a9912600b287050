import { randomBytes } from 'node:crypto';
import { Admin, Producer } from '@platformatic/kafka';
import { until } from './wait.ts';

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** A record as it shall stand on the topic, byte for byte. */
export interface RawRecord {
  readonly key?: Buffer;
  readonly value: Buffer;
  readonly headers?: readonly (readonly [Buffer, Buffer])[];
  /** 0 when left out. */
  readonly partition?: number;
  /** Epoch ms; now when left out. */
  readonly timestamp?: number;
}

/** What tests do to a Kafka from outside. */
export interface KafkaClient {
  createTopic(topic: string, partitions?: number): Promise<void>;
  addPartitions(topic: string, total: number): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  /** Deletes what lies before `offset`, as retention does. */
  trim(topic: string, partition: number, offset: number): Promise<void>;
  produce(topic: string, records: readonly RawRecord[], codec?: Codec): Promise<void>;
  /** As `produce`, in a transaction, which leaves a control record behind. */
  produceInTransaction(topic: string, records: readonly RawRecord[]): Promise<void>;
  /** Offset that the group has committed, undefined when none. */
  committed(groupId: string, topic: string, partition?: number): Promise<number | undefined>;
  /** Committed offsets of the group by partition. */
  allCommitted(groupId: string, topic: string): Promise<Map<number, number>>;
  /** Sets the offset of partition 0 for a group that has no members. */
  setCommitted(groupId: string, topic: string, offset: number): Promise<void>;
  memberCount(groupId: string): Promise<number>;
  close(): Promise<void>;
}

/** A name that no other test has. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

export function createKafkaClient(brokers: readonly string[]): KafkaClient {
  const common = { clientId: 'test-client', bootstrapBrokers: [...brokers], retries: 20, retryDelay: 250 };
  const admin = new Admin(common);
  const impatient = new Admin({ ...common, retries: 0, metadataMaxAge: 0 });
  const producer = new Producer({ ...common });
  const messagesOf = (topic: string, records: readonly RawRecord[]) =>
    records.map((record) => ({
      topic,
      partition: record.partition ?? 0,
      value: record.value,
      ...(record.key === undefined ? {} : { key: record.key }),
      ...(record.headers === undefined ? {} : { headers: new Map(record.headers) }),
      ...(record.timestamp === undefined ? {} : { timestamp: BigInt(record.timestamp) }),
    }));
  // Metadata may name a leader that does not serve the partition yet. A produce request that only one partition refuses
  // is repeated as a whole by the client, and the others then have its records twice.
  const served = (topic: string, count: number): Promise<unknown> =>
    until(`the ${count} partitions of ${topic} are served`, async () => {
      const partitions = Array.from({ length: count }, (_, index) => ({ partitionIndex: index, timestamp: -1n }));
      const answer = await impatient.listOffsets({ topics: [{ name: topic, partitions }] });
      return answer[0]?.partitions.length === count;
    });
  const allCommitted = async (groupId: string, topic: string): Promise<Map<number, number>> => {
    const groups = await admin.listConsumerGroupOffsets({ groups: [groupId] });
    const partitions = groups
      .flatMap((group) => group.topics)
      .filter(({ name }) => name === topic)
      .flatMap((found) => found.partitions)
      .filter(({ committedOffset }) => committedOffset >= 0n);
    return new Map(partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]));
  };
  return {
    async createTopic(topic, partitions = 1) {
      // A broker that has just come back may refuse, or may do it while its answer is lost.
      await until(`topic ${topic} is created`, async () => {
        const known = await admin.listTopics();
        if (!known.includes(topic)) await admin.createTopics({ topics: [topic], partitions, replicas: 1 });
        return true;
      });
      await served(topic, partitions);
    },
    async addPartitions(topic, total) {
      // null, not an empty list: the broker places the new partitions.
      await admin.createPartitions({ topics: [{ name: topic, count: total, assignments: null }] });
      await served(topic, total);
      await producer.metadata({ topics: [topic], forceUpdate: true });
    },
    deleteTopic: (topic) => admin.deleteTopics({ topics: [topic] }),
    async trim(topic, partition, offset) {
      await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: BigInt(offset) }] }] });
    },
    async produce(topic, records, codec = 'none') {
      await producer.send({ messages: messagesOf(topic, records), compression: codec, acks: -1 });
    },
    async produceInTransaction(topic, records) {
      const transactional = new Producer({ ...common, idempotent: true, transactionalId: uniqueName('transaction') });
      const transaction = await transactional.beginTransaction();
      await transaction.send({ messages: messagesOf(topic, records) });
      await transaction.commit();
      await transactional.close();
    },
    committed: async (groupId, topic, partition = 0) => (await allCommitted(groupId, topic)).get(partition),
    allCommitted,
    async setCommitted(groupId, topic, offset) {
      const partitionOffsets = [{ partition: 0, offset: BigInt(offset) }];
      await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets }] });
    },
    async memberCount(groupId) {
      return (await admin.describeGroups({ groups: [groupId] })).get(groupId)?.members.size ?? 0;
    },
    async close() {
      await Promise.all([admin.close(), impatient.close(), producer.close()]);
    },
  };
}
