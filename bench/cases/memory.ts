import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../test/support/wait.ts';
import type { Case } from '../case.ts';
import type { Figure } from '../figure.ts';
import { sessionCreated } from '../records.ts';
import { loggedIn, ready, type Service } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const SMALL = 500;
const READS_AT_ONCE = 16;
/** The last answers have been merged by then. */
const MERGED_MS = 500;

/** Bytes per resident character with 12 items and 10 passives: the difference between two populations. */
export const memory: Case = {
  about: 'bytes of heap per resident character with 12 items and 10 passives',
  steps: () => 3,
  async run(bed, sizes, progress) {
    const topics = await bed.createTopics();
    const upstream = await bed.startHelper('upstream', '0');
    const service = await bed.startService(topics, upstream.port);
    await ready(service);
    const ids = Array.from({ length: sizes.population }, (_, index) => POPULATIONS.geared.first + index);
    const grow = async (from: number, to: number): Promise<number> => {
      await bed.produceAll(topics.session, ids.slice(from, to).map(sessionCreated));
      await loggedIn(service, to);
      const answered = async (): Promise<boolean> => Number(await upstream.child.ask('count')) >= 4 * to;
      await until(`the reads of ${to} logins are answered`, answered, 60_000);
      await delay(MERGED_MS);
      return service.heap();
    };
    progress.step(`memory: ${SMALL} characters`);
    const small = await grow(0, SMALL);
    progress.step(`memory: ${ids.length} characters`);
    const large = await grow(SMALL, ids.length);
    progress.step('memory: each is read once');
    await readAll(service, ids);
    const read = await service.heap();
    return figures((large - small) / (ids.length - SMALL), (read - large) / ids.length);
  },
};

function figures(loaded: number, read: number): Figure[] {
  return [
    {
      name: 'memory per resident, loaded',
      unit: 'bytes',
      service: loaded,
      aim: { text: '≤ 1,024', met: loaded <= 1_024 },
    },
    { name: 'the same, more once it has been read', unit: 'bytes', service: read },
  ];
}

/** Also proves that what was measured is there. */
async function readAll(service: Service, ids: readonly number[]): Promise<void> {
  const left = [...ids];
  const read = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const body = await service.stats(id);
      if (body.split('"passive:').length - 1 !== POPULATIONS.geared.passives) {
        throw new Error(`character ${id} is not loaded: ${body.slice(0, 300)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, read));
}
