import type { Stream } from '../../src/events/stream.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createPrng } from '../../src/lib/prng.ts';
import type { Format, Who } from '../../world/model.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { startUpstreamServer, type UpstreamServer } from '../../world/upstream-server.ts';
import { createWorld, WORLD_TENANT, type World } from '../../world/world.ts';
import { createTopics, OTHER_TENANT, serviceVariables } from '../support/atlas-topics.ts';
import { type OwnKafkaBroker, startOwnKafka } from '../support/kafka-broker.ts';
import { createKafkaClient, type KafkaClient } from '../support/kafka-client.ts';
import { createOutbox, type Outbox, type Shipment } from './outbox.ts';
import { createSubject, type Subject } from './subject.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** Everything that a run plays on: a broker to be harmed, the world and its services, and the service under test. */
export interface Stage {
  readonly broker: OwnKafkaBroker;
  readonly kafka: KafkaClient;
  readonly topics: Readonly<Record<Stream, string>>;
  /** Environment of the service under test. */
  readonly variables: Readonly<Record<string, string>>;
  readonly world: World;
  readonly upstream: UpstreamServer;
  readonly outbox: Outbox;
  /** Replicas of the service under test, one at least. */
  readonly subjects: readonly Subject[];
  readonly timeline: Timeline;
  /** What the world has emitted since the last call. */
  takeEmitted(): Shipment[];
  /** Records emitted in all. */
  readonly emitted: number;
  /** Ms by which the producers' clock is off; the upstream services' Date headers are right. */
  producerSkew: number;
  /** Since when (monotonic ms) no broker answers; Infinity: one does. */
  brokerAwaySince: number;
  close(): Promise<void>;
}

export const TENANTS = [WORLD_TENANT, OTHER_TENANT] as const;

/** Atlas has one partition per topic; other installs have more. */
const PARTITIONS: Readonly<Record<Stream, number>> = { session: 1, buff: 3, asset: 2, character: 1, skill: 1 };

/** Enough for three replicas that connect anew after timeouts. */
const LISTENERS = process.platform === 'linux' ? 32 : 1;

export interface StageOptions {
  readonly seed: number;
  readonly charactersPerTenant: number;
  readonly format: Format;
  /** Replicas of the service under test. */
  readonly replicas: number;
  /** Told of every record on its way to its topic. */
  readonly onSent: (who: Who, shipment: Shipment, what: 'event' | 'repetition') => void;
}

/** The service under test is ready when this resolves. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const { seed, charactersPerTenant, format, replicas, onSent } = options;
  const broker = await startOwnKafka();
  const kafka = createKafkaClient(broker.brokers);
  const topics = await createTopics(kafka, 'twin', PARTITIONS);
  const timeline = createTimeline();
  const shipments: Shipment[] = [];
  let emitted = 0;

  const note = (shipment: Shipment, what: 'event' | 'repetition'): void => {
    const { record, characterId, partition, emittedAt, arrival } = shipment;
    const text = record.headers.map(([, value]) => value.toString());
    const tenant = TENANTS.find(({ id }) => text.includes(id));
    if (tenant === undefined) return;
    onSent({ tenant, characterId }, shipment, what);
    timeline.add({ tenant, characterId }, () => {
      const wait = Math.round(arrival.at - emittedAt);
      return `${what} on ${record.stream}/${partition}, there after ${wait} ms: ${record.value}`;
    });
  };
  const outbox = createOutbox({
    kafka,
    topics,
    partitions: PARTITIONS,
    prng: createPrng(seed ^ 0x0b0),
    onRepeated: (shipment) => note(shipment, 'repetition'),
  });
  const emit = (record: WorldRecord): void => {
    const shipment = outbox.send(record);
    emitted += 1;
    shipments.push(shipment);
    note(shipment, 'event');
  };
  let producerSkew = 0;
  const clock = { now: () => Date.now() + producerSkew, mono: systemClock.mono };
  const world = createWorld({ seed, clock, tenants: TENANTS, characters: charactersPerTenant, emit, format });
  const upstream = await startUpstreamServer({ ...world, clock: systemClock }, { listeners: LISTENERS });
  const variables = serviceVariables(broker.brokers, topics, upstream.url);
  const subjects = await Promise.all(Array.from({ length: replicas }, () => createSubject(variables)));
  await Promise.all(subjects.map((subject) => subject.start()));
  return {
    brokerAwaySince: Number.POSITIVE_INFINITY,
    broker,
    kafka,
    topics,
    variables,
    world,
    upstream,
    outbox,
    subjects,
    timeline,
    takeEmitted: () => shipments.splice(0),
    get producerSkew() {
      return producerSkew;
    },
    set producerSkew(ms) {
      producerSkew = ms;
    },
    get emitted() {
      return emitted;
    },
    async close() {
      await outbox.stop();
      await Promise.all(subjects.map((subject) => subject.close()));
      await upstream.close();
      await kafka.close();
      await broker.close();
    },
  };
}
