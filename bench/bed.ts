import { join } from 'node:path';
import { type KafkaBroker, provisionKafka } from '../test/support/kafka-broker.ts';
import { createKafkaClient, type KafkaClient, type RawRecord, uniqueName } from '../test/support/kafka-client.ts';
import { type Child, startServer } from './child.ts';
import { type Service, type ServiceOptions, startService, type Topics } from './service.ts';

/** What every case stands on: a real Kafka, helper processes, and services that end with the case. */
export interface Bed {
  readonly kafka: KafkaClient;
  createTopics(buffPartitions?: number): Promise<Topics>;
  /** In big batches, in order. */
  produceAll(topic: string, records: readonly RawRecord[]): Promise<void>;
  startService(topics: Topics, upstreamPort: number, options?: ServiceOptions): Promise<Service>;
  /** A helper of bench/processes by its file name. */
  startHelper(name: string, ...args: string[]): Promise<{ child: Child; port: number }>;
  startCeiling(topic: string, partitions?: number): Promise<{ child: Child; port: number }>;
  /** Ends every process that the case started. */
  clear(): Promise<void>;
  close(): Promise<void>;
  readonly origin: string;
}

/** Records per request: the broker takes a batch of 1 MB at most. */
const BATCH = 2_000;

/** With `profiles`, a folder: each service leaves a CPU profile there when it ends. */
export async function createBed(progress: (line: string) => void, profiles?: string): Promise<Bed> {
  const broker: KafkaBroker = await provisionKafka(progress, 'full');
  const kafka = createKafkaClient(broker.brokers);
  // The first question about a group makes a new broker create what it keeps groups in.
  await kafka.memberCount(uniqueName('bench'));
  const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const running: { end(): Promise<number> }[] = [];

  const startHelper = async (name: string, ...args: string[]): Promise<{ child: Child; port: number }> => {
    const helper = await startServer([join(import.meta.dirname, 'processes', `${name}.ts`), ...args]);
    running.push(helper.child);
    return helper;
  };
  const clear = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((process) => process.end()));
  };
  return {
    kafka,
    origin: broker.origin,
    async createTopics(buffPartitions = 1) {
      const name = uniqueName('bench');
      const topics = {
        session: `${name}-session`,
        buff: `${name}-buff`,
        asset: `${name}-asset`,
        character: `${name}-character`,
        skill: `${name}-skill`,
      };
      for (const topic of Object.values(topics)) {
        await kafka.createTopic(topic, topic === topics.buff ? buffPartitions : 1);
      }
      return topics;
    },
    async produceAll(topic, records) {
      for (let from = 0; from < records.length; from += BATCH) {
        await kafka.produce(topic, records.slice(from, from + BATCH));
      }
    },
    async startService(topics, upstreamPort, options = {}) {
      const flags = [...(options.flags ?? []), ...profiling];
      const service = await startService(broker.brokers, topics, upstreamPort, { ...options, flags });
      running.push(service);
      return service;
    },
    startHelper,
    startCeiling: (topic, partitions = 1) =>
      startHelper('fetch-loop', broker.brokers.join(','), topic, String(partitions)),
    clear,
    async close() {
      await clear();
      await kafka.close();
      await broker.close();
    },
  };
}
