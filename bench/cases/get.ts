import autocannon from 'autocannon';
import type { Bed } from '../bed.ts';
import type { Case, Sizes } from '../case.ts';
import type { Child } from '../child.ts';
import { type Figure, median } from '../figure.ts';
import type { Progress } from '../progress.ts';
import { sessionCreated, TENANT_HEADERS } from '../records.ts';
import { loggedIn, ready, type Service, statsPath } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const CONNECTIONS = 64;
/** Before the first round: a process that has just started compiles instead of serving. */
const WARM_UP_SECONDS = 1;

/** By number of bonuses. */
const ANSWERS = [
  [0, POPULATIONS.plain.first],
  [20, POPULATIONS.bonuses.first],
  [80, POPULATIONS.laden.first],
] as const;

/** Requests per second for characters that don't change, the answer's bytes as they are. */
export const get: Case = {
  about: `GETs/s, ${CONNECTIONS} connections, with 0, 20 and 80 bonuses`,
  steps: ({ rounds }) => 1 + ANSWERS.length * rounds,
  async run(bed, sizes, progress) {
    progress.step('get: login');
    const topics = await bed.createTopics();
    const upstream = await bed.startHelper('upstream', '0');
    const service = await bed.startService(topics, upstream.port);
    await ready(service);
    await bed.kafka.produce(
      topics.session,
      ANSWERS.map(([, characterId]) => sessionCreated(characterId)),
    );
    await loggedIn(service, ANSWERS.length);
    const figures: Figure[] = [];
    for (const [bonuses, characterId] of ANSWERS) {
      figures.push(...(await measure(bed, sizes, progress, service, characterId, bonuses)));
    }
    return figures;
  },
};

async function measure(
  bed: Bed,
  sizes: Sizes,
  progress: Progress,
  service: Service,
  characterId: number,
  bonuses: number,
): Promise<Figure[]> {
  const body = await service.stats(characterId);
  const listed = body.split('"source"').length - 1;
  if (listed !== bonuses || body.includes('"meta"')) throw new Error(`${bonuses} bonuses expected: ${body}`);
  const encoded = Buffer.from(body).toString('base64');
  const fastify = await bed.startHelper('static-answer', 'fastify', encoded);
  const http = await bed.startHelper('static-answer', 'http', encoded);
  const contenders = [service, fastify, http].map((server) => ({ server, loads: [] as Load[] }));
  for (const { server } of contenders) await load(server, statsPath(characterId), WARM_UP_SECONDS);
  for (let round = 0; round < sizes.rounds; round++) {
    progress.step(`get, ${bonuses} bonuses: round ${round + 1}`);
    for (const { server, loads } of contenders)
      loads.push(await load(server, statsPath(characterId), sizes.loadSeconds));
  }
  await Promise.all([fastify.child.end(), http.child.end()]);
  const rates = contenders.map(({ loads }) => median(loads.map(({ rate }) => rate)));
  const cpus = contenders.map(({ loads }) => median(loads.map(({ cpu }) => cpu)));
  return figures(`GET, ${bonuses} bonuses (${Buffer.byteLength(body)} B)`, rates, cpus);
}

/** Of the service, bare Fastify and bare node:http, in this order. */
function figures(name: string, rates: readonly number[], cpus: readonly number[]): Figure[] {
  const [rate = Number.NaN, fastifyRate = Number.NaN, httpRate = Number.NaN] = rates;
  const [cpu = Number.NaN, fastifyCpu = Number.NaN, httpCpu = Number.NaN] = cpus;
  const [fastify, http] = ['bare Fastify', 'bare node:http'];
  return [
    {
      name,
      unit: 'req/s',
      service: rate,
      ceiling: { name: fastify, value: fastifyRate },
      aim: { text: '≥ 1 × Fastify', met: rate >= fastifyRate },
    },
    {
      name,
      unit: 'req/s',
      service: rate,
      ceiling: { name: http, value: httpRate },
      aim: { text: '≥ 0.9 × node:http', met: rate >= 0.9 * httpRate },
    },
    { name: `${name}, each`, unit: 'µs CPU', service: cpu, ceiling: { name: fastify, value: fastifyCpu } },
    { name: `${name}, each`, unit: 'µs CPU', service: cpu, ceiling: { name: http, value: httpCpu } },
  ];
}

interface Load {
  /** Requests per second. */
  readonly rate: number;
  /** µs per request, of the server. */
  readonly cpu: number;
}

export async function load(server: Server, path: string, seconds: number): Promise<Load> {
  const url = `http://127.0.0.1:${server.port}${path}`;
  const cpuBefore = await server.child.cpu();
  const { requests, duration, non2xx, errors } = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    headers: TENANT_HEADERS,
  });
  const cpu = (await server.child.cpu()) - cpuBefore;
  if (non2xx > 0 || errors > 0) throw new Error(`${url}: ${non2xx} answers other than 2xx, ${errors} errors`);
  return { rate: requests.total / duration, cpu: (cpu / requests.total) * 1_000 };
}

interface Server {
  readonly child: Child;
  readonly port: number;
}
