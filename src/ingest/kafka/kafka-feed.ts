import type { Feed, FeedCounters, Stream } from '../feed.ts';
import type { TopicInfo } from './cluster.ts';
import { createHealth } from './feed-health.ts';
import { type Following, startFollowing } from './following.ts';
import type { KafkaFeedOptions } from './kafka-options.ts';
import { type PartitionState, positionsOf } from './partition.ts';

const NO_PARTITIONS: ReadonlyMap<string, PartitionState> = new Map();
const NO_TOPICS: ReadonlyMap<string, TopicInfo> = new Map();
const NO_STREAMS: ReadonlySet<Stream> = new Set();

/**
 * The feed from Apache Kafka 3.1 or later: every partition of every topic, without a consumer group. `start` loads the
 * client library (0.6 s) and returns; brokers that do not answer and topics that do not exist are waited for.
 */
export function createKafkaFeed(options: KafkaFeedOptions): Feed {
  const counters: FeedCounters = { fetchFailures: 0, commitFailures: 0, commits: 0, offsetResets: 0 };
  let following: Following | undefined;
  let stopped = false;
  const health = createHealth(options.clock, () => ({
    names: options.topics,
    variables: options.topicVariables,
    partitions: following?.partitions ?? NO_PARTITIONS,
    lookedAt: following?.lookedAt,
    topics: following?.topics ?? NO_TOPICS,
    doubtful: following?.doubtful ?? NO_STREAMS,
  }));
  return {
    counters,
    health: health.read,
    positions() {
      if (following === undefined) return [];
      const { partitions, committed } = following;
      return [...partitions.values()].flatMap((state) => positionsOf(state, committed.get(state.name)));
    },
    async start(handler, listeners) {
      const kafka = await import('@platformatic/kafka');
      if (stopped || following !== undefined) return;
      following = startFollowing(kafka, options, { handler, listeners, counters, onChange: health.changed });
    },
    async stop() {
      stopped = true;
      await following?.stop();
    },
  };
}
