import { after, before, type TestContext } from 'node:test';
import type { BatchHandler } from '../../src/ingest/feed.ts';
import { type FeedProbe, type ProbeOptions, startProbe } from './feed-probe.ts';
import { type KafkaBroker, type OwnKafkaBroker, provisionKafka, startOwnKafka } from './kafka-broker.ts';
import { createKafkaClient, type KafkaClient } from './kafka-client.ts';
import { until } from './wait.ts';

/** The brokers are those that are used, unless others are given. */
export type FollowOptions = Omit<ProbeOptions, 'brokers'> & Partial<Pick<ProbeOptions, 'brokers'>>;

/** What the tests of one file share; there from the first of them on, gone after the last. */
export interface UsedKafka<Broker extends KafkaBroker = KafkaBroker> {
  readonly broker: Broker;
  readonly brokers: readonly string[];
  readonly client: KafkaClient;
  /** Has a client that knows nothing of where the broker was. */
  reconnect(): Promise<void>;
  /** Follows these topics until the test ends, in the name of a group of its own unless one is given. */
  follow(t: TestContext, options: FollowOptions, beforeBatch?: BatchHandler): Promise<FeedProbe>;
}

/** The broker of the whole run, or one for this file. */
export function useKafka(): UsedKafka {
  return use(() => provisionKafka());
}

/** A broker for this file alone, which may be harmed. */
export function useOwnKafka(): UsedKafka<OwnKafkaBroker> {
  return use(() => startOwnKafka());
}

function use<Broker extends KafkaBroker>(start: () => Promise<Broker>): UsedKafka<Broker> {
  let used: { readonly broker: Broker; readonly client: KafkaClient } | undefined;
  const now = () => {
    if (used === undefined) throw new Error('the broker is there only while tests run');
    return used;
  };

  before(async () => {
    const broker = await start();
    used = { broker, client: createKafkaClient(broker.brokers) };
  });

  after(async () => {
    await used?.client.close();
    await used?.broker.close();
    await until('every connection is closed', () => !process.getActiveResourcesInfo().includes('TCPSocketWrap'));
  });

  return {
    get broker() {
      return now().broker;
    },
    get brokers() {
      return now().broker.brokers;
    },
    get client() {
      return now().client;
    },
    async reconnect() {
      const { broker, client } = now();
      await client.close();
      used = { broker, client: createKafkaClient(broker.brokers) };
    },
    follow: (t, options, beforeBatch) => startProbe(t, { brokers: now().broker.brokers, ...options }, beforeBatch),
  };
}
