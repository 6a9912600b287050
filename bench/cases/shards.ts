import { setTimeout as delay } from 'node:timers/promises';
import { createShardHash } from '../../src/domain/shard.ts';
import { tenantOf } from '../../src/domain/tenant.ts';
import { until } from '../../test/support/wait.ts';
import { runnerOf, workOff } from '../backlog.ts';
import type { Bed } from '../bed.ts';
import type { Case, Sizes } from '../case.ts';
import type { Figure } from '../figure.ts';
import type { Progress } from '../progress.ts';
import { buffApplied, sessionCreated, TENANT_HEADERS } from '../records.ts';
import { ready, type Service, type Topics } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const COUNTS = [1, 2, 4] as const;
const REPLICAS = [1, 2, 3] as const;
/** Characters that log in where only requests are counted. */
const CROWD = 500;
/** The last answers have been merged by then, and confirming reads are over. */
const MERGED_MS = 3_000;
const SOURCE = 2_311_000;

const { TENANT_ID, REGION, MAJOR_VERSION, MINOR_VERSION } = TENANT_HEADERS;
const TENANT = tenantOf(TENANT_ID, REGION, Number(MAJOR_VERSION), Number(MINOR_VERSION));

/** What one of 1, 2 and 4 shards costs, and an event that is another one's; what replicas cost the upstream services. */
export const shards: Case = {
  about:
    'memory, upstream requests and CPU of one of 1, 2 and 4 shards; CPU of an event of another one; requests of 1 to 3 replicas',
  steps: () => COUNTS.length + 1 + REPLICAS.length,
  async run(bed, sizes, progress) {
    const figures: Figure[] = [];
    for (const count of COUNTS) {
      figures.push(...(await measure(bed, sizes, progress, count)));
      await bed.clear();
    }
    figures.push(...(await measureEvents(bed, sizes, progress)));
    await bed.clear();
    for (const count of REPLICAS) {
      progress.step(`shards: ${count} replicas`);
      figures.push(await measureReplicas(bed, count));
      await bed.clear();
    }
    return figures;
  },
};

interface Installation {
  readonly topics: Topics;
  readonly services: readonly Service[];
  readonly requests: () => Promise<number>;
}

/** `variablesOf` tells what each process has of its own. */
async function startAll(
  bed: Bed,
  count: number,
  variablesOf: (index: number) => Readonly<Record<string, string>>,
): Promise<Installation> {
  const topics = await bed.createTopics();
  const upstream = await bed.startHelper('upstream', '0');
  const services: Service[] = [];
  for (let index = 0; index < count; index++) {
    const service = await bed.startService(topics, upstream.port, { variables: variablesOf(index) });
    await ready(service);
    services.push(service);
  }
  return { topics, services, requests: async () => Number(await upstream.child.ask('count')) };
}

const heapOf = async (service: Service): Promise<number> => (await service.memory()).heap;

const idsOf = (sizes: Sizes): number[] =>
  Array.from({ length: sizes.sharded }, (_, index) => POPULATIONS.geared.first + index);

/** Everybody logs in, in two halves, and then gets buffs; per shard, as the mean of all. */
async function measure(bed: Bed, sizes: Sizes, progress: Progress, count: number): Promise<Figure[]> {
  progress.step(`shards: ${count}`);
  const installation = await startAll(bed, count, (index) => ({ SHARD: `${index}/${count}` }));
  const { services, requests } = installation;
  const ids = idsOf(sizes);
  const half = ids.length / 2;
  // The first half fills caches and warms code, and so does not count.
  await logIn(bed, installation, ids, 0, half);
  const before = { heap: await sum(services, heapOf), requests: await requests() };
  const idle = await sum(services, ({ child }) => child.cpu());
  await logIn(bed, installation, ids, half, ids.length);
  const cpu = (await sum(services, ({ child }) => child.cpu())) - idle;
  const heap = (await sum(services, heapOf)) - before.heap;
  const asked = (await requests()) - before.requests;
  const event = await cpuPerEvent(bed, installation, sizes.ingestEvents, ids);
  const name = `${count} shard${count === 1 ? '' : 's'}`;
  const crowd = `${half.toLocaleString('en-US')} logins, per shard`;
  return [
    { name: `${name}: heap for ${crowd}`, unit: 'KB', service: heap / count / 1_024 },
    { name: `${name}: upstream requests for ${crowd}`, unit: 'requests', service: asked / count },
    { name: `${name}: ${crowd}`, unit: 'ms CPU', service: cpu / count },
    { name: `${name}: an event of the whole log, per shard`, unit: 'µs CPU', service: event },
  ];
}

