import { randomUUID } from 'node:crypto';
import type { ClampSenders } from '../clamp/clamps.ts';
import { type Config, type KafkaConfig, TOPIC_VARIABLES } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { mapServices } from '../upstream/port.ts';
import type { Outside, Surroundings } from './ports.ts';

/**
 * Kafka and Atlas, or the demo's stand-ins in this process. Each is imported only where it is used. Nothing is connected yet:
 * the feed does that when it is started.
 */
export async function openOutside(config: Config, options: Surroundings): Promise<Outside> {
  const tracing = await openTracing(config, options.logger);
  const opened = config.mode === 'kafka' ? await openKafka(config, options) : await openDemo(options.clock);
  return { ...opened, tracing };
}

async function openKafka(config: KafkaConfig, options: Surroundings): Promise<Outside> {
  const { createKafkaFeed } = await import('../ingest/kafka/kafka-feed.ts');
  const { topics, groupId } = config.kafka;
  const feed = createKafkaFeed({
    ...connectionOf(config),
    ...options,
    ...{ topics, groupId },
    topicVariables: TOPIC_VARIABLES,
    sessionReplay: config.residentIdleTtl,
  });
  const { serviceUrls, serviceUrlVariables } = config;
  const addresses = mapServices((service) => ({ url: serviceUrls[service], setBy: serviceUrlVariables[service] }));
  return { feed, addresses, clampSenders: await openClampSenders(config, options) };
}

async function openDemo(clock: Clock): Promise<Outside> {
  const { createInProcessFeed } = await import('../ingest/in-process/in-process-feed.ts');
  const { startDemo } = await import('../../world/demo.ts');
  const { demoNotice } = await import('../../world/demo-notice.ts');
  const feed = createInProcessFeed(clock);
  const demo = await startDemo({ publish: (record) => void feed.publish(record), clock });
  const { tenant, stop } = demo;
  return {
    feed,
    addresses: mapServices(() => ({ url: demo.baseUrl, setBy: 'the demo' })),
    demo: { tenant, stop, notice: (origin) => demoNotice(demo, origin) },
  };
}

/** Of all replicas of a shard the one that is elected sends. */
async function openClampSenders(
  config: KafkaConfig,
  { clock, random, logger }: Surroundings,
): Promise<ClampSenders | undefined> {
  const { commandTopic: topic, shard } = config;
  if (topic === undefined) return undefined;
  const { createKafkaCommandProducer } = await import('../clamp/kafka/kafka-command-producer.ts');
  const { createKafkaElection, electionGroupOf } = await import('../clamp/kafka/kafka-election.ts');
  const connection = connectionOf(config);
  const election = createKafkaElection({
    connection,
    groupId: electionGroupOf(config.kafka.groupId, shard),
    mono: clock.mono,
    random,
    onChange: (elected) =>
      logger.info(elected ? 'clamp commands are sent from here' : 'clamp commands are no longer sent from here'),
    onFailure(err, attempt) {
      const message = 'who sends clamp commands cannot be settled; tried again';
      if (attempt === 1) logger.warn({ err }, message);
      else logger.debug({ err, attempt }, message);
    },
  });
  return { producer: createKafkaCommandProducer({ connection, topic, uuid: randomUUID }), election };
}

/** The libraries take a third of a second to load: only when there is somebody to send spans to. */
async function openTracing({ traces, serviceName }: Config, logger: Logger): Promise<Tracing | undefined> {
  if (traces === undefined) return undefined;
  const { createOtlpTracing } = await import('../telemetry/otlp-tracing.ts');
  return createOtlpTracing({ ...traces, serviceName, logger });
}

function connectionOf({ serviceName: clientId, kafka: { brokers, tls, sasl } }: KafkaConfig) {
  return {
    brokers,
    clientId,
    ...(tls === undefined ? {} : { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}
