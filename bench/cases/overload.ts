import { setTimeout as delay } from 'node:timers/promises';
import type { Bed } from '../bed.ts';
import type { Case } from '../case.ts';
import { startCrowd } from '../crowd.ts';
import { type Figure, quantile } from '../figure.ts';
import { sessionCreated } from '../records.ts';
import { loggedIn, ready, type Service, statsPath } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

/** Explains cost about five times as much as a GET: with them the same crowd is more than the machine can answer. */
const CROWDS = [
  { clients: 1_000, of: 'stats' },
  { clients: 8_000, of: 'stats' },
  { clients: 8_000, of: 'explains' },
] as const;
const PROBE_EVERY_MS = 20;
const LOAD_MS = 6_000;
const WARM_UP_MS = 1_500;

/** More clients than one process can answer at once: what they, and a probe beside them, notice of it. */
export const overload: Case = {
  about: `200s/s, latency and 503s with crowds of ${CROWDS.map(nameOf).join(', ')} that ask without a pause`,
  steps: () => 1 + CROWDS.length,
  async run(bed, _sizes, progress) {
    progress.step('overload: login');
    const topics = await bed.createTopics();
    const upstream = await bed.startHelper('upstream', '0');
    const service = await bed.startService(topics, upstream.port);
    const characterId = POPULATIONS.bonuses.first;
    await ready(service);
    await bed.kafka.produce(topics.session, [sessionCreated(characterId)]);
    await loggedIn(service, 1);
    await service.stats(characterId);
    const figures: Figure[] = [];
    for (const crowd of CROWDS) {
      progress.step(`overload: ${nameOf(crowd)}`);
      figures.push(...(await measure(bed, service, characterId, crowd)));
    }
    return figures;
  },
};

type Crowd = (typeof CROWDS)[number];

function nameOf({ clients, of }: Crowd): string {
  return `${clients} clients, ${of}`;
}

async function measure(bed: Bed, service: Service, characterId: number, what: Crowd): Promise<Figure[]> {
  const { clients, of } = what;
  const path = of === 'stats' ? statsPath(characterId) : `${statsPath(characterId)}/explain`;
  const memoryBefore = await residentBytes(service);
  const crowd = await startCrowd(bed, service, { path, clients, loadMs: LOAD_MS, warmUpMs: WARM_UP_MS });
  const memory = ((await residentBytes(service)) - memoryBefore) / clients;
  const probing = new AbortController();
  const probes = probe(service, probing.signal);
  const load = await crowd.load();
  probing.abort();
  const liveness = await probes;
  await crowd.child.end();
  const { goodput, latencies, shed, givenUp } = load;
  const name = nameOf(what);
  const answers = latencies.length + shed;
  return [
    { name: `${name}: 200s`, unit: 'req/s', service: goodput },
    { name: `${name}: time to a 200, p50`, unit: 'ms', service: quantile(latencies, 0.5) },
    { name: `${name}: time to a 200, p99`, unit: 'ms', service: quantile(latencies, 0.99) },
    { name: `${name}: answers that are 503`, unit: '%', service: (100 * shed) / answers },
    { name: `${name}: given up after three`, unit: '%', service: (100 * givenUp) / (latencies.length + givenUp) },
    { name: `${name}: /api/livez, p99`, unit: 'ms', service: quantile(liveness, 0.99) },
    // With fewer, what the heap does by itself is more than the connections.
    ...(what === CROWDS[1]
      ? [{ name: `${name}: a connection that has not asked yet`, unit: 'bytes', service: memory }]
      : []),
  ];
}

/** Ms that each question for liveness took. */
async function probe(service: Service, signal: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  while (!signal.aborted) {
    const from = performance.now();
    await service.http.text('/api/livez');
    times.push(performance.now() - from);
    await delay(PROBE_EVERY_MS);
  }
  return times;
}

async function residentBytes({ http }: Service): Promise<number> {
  const metrics = await http.text('/api/metrics');
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}
