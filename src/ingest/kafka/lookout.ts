import type { Admin, Broker } from '@platformatic/kafka';
import type { KafkaModule } from './kafka-options.ts';
import type { TroubleLog } from './trouble-log.ts';

export interface TopicInfo {
  readonly id: string;
  /** Node id of each partition's leader, by partition; below 0 when there is none now. */
  readonly leaders: readonly number[];
}

/** Looks at the cluster from outside the group: on its own connection, which no long poll and no join holds up. */
export interface Lookout {
  /** Topics that exist, as of the last look. */
  readonly topics: ReadonlyMap<string, TopicInfo>;
  /** Where brokers are, by node id, as of the last look. */
  readonly brokers: ReadonlyMap<number, Broker>;
  /** @throws when no broker answers */
  look(): Promise<void>;
  /** Other members of the group, undefined while the group is not settled or cannot be asked. */
  otherMembers(groupId: string, memberId: string | null): Promise<number | undefined>;
  close(): Promise<void>;
}

/** @param names the topics of interest */
export function createLookout(
  kafka: KafkaModule,
  admin: Admin,
  names: readonly string[],
  trouble: TroubleLog,
): Lookout {
  const topics = new Map<string, TopicInfo>();
  let brokers: ReadonlyMap<number, Broker> = new Map();

  /** It may come up later; or its variable is mistyped, which nothing else would tell. */
  const miss = (name: string, error: unknown): void => {
    topics.delete(name);
    trouble.began(`finding topic ${name}`, error);
  };
  // One request per topic: the client fails a request as a whole when one of its topics does not exist.
  const lookAt = async (name: string): Promise<void> => {
    try {
      const metadata = await admin.metadata({ topics: [name], forceUpdate: true });
      brokers = metadata.brokers;
      const found = metadata.topics.get(name);
      trouble.ended(`looking up topic ${name}`);
      if (found === undefined) return miss(name, undefined);
      topics.set(name, { id: found.id, leaders: Array.from(found.partitions, (each) => each?.leader ?? -1) });
      trouble.ended(`finding topic ${name}`);
    } catch (error) {
      if (error instanceof kafka.UserError) miss(name, error);
      else if (error instanceof kafka.ResponseError) trouble.began(`looking up topic ${name}`, error);
      else throw error;
    }
  };

  return {
    topics,
    get brokers() {
      return brokers;
    },
    async look() {
      await Promise.all(names.map(lookAt));
    },
    async otherMembers(groupId, memberId) {
      try {
        const group = (await admin.describeGroups({ groups: [groupId] })).get(groupId);
        if (group?.state !== 'Stable') return undefined;
        return [...group.members.keys()].filter((id) => id !== memberId).length;
      } catch {
        return undefined;
      }
    },
    close: () => admin.close(),
  };
}
