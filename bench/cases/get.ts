import autocannon from 'autocannon';
import type { Bed } from '../bed.ts';
import type { Case, Sizes } from '../case.ts';
import { type Figure, median } from '../figure.ts';
import type { Progress } from '../progress.ts';
import { sessionCreated, TENANT_HEADERS } from '../records.ts';
import { loggedIn, ready, type Service, statsPath } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const CONNECTIONS = 64;

/** Requests per second for characters that don't change, the answer's bytes as they are. */
export const get: Case = {
  about: `GETs/s, ${CONNECTIONS} connections, with 20 bonuses and with none`,
  steps: ({ rounds }) => 1 + 2 * rounds,
  async run(bed, sizes, progress) {
    progress.step('get: login');
    const topics = await bed.createTopics();
    const upstream = await bed.startHelper('upstream', '0');
    const service = await bed.startService(topics, upstream.port);
    const [rich, plain] = [POPULATIONS.bonuses.first, POPULATIONS.plain.first];
    await ready(service);
    await bed.kafka.produce(topics.session, [sessionCreated(rich), sessionCreated(plain)]);
    await loggedIn(service, 2);
    return [
      ...(await measure(bed, sizes, progress, service, rich, 20)),
      ...(await measure(bed, sizes, progress, service, plain, 0)),
    ];
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
  const contenders = [service, fastify, http].map(({ port }) => ({ port, rates: [] as number[] }));
  for (let round = 0; round < sizes.rounds; round++) {
    progress.step(`get, ${bonuses} bonuses: round ${round + 1}`);
    for (const { port, rates } of contenders) rates.push(await load(port, statsPath(characterId), sizes.loadSeconds));
  }
  await Promise.all([fastify.child.end(), http.child.end()]);
  const [own = Number.NaN, framework = Number.NaN, bare = Number.NaN] = contenders.map(({ rates }) => median(rates));
  const name = `GET, ${bonuses} bonuses (${Buffer.byteLength(body)} B)`;
  const aim = { text: '≥ 0.95 × Fastify', met: own >= 0.95 * framework };
  return [
    { name, unit: 'req/s', service: own, ceiling: { name: 'bare Fastify', value: framework }, aim },
    { name, unit: 'req/s', service: own, ceiling: { name: 'bare node:http', value: bare } },
  ];
}

async function load(port: number, path: string, seconds: number): Promise<number> {
  const url = `http://127.0.0.1:${port}${path}`;
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, headers: TENANT_HEADERS });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers other than 2xx, ${result.errors} errors`);
  }
  return result.requests.total / result.duration;
}
