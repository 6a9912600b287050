import type { BaseOptions, Consumer, GroupAssignment } from '@platformatic/kafka';
import { settledWithin } from '../../lib/settled-within.ts';
import { assignEvenly } from './assignor.ts';
import type { KafkaModule } from './kafka-options.ts';
import { TIMING } from './kafka-options.ts';

export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface MembershipHooks {
  /** Before every join, also those that the client starts by itself after a heartbeat: drain and commit. */
  beforeJoin(): Promise<void>;
  onJoined(assignments: readonly GroupAssignment[]): void;
  /** The client gave up rejoining by itself, and sends no heartbeats any more: join again. */
  onLost(error: unknown): void;
}

/**
 * Our place in the consumer group (classic protocol). Modes: out (before the first join, and after `onLost`), joining
 * (between `beforeJoin` and `onJoined`), in. The client's heartbeats rejoin by themselves when the group rebalances.
 */
export interface Membership {
  join(topics: readonly string[]): Promise<void>;
  readonly memberId: string | null;
  /** All members of the group when we lead it (the leader is told), undefined when another one does, or while out. */
  readonly membersAsLeader: number | undefined;
  commit(offsets: readonly PartitionOffset[]): Promise<void>;
  /** Committed offsets by `topic/partition`; those without one are missing. */
  committedOffsets(assignments: readonly GroupAssignment[]): Promise<Map<string, number>>;
  earliestOffset(topic: string, partition: number): Promise<number>;
  /** Leaves the group and closes. */
  leave(): Promise<void>;
}

export function createMembership(
  kafka: KafkaModule,
  connection: BaseOptions,
  groupId: string,
  hooks: MembershipHooks,
): Membership {
  let membersSeen = 1;
  let membersAsLeader: number | undefined;

  const beforeJoin = async (): Promise<Buffer> => {
    membersSeen = 1;
    membersAsLeader = undefined;
    await hooks.beforeJoin();
    return Buffer.alloc(0);
  };
  const consumer: Consumer = new kafka.Consumer<Buffer, Buffer, Buffer, Buffer>({
    ...connection,
    groupId: PLACEHOLDER_GROUP,
    sessionTimeout: TIMING.sessionTimeout,
    rebalanceTimeout: TIMING.rebalanceTimeout,
    heartbeatInterval: TIMING.heartbeatInterval,
    requestTimeout: TIMING.groupRequestTimeout,
    protocolsMetadata: beforeJoin,
    partitionAssigner: (_self, members, _topics, metadata) => {
      membersSeen = members.size;
      return assignEvenly(members, (topic) => metadata.topics.get(topic)?.partitionsCount ?? 0);
    },
  });
  consumer.groupId = groupId;
  consumer.on('error', (error) => {
    membersAsLeader = undefined;
    hooks.onLost(error);
  });
  consumer.on('consumer:group:join', ({ isLeader, assignments }) => {
    membersAsLeader = isLeader === true ? membersSeen : undefined;
    hooks.onJoined(assignments ?? []);
  });

  return {
    get memberId() {
      return consumer.memberId;
    },
    get membersAsLeader() {
      return membersAsLeader;
    },
    async join(topics) {
      consumer.topics.clear();
      consumer.topics.trackAll(...topics);
      try {
        await consumer.joinGroup();
      } catch (error) {
        // The next attempt has to find the coordinator and the leaders anew.
        consumer.clearMetadata();
        throw error;
      }
    },
    async commit(offsets) {
      await consumer.commit({
        offsets: offsets.map(({ topic, partition, offset }) => ({
          topic,
          partition,
          offset: BigInt(offset),
          leaderEpoch: -1,
        })),
      });
    },
    async committedOffsets(assignments) {
      const found = new Map<string, number>();
      if (assignments.length === 0) return found;
      const answer = await consumer.listCommittedOffsets({ topics: [...assignments] });
      for (const [topic, offsets] of answer) {
        offsets.forEach((offset, partition) => {
          if (offset >= 0n) found.set(`${topic}/${partition}`, Number(offset));
        });
      }
      return found;
    },
    async earliestOffset(topic, partition) {
      const answer = await consumer.listOffsets({
        topics: [topic],
        partitions: { [topic]: [partition] },
        timestamp: EARLIEST,
      });
      return Number(answer.get(topic)?.[partition] ?? 0n);
    },
    async leave() {
      await settledWithin(consumer.close(), TIMING.leave);
      await consumer.connections.close();
    },
  };
}

/** ListOffsets: -2 asks for the first offset that the log still has. */
const EARLIEST = -2n;

/**
 * The client's constructor refuses group names with blanks in them, which the broker allows and which the default name
 * has (`Effective Stats Service`). It reads `groupId` for every request, so the real name is set after construction.
 */
const PLACEHOLDER_GROUP = 'placeholder';
