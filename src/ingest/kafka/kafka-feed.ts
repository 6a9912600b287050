import type { Feed, FeedCounters } from '../feed.ts';
import { positionsOf } from './assignment.ts';
import { type Consumption, startConsumption } from './consumption.ts';
import { createHealth } from './feed-health.ts';
import type { KafkaFeedOptions } from './kafka-options.ts';
import type { TopicInfo } from './lookout.ts';

const NO_TOPICS: ReadonlyMap<string, TopicInfo> = new Map();

/**
 * The feed from Apache Kafka 3.1 or later. `start` loads the client library (0.6 s) and returns; brokers that do not
 * answer and topics that do not exist are waited for. A new group starts at the earliest offset.
 */
export function createKafkaFeed(options: KafkaFeedOptions): Feed {
  const counters: FeedCounters = {
    rebalances: 0,
    fetchFailures: 0,
    commitFailures: 0,
    commits: 0,
    offsetResets: 0,
    redelivered: 0,
  };
  let consumption: Consumption | undefined;
  let stopped = false;
  const health = createHealth(options.clock, () => ({
    assignment: consumption?.assignment,
    lookedAt: consumption?.lookedAt,
    topics: consumption?.topics ?? NO_TOPICS,
    members: consumption?.members,
  }));
  return {
    counters,
    health: health.read,
    positions: () => (consumption?.assignment === undefined ? [] : positionsOf(consumption.assignment)),
    async start(handler, listeners) {
      const kafka = await import('@platformatic/kafka');
      if (stopped || consumption !== undefined) return;
      consumption = startConsumption(kafka, options, { handler, listeners, counters, onChange: health.changed });
    },
    async stop() {
      stopped = true;
      await consumption?.stop();
    },
  };
}
