import { STREAMS, type Stream } from '../../src/events/stream.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { startUpstreamServer, type UpstreamServer } from '../../world/upstream-server.ts';
import { createWorld, type World, type WorldOptions } from '../../world/world.ts';
import { createTopics, serviceVariables } from './atlas-topics.ts';
import { createKafkaClient, type KafkaClient } from './kafka-client.ts';

/** A simulated Atlas whose events go to topics of their own on a real broker, in order. */
export interface WorldOnKafka {
  readonly world: World;
  readonly upstream: UpstreamServer;
  readonly kafka: KafkaClient;
  readonly topics: Readonly<Record<Stream, string>>;
  /** What a service needs to live in this world. */
  readonly variables: Record<string, string>;
  /** Resolves when everything emitted so far is on the topics. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

export async function startWorldOnKafka(
  brokers: readonly string[],
  options: Partial<WorldOptions> = {},
): Promise<WorldOnKafka> {
  const kafka = createKafkaClient(brokers);
  const topics = await createTopics(kafka, 'world');
  let waiting: WorldRecord[] = [];
  let sending = Promise.resolve();
  const send = async (): Promise<void> => {
    const records = waiting;
    waiting = [];
    for (const stream of STREAMS) {
      const own = records.filter((record) => record.stream === stream);
      if (own.length > 0) await kafka.produce(topics[stream], own);
    }
  };
  const world = createWorld({
    seed: 1,
    clock: systemClock,
    ...options,
    emit(record) {
      waiting.push(record);
      sending = sending.then(send);
    },
  });
  const upstream = await startUpstreamServer(world);
  return {
    world,
    upstream,
    kafka,
    topics,
    variables: serviceVariables(brokers, topics, upstream.url),
    flushed: () => sending,
    async close() {
      await sending;
      await upstream.close();
      await kafka.close();
    },
  };
}
