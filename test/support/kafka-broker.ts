import { randomUUID } from 'node:crypto';
import { Admin } from '@platformatic/kafka';
import { dockerAnswers, runContainer } from './docker.ts';
import { KAFKA_VERSION } from './kafka-jars.ts';
import { startJavaBroker } from './kafka-java.ts';
import { freePort } from './process-guard.ts';
import { until } from './wait.ts';

export interface KafkaBroker {
  /** host:port list */
  readonly brokers: readonly string[];
  readonly origin: string;
  /** Ends what was started, with its data; leaves a broker of the environment alone. */
  close(): Promise<void>;
}

/** A broker of our own, which may be harmed. It keeps its port and its data through all of this. */
export interface OwnKafkaBroker extends KafkaBroker {
  /** Orderly with SIGTERM (the default), at once with SIGKILL. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** After `stop`; waits until it answers. */
  start(): Promise<void>;
  /** Freezes the process: connections stay, nothing is answered. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Of one that runs on this machine's Java, else undefined: what only its own files can do. */
  readonly files: BrokerFiles | undefined;
}

export interface BrokerFiles {
  /** Where its topics' logs are. */
  readonly data: string;
  readonly controllerPort: number;
  /** Properties on top of the usual ones from its next start on, in place of those of the call before. */
  configure(properties: Readonly<Record<string, string>>): Promise<void>;
}

/** full: as fast as a broker gets, which takes it some processor time at first; light: soon there. */
export type BrokerEffort = 'full' | 'light';

export type Progress = (line: string) => void;

const silent: Progress = () => undefined;

/**
 * A Kafka to test against: the one that `KAFKA_BROKERS` names, else one of our own.
 *
 * @throws PrerequisiteMissing when the machine has none of the means
 */
export async function provisionKafka(
  progress: Progress = silent,
  effort: BrokerEffort = 'light',
): Promise<KafkaBroker> {
  const given = process.env.KAFKA_BROKERS;
  if (given === undefined || given === '') return startOwnKafka(progress, effort);
  return { brokers: given.split(','), origin: 'KAFKA_BROKERS', close: async () => undefined };
}

/** A broker for fault tests: in Docker when an engine answers, else on Java 17. One node, KRaft, random free ports. */
export async function startOwnKafka(
  progress: Progress = silent,
  effort: BrokerEffort = 'light',
): Promise<OwnKafkaBroker> {
  return (await dockerAnswers()) ? startDockerBroker(progress) : startJavaBroker(progress, undefined, effort);
}

/** Settings of the one-node test broker; everything that is not here has Kafka's default. */
export function brokerProperties(listen: string, port: number, controllerPort: number): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${listen}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'auto.create.topics.enable': 'false',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // Tests start many groups; the three seconds that a broker grants latecomers would be most of their time.
    'group.initial.rebalance.delay.ms': '0',
  };
}

/** Resolves once the broker answers a request. */
export async function untilAnswering(brokers: readonly string[], deadlineMs = 180_000): Promise<void> {
  const admin = new Admin({
    clientId: 'test-bed',
    bootstrapBrokers: [...brokers],
    retries: 0,
    connectTimeout: 1_000,
    requestTimeout: 2_000,
  });
  try {
    await until(
      `Kafka answers at ${brokers.join(',')}`,
      async () => (await admin.listTopics()) !== undefined,
      deadlineMs,
    );
  } finally {
    await admin.close();
  }
}

async function startDockerBroker(progress: Progress): Promise<OwnKafkaBroker> {
  const port = await freePort();
  const environment = Object.entries(brokerProperties('0.0.0.0', port, 29_093)).flatMap(([name, value]) => [
    '-e',
    `KAFKA_${name.toUpperCase().replaceAll('.', '_')}=${value}`,
  ]);
  const container = await runContainer(
    `effective-stats-kafka-${randomUUID()}`,
    `apache/kafka:${KAFKA_VERSION}`,
    ['-p', `127.0.0.1:${port}:${port}`, ...environment],
    progress,
  );
  const brokers = [`127.0.0.1:${port}`];
  await untilAnswering(brokers);
  return {
    brokers,
    origin: `apache/kafka:${KAFKA_VERSION} in Docker`,
    stop: (signal) => (signal === 'SIGKILL' ? container.docker('kill') : container.docker('stop')),
    async start() {
      await container.docker('start');
      await untilAnswering(brokers);
    },
    pause: () => container.docker('pause'),
    resume: () => container.docker('unpause'),
    files: undefined,
    close: () => container.remove(),
  };
}
