import { Producer } from '@platformatic/kafka';
import { type Tenant, tenantOf } from '../../src/domain/tenant.ts';
import { STREAMS, type Stream } from '../../src/events/stream.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { startUpstreamServer, type UpstreamServer } from '../../world/upstream-server.ts';
import { createWorld, WORLD_TENANT, type World } from '../../world/world.ts';
import { createTopics, OTHER_TENANT, serviceVariables } from '../support/atlas-topics.ts';
import { type KafkaBroker, type Progress, provisionKafka } from '../support/kafka-broker.ts';
import { createKafkaClient } from '../support/kafka-client.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import type { Mutant } from './mutant.ts';
import { SECRETS } from './secrets.ts';

/** The whole service as a process on a real Kafka, in a simulated Atlas whose records go nowhere but to whom takes them. */
export interface Bed {
  readonly broker: KafkaBroker;
  readonly world: World;
  readonly upstream: UpstreamServer;
  readonly service: ServiceProcess;
  /** Environment of the service under test. */
  readonly variables: Record<string, string>;
  readonly topics: Readonly<Record<Stream, string>>;
  /** Makes the world answer for this tenant as well; of those that came this way, the last {@link ADMITTED_MAX} stay. */
  admit(tenant: Tenant): void;
  /** What the world has emitted since the last call. */
  takeEmitted(): WorldRecord[];
  /** Sends records in order, per topic; resolves with the offset of each when all are on their topics. */
  send(mutants: readonly Mutant[]): Promise<readonly number[]>;
  /** Records on each topic. */
  readonly sent: Readonly<Record<Stream, number>>;
  close(): Promise<void>;
}

/** Several that share nothing but the ids of their characters. */
export const TENANTS: readonly Tenant[] = [WORLD_TENANT, OTHER_TENANT, tenantOf(WORLD_TENANT.id, 'GMS', 83, 2)];

/** Characters that no event ever concerns, with a MaxHP that tells whose they are. */
export const STILL_IDS: readonly number[] = [700_001, 700_002, 700_003];

export function stillMaxHp(tenant: number, character: number): number {
  return 10_000 + 1_000 * tenant + character;
}

const ADMITTED_MAX = 50;

/**
 * Short enough that what a phantom event left is found within the run, that visitors come and go, that residents go whose
 * sessions are phantoms, and that static data reach their bound; few enough visitors that more can wait at once, on any machine.
 */
export const HELD = {
  AUDIT_PERIOD: '5s',
  VISITOR_TTL: '2s',
  VISITOR_MAX: '500',
  RESIDENT_IDLE_TTL: '30s',
  STATIC_DATA_MAX: '1000',
} as const;

/** Records are sent together up to this many bytes; the broker takes a little more than a million. */
const REQUEST_BYTES = 900_000;

/** Lets the service collect its garbage on SIGUSR2, so that its heap can be compared before and after. */
const PRELOADED = new URL('collect-garbage.ts', import.meta.url).href;

export async function layBed(
  seed: number,
  charactersPerTenant: number,
  progress: Progress = () => undefined,
): Promise<Bed> {
  const broker = await provisionKafka(progress, 'full');
  const kafka = createKafkaClient(broker.brokers);
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
    clientId: 'hostile',
    bootstrapBrokers: [...broker.brokers],
    retries: 0,
  });
  const topics = await createTopics(kafka, 'hostile');
  let emitted: WorldRecord[] = [];
  const tenants = [...TENANTS];
  const emit = (record: WorldRecord) => void emitted.push(record);
  const world = createWorld({ seed, clock: systemClock, tenants, characters: charactersPerTenant, emit });
  TENANTS.forEach((tenant, at) => {
    STILL_IDS.forEach((characterId, nth) => {
      world.makeUp({ tenant, characterId, base: { max_hp: stillMaxHp(at, nth) } });
    });
  });
  const upstream = await startUpstreamServer(world);
  const variables = { ...serviceVariables(broker.brokers, topics, upstream.url), ...SECRETS, ...HELD };
  const service = await startService({ ...variables, NODE_OPTIONS: `--import=${PRELOADED}` });
  const sent: Record<Stream, number> = { session: 0, buff: 0, asset: 0, character: 0, skill: 0 };
  return {
    broker,
    world,
    upstream,
    service,
    variables,
    topics,
    sent,
    admit(tenant) {
      tenants.push(tenant);
      if (tenants.length > TENANTS.length + ADMITTED_MAX) tenants.splice(TENANTS.length, 1);
    },
    takeEmitted() {
      const taken = emitted;
      emitted = [];
      return taken;
    },
    async send(mutants) {
      const offsets = mutants.map(({ stream }) => sent[stream]++);
      for (const stream of STREAMS) {
        const own = mutants.filter((mutant) => mutant.stream === stream);
        for (const part of portions(own)) {
          await producer.send({ messages: part.map((mutant) => messageOf(topics[stream], mutant)), acks: -1 });
        }
      }
      return offsets;
    },
    async close() {
      await service.end();
      await upstream.close();
      await Promise.all([producer.close(), kafka.close()]);
      await broker.close();
    },
  };
}

function messageOf(topic: string, { key, headers, value, timestamp }: Mutant) {
  return {
    topic,
    partition: 0,
    timestamp: BigInt(timestamp),
    // Two equal names are two keys of the map, because they are two buffers.
    headers: new Map(headers.map(([name, content]) => [Buffer.from(name), content])),
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? {} : { value }),
  };
}

function portions(mutants: readonly Mutant[]): Mutant[][] {
  const parts: Mutant[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const mutant of mutants) {
    const size = sizeOf(mutant);
    if (bytes + size > REQUEST_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(mutant);
    bytes += size;
  }
  return parts;
}

function sizeOf({ key, headers, value }: Mutant): number {
  const inHeaders = headers.reduce((sum, [name, content]) => sum + name.length + content.length + 10, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + inHeaders + 50;
}
