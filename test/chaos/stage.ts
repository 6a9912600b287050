import { tenantOf } from '../../src/domain/tenant.ts';
import { STREAMS, type Stream } from '../../src/events/stream.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createPrng } from '../../src/lib/prng.ts';
import type { Format } from '../../world/model.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { startUpstreamServer, type UpstreamServer } from '../../world/upstream-server.ts';
import { createWorld, WORLD_TENANT, type World } from '../../world/world.ts';
import { type OwnKafkaBroker, startOwnKafka } from '../support/kafka-broker.ts';
import { createKafkaClient, type KafkaClient, uniqueName } from '../support/kafka-client.ts';
import { topicVariables } from '../support/topic-variables.ts';
import { createOutbox, type Outbox, type Shipment } from './outbox.ts';
import { createRetold, type Retold } from './retold.ts';
import { createSessionEnds, type SessionEnds } from './session-ends.ts';
import { createSubject, type Subject } from './subject.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** Everything that a run plays on: a broker to be harmed, the world and its services, and the service under test. */
export interface Stage {
  readonly broker: OwnKafkaBroker;
  readonly kafka: KafkaClient;
  readonly topics: Readonly<Record<Stream, string>>;
  readonly groupId: string;
  /** Environment of the service under test. */
  readonly variables: Readonly<Record<string, string>>;
  readonly world: World;
  readonly upstream: UpstreamServer;
  readonly outbox: Outbox;
  /** Replicas of the service under test, one at least. */
  readonly subjects: readonly Subject[];
  readonly timeline: Timeline;
  readonly sessionEnds: SessionEnds;
  readonly retold: Retold;
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

export const TENANTS = [WORLD_TENANT, tenantOf('2b1c40f2-0a5e-4f0e-9d54-0c6f0a6f7c11', 'JMS', 185, 1)] as const;

/** Atlas has one partition per topic; other installs have more. */
const PARTITIONS: Readonly<Record<Stream, number>> = { session: 1, buff: 3, asset: 2, character: 1, skill: 1 };

export interface StageOptions {
  readonly seed: number;
  readonly charactersPerTenant: number;
  readonly format: Format;
  /** Replicas of the service under test. */
  readonly replicas: number;
}

/** The service under test is ready when this resolves. */
export async function setStage({ seed, charactersPerTenant, format, replicas }: StageOptions): Promise<Stage> {
  const broker = await startOwnKafka();
  const kafka = createKafkaClient(broker.brokers);
  const name = uniqueName('twin');
  const topics = Object.fromEntries(STREAMS.map((stream) => [stream, `${name}-${stream}`])) as Record<Stream, string>;
  for (const stream of STREAMS) await kafka.createTopic(topics[stream], PARTITIONS[stream]);
  const timeline = createTimeline();
  const sessionEnds = createSessionEnds();
  const retold = createRetold();
  const shipments: Shipment[] = [];
  let emitted = 0;

  const note = (shipment: Shipment, what: 'event' | 'repetition'): void => {
    const { record, characterId, partition, emittedAt, arrival } = shipment;
    const text = record.headers.map(([, value]) => value.toString());
    const tenant = TENANTS.find(({ id }) => text.includes(id));
    if (tenant === undefined) return;
    if (record.stream === 'session') sessionEnds.add({ tenant, characterId }, shipment);
    if (record.stream === 'character' && what === 'repetition') retold.add({ tenant, characterId }, shipment);
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
  const upstream = await startUpstreamServer({ ...world, clock: systemClock });
  const groupId = uniqueName('twin-group');
  const variables = {
    BOOTSTRAP_SERVERS: broker.brokers.join(','),
    KAFKA_CONSUMER_GROUP: groupId,
    BASE_SERVICE_URL: upstream.url,
    ...topicVariables(topics),
  };
  const subjects = await Promise.all(Array.from({ length: replicas }, () => createSubject(variables)));
  await Promise.all(subjects.map((subject) => subject.start()));
  return {
    brokerAwaySince: Number.POSITIVE_INFINITY,
    broker,
    kafka,
    topics,
    groupId,
    variables,
    world,
    upstream,
    outbox,
    subjects,
    timeline,
    sessionEnds,
    retold,
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
