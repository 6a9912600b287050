import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../test/support/wait.ts';
import type { Bed } from '../bed.ts';
import type { Case, Sizes } from '../case.ts';
import type { Figure } from '../figure.ts';
import { connectHttp } from '../http.ts';
import type { Progress } from '../progress.ts';
import { sessionCreated, TENANT_HEADERS } from '../records.ts';
import { loggedIn, ready, type Service, statsPath } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const { first, passives } = POPULATIONS.geared;
/** They warm caches and code, and do not count. */
const SMALL = 500;
const READS_AT_ONCE = 64;
/** The last answers have been merged by then, confirming reads are over, and no read's budget is remembered. */
const SETTLED_MS = 8_000;
const DEADLINE_MS = 5 * 60_000;
/** Visitors that stay and are not audited; and patience, where the machine does other work. */
const VISITORS = {
  VISITOR_MAX: '1000000',
  VISITOR_TTL: '24h',
  AUDIT_PERIOD: '24h',
  READ_WAIT: '30s',
};

/** Bytes per character with 12 items, 4 buffs and 10 passives: the difference between two populations. */
export const memory: Case = {
  about: 'bytes of heap per resident, and of RSS per character loaded by a GET: 12 items, 4 buffs, 10 passives',
  steps: ({ visitors }) => 3 + visitors.length,
  async run(bed, sizes, progress) {
    const residents = await residentFigures(bed, sizes, progress);
    await bed.clear();
    return [...residents, ...(await visitorFigures(bed, sizes, progress))];
  },
};

async function residentFigures(bed: Bed, sizes: Sizes, progress: Progress): Promise<Figure[]> {
  const topics = await bed.createTopics();
  const upstream = await bed.startHelper('upstream', '0');
  const service = await bed.startService(topics, upstream.port);
  await ready(service);
  const { population } = sizes;
  const grow = async (from: number, to: number): Promise<number> => {
    const ids = Array.from({ length: to - from }, (_, index) => first + from + index);
    await bed.produceAll(
      topics.session,
      ids.map((id) => sessionCreated(id)),
    );
    await loggedIn(service, to, DEADLINE_MS);
    const isAnswered = async (): Promise<boolean> => Number(await upstream.child.ask('count')) >= 4 * to;
    await until(`the reads of ${to} logins are answered`, isAnswered, DEADLINE_MS);
    await delay(SETTLED_MS);
    return (await service.memory()).heap;
  };
  progress.step(`memory: ${SMALL} residents`);
  const small = await grow(0, SMALL);
  progress.step(`memory: ${population} residents`);
  const large = await grow(SMALL, population);
  progress.step('memory: each is read once');
  await readAll(service, 0, population);
  const read = (await service.memory()).heap;
  const loaded = (large - small) / (population - SMALL);
  return [
    {
      name: 'memory per resident, loaded',
      unit: 'bytes',
      service: loaded,
      aim: { text: '≤ 1,024', met: loaded <= 1_024 },
    },
    { name: 'the same, more once it has been read', unit: 'bytes', service: (read - large) / population },
  ];
}

async function visitorFigures(bed: Bed, sizes: Sizes, progress: Progress): Promise<Figure[]> {
  const topics = await bed.createTopics();
  const upstream = await bed.startHelper('upstream', '0');
  const service = await bed.startService(topics, upstream.port, { variables: VISITORS });
  await ready(service);
  const settled = async (): Promise<number> => {
    await delay(SETTLED_MS);
    await service.memory();
    return (await service.memory()).rss;
  };
  await readAll(service, 0, SMALL);
  const before = await settled();
  const figures: Figure[] = [];
  let loaded = SMALL;
  for (const visitors of sizes.visitors) {
    progress.step(`memory: ${visitors} are loaded by GETs`);
    await readAll(service, loaded, SMALL + visitors);
    loaded = SMALL + visitors;
    const each = ((await settled()) - before) / visitors;
    figures.push({
      name: `RSS per character loaded by a GET, ${visitors.toLocaleString('en-US')} of them`,
      unit: 'bytes',
      service: each,
      aim: { text: '≤ 8 KB', met: each <= 8 * 1_024 },
    });
  }
  return figures;
}

/** Also proves that what was measured is there. */
async function readAll(service: Service, from: number, to: number): Promise<void> {
  let next = from;
  const read = async (): Promise<void> => {
    const connection = connectHttp(service.port, TENANT_HEADERS);
    while (next < to) {
      const id = first + next;
      next += 1;
      const body = await connection.text(statsPath(id));
      if (body.split('"passive:').length - 1 !== passives) {
        throw new Error(`character ${id} is not loaded: ${body.slice(0, 300)}`);
      }
    }
    connection.close();
  };
  await service.child.whileAlive(Promise.all(Array.from({ length: READS_AT_ONCE }, read)));
}
