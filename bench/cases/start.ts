import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bed } from '../bed.ts';
import type { Case } from '../case.ts';
import { type Figure, median } from '../figure.ts';
import { rssOf, startAndAsk } from '../first-answer.ts';
import { connectHttp } from '../http.ts';
import type { Progress } from '../progress.ts';
import { sessionCreated } from '../records.ts';
import { loggedIn } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const IDLE_MS = 300;
/** From the first answer until memory is looked at. */
const SETTLE_MS = 10_000;
const ROOT = join(import.meta.dirname, '..', '..');
const SERVICE = [join(ROOT, 'bin', 'effective-stats.js'), 'serve'];
const BARE = [join(ROOT, 'bench', 'processes', 'bare-fastify.js')];
/** Nobody is there: the first answer waits for neither broker nor services. */
const ALONE = { BOOTSTRAP_SERVERS: '127.0.0.1:1', BASE_SERVICE_URL: 'http://127.0.0.1:1/api/', LOG_LEVEL: 'fatal' };

/** From starting the process to its first answer and to the first event's effect, from SIGTERM to the end, and idle memory. */
export const start: Case = {
  about: 'ms from process start to the first answer and the first event visible; ms from SIGTERM to exit; idle memory',
  steps: ({ rounds }) => rounds * 2,
  async run(bed, sizes, progress) {
    const upstream = await bed.startHelper('upstream', '0');
    const times: { visible: number[]; bare: number[]; exit: number[] } = { visible: [], bare: [], exit: [] };
    for (let round = 0; round < sizes.rounds; round++) {
      progress.step(`start: round ${round + 1}`);
      const { visible, exit, topic } = await startOnce(bed, upstream.port);
      times.visible.push(visible);
      times.exit.push(exit);
      times.bare.push(await startBare(bed, topic));
    }
    const answers = await firstAnswers(sizes.rounds, progress);
    return [...answers, ...figures(median(times.visible), median(times.bare), median(times.exit))];
  },
};

interface Start {
  readonly ms: number;
  readonly cpu: number;
  readonly rss: number;
}

/** By turns, after one start whose compiled code is kept. */
async function firstAnswers(rounds: number, progress: Progress): Promise<Figure[]> {
  await (await startAndAsk(SERVICE, ALONE)).child.end();
  const service: Start[] = [];
  const bare: Start[] = [];
  for (let round = 0; round < rounds; round++) {
    progress.step(`start: first answer ${round + 1}`);
    bare.push(await startAlone(BARE));
    service.push(await startAlone(SERVICE));
  }
  const figure = (name: string, unit: string, of: (start: Start) => number, aim: string, most: number): Figure => {
    const [mine, its] = [median(service.map(of)), median(bare.map(of))];
    const met = mine <= its * most;
    return { name, unit, service: mine, ceiling: { name: 'bare Fastify', value: its }, aim: { text: aim, met } };
  };
  return [
    figure('process start → first answer', 'ms', ({ ms }) => ms, '≤ 2 × Fastify', 2),
    figure('the same, of the process', 'ms CPU', ({ cpu }) => cpu, '≤ 2 × Fastify', 2),
    figure('resident memory, idle', 'bytes', ({ rss }) => rss, '≤ 1.25 × Fastify', 1.25),
  ];
}

async function startAlone(program: readonly string[]): Promise<Start> {
  const { child, ms, cpu } = await startAndAsk(program, ALONE);
  await delay(SETTLE_MS);
  const rss = await rssOf(child);
  await child.end();
  return { ms, cpu, rss };
}

async function startOnce(bed: Bed, upstreamPort: number): Promise<{ visible: number; exit: number; topic: string }> {
  const topics = await bed.createTopics();
  await bed.kafka.produce(topics.session, [sessionCreated(POPULATIONS.plain.first)]);
  const service = await bed.startService(topics, upstreamPort);
  await loggedIn(service, 1);
  const visible = performance.now() - service.startedAt;
  await delay(IDLE_MS);
  return { visible, exit: await service.end(), topic: topics.session };
}

/** The client's fetch loop without a group, from its process start to the first record. */
async function startBare(bed: Bed, topic: string): Promise<number> {
  const from = performance.now();
  const { child, port } = await bed.startCeiling(topic);
  const counter = connectHttp(port);
  while ((await counter.text('/')) === '0') await delay(2);
  const took = performance.now() - from;
  counter.close();
  await child.end();
  return took;
}

function figures(visible: number, bare: number, exit: number): Figure[] {
  return [
    {
      name: 'process start → first event visible',
      unit: 'ms',
      service: visible,
      ceiling: { name: 'client fetch loop', value: bare },
      aim: { text: '≤ 1,200 ms', met: visible <= 1_200 },
    },
    { name: 'SIGTERM → exit', unit: 'ms', service: exit, aim: { text: '≤ 1,000 ms', met: exit <= 1_000 } },
  ];
}