async function logIn(
  bed: Bed,
  { topics, services, requests }: Installation,
  ids: readonly number[],
  from: number,
  to: number,
): Promise<void> {
  await bed.produceAll(
    topics.session,
    ids.slice(from, to).map((id) => sessionCreated(id)),
  );
  const residents = (): Promise<number> => sum(services, (service) => service.residents());
  await until(`${to} characters are logged in`, async () => (await residents()) === to, 60_000);
  await until('their reads are answered', async () => (await requests()) >= 4 * to, 120_000);
  await delay(MERGED_MS);
}

/** The first of four shards, and a log that is all its own, or all of the others. */
async function measureEvents(bed: Bed, sizes: Sizes, progress: Progress): Promise<Figure[]> {
  progress.step('shards: events of others');
  const topics = await bed.createTopics();
  const upstream = await bed.startHelper('upstream', '0');
  const service = await bed.startService(topics, upstream.port, { variables: { SHARD: '0/4' } });
  await ready(service);
  const hashOf = createShardHash();
  const ids = idsOf(sizes);
  const own = ids.filter((id) => hashOf(TENANT, id) % 4 === 0);
  const others = ids.filter((id) => hashOf(TENANT, id) % 4 !== 0);
  await bed.produceAll(
    topics.session,
    ids.map((id) => sessionCreated(id)),
  );
  await until(`${own.length} are logged in`, async () => (await service.residents()) === own.length, 60_000);
  await delay(MERGED_MS);
  const installation = { topics, services: [service] };
  const ownCost = await cpuPerEvent(bed, installation, sizes.ingestEvents, own);
  const foreignCost = await cpuPerEvent(bed, installation, sizes.ingestEvents, others);
  const ceiling = { name: 'an event of its own', value: ownCost };
  return [{ name: 'an event of another shard', unit: 'µs CPU', service: foreignCost, ceiling }];
}

async function measureReplicas(bed: Bed, count: number): Promise<Figure> {
  const { topics, services, requests } = await startAll(bed, count, () => ({}));
  const ids = Array.from({ length: CROWD }, (_, index) => POPULATIONS.geared.first + index);
  await bed.produceAll(
    topics.session,
    ids.map((id) => sessionCreated(id)),
  );
  const residents = (): Promise<number> => sum(services, (service) => service.residents());
  await until('all are logged in everywhere', async () => (await residents()) === count * CROWD, 60_000);
  await until('all reads are answered', async () => (await requests()) >= 4 * count * CROWD, 120_000);
  await delay(MERGED_MS);
  const name = `${count} replica${count === 1 ? '' : 's'}: upstream requests per login`;
  return { name, unit: 'requests', service: (await requests()) / CROWD };
}

/** Twice, because the first time warms the code. One shard at a time, the others held still: they share the machine's cores. */
async function cpuPerEvent(
  bed: Bed,
  { topics, services }: Pick<Installation, 'topics' | 'services'>,
  count: number,
  ids: readonly number[],
): Promise<number> {
  const runners = services.map((service) => runnerOf(service, topics.buff));
  for (let round = 0; round < 2; round++) {
    const now = Date.now();
    const records = Array.from({ length: count }, (_, index) => {
      const lap = Math.floor(index / ids.length);
      return buffApplied(ids[index % ids.length] ?? 0, SOURCE, 10 + (lap % 5), now + lap);
    });
    await workOff(bed, topics.buff, runners, records);
  }
  return runners.reduce((total, { results }) => total + (results.at(-1)?.cpu ?? Number.NaN), 0) / runners.length;
}

async function sum(services: readonly Service[], of: (service: Service) => Promise<number>): Promise<number> {
  const values = await Promise.all(services.map(of));
  return values.reduce((total, value) => total + value, 0);
}
