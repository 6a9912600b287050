import { setTimeout as delay } from 'node:timers/promises';
import { loadKafka } from '../../lib/kafka-library.ts';
import type { Feed, FeedCounters } from '../feed.ts';
import { createHealth } from './feed-health.ts';
import { type Following, startFollowing } from './following.ts';
import type { KafkaFeedOptions } from './kafka-options.ts';
import { positionsOf } from './partition.ts';

/** Loading the client blocks for 0.2 s: whoever waited for the service to listen is answered before. */
const ANSWER_FIRST_MS = 100;

/**
 * The feed from Apache Kafka 3.1 or later: every partition of every topic, without a consumer group. `start` loads the
 * client library and returns; brokers that do not answer and topics that do not exist are waited for.
 */
export function createKafkaFeed(options: KafkaFeedOptions): Feed {
  const counters: FeedCounters = { fetchFailures: 0, commitFailures: 0, commits: 0, offsetResets: 0 };
  let following: Following | undefined;
  let stopped = false;
  return {
    counters,
    health: createHealth(options, () => following),
    positions() {
      if (following === undefined) return [];
      const { partitions, committed } = following;
      return [...partitions.values()].flatMap((state) => positionsOf(state, committed.get(state.name)));
    },
    async start(handler, listeners) {
      await delay(ANSWER_FIRST_MS);
      const kafka = await loadKafka();
      if (stopped || following !== undefined) return;
      following = startFollowing(kafka, options, counters, handler, listeners);
    },
    async stop() {
      stopped = true;
      await following?.stop();
    },
  };
}
