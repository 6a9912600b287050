import type { Case } from '../case.ts';
import type { Figure } from '../figure.ts';
import { sessionCreated } from '../records.ts';
import { loggedIn, ready, type Service } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const SMALL = 500;
const READERS = 16;

/** Bytes per resident character with 12 items and 10 passives: the difference between two populations. */
export const memory: Case = {
  about: 'bytes of heap per resident character with 12 items and 10 passives',
  steps: () => 2,
  async run(bed, sizes, progress) {
    const topics = await bed.createTopics();
    const upstream = await bed.startHelper('upstream', '0');
    const service = await bed.startService(topics, upstream.port);
    await ready(service);
    const { first } = POPULATIONS.geared;
    const grow = async (from: number, to: number): Promise<void> => {
      const ids = Array.from({ length: to - from }, (_, index) => first + from + index);
      await bed.produceAll(topics.session, ids.map(sessionCreated));
      await loggedIn(service, to);
      // Answers wait for the first loads: reading proves that everything is there. It also builds what a read keeps.
      await readAll(service, ids);
    };
    progress.step(`memory: ${SMALL} characters`);
    await grow(0, SMALL);
    const small = await service.heap();
    progress.step(`memory: ${sizes.population} characters`);
    await grow(SMALL, sizes.population);
    const large = await service.heap();
    return [figure((large - small) / (sizes.population - SMALL))];
  },
};

function figure(bytes: number): Figure {
  return {
    name: 'memory per resident, loaded and read once',
    unit: 'bytes',
    service: bytes,
    aim: { text: '≤ 1,024', met: bytes <= 1_024 },
  };
}

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
  await Promise.all(Array.from({ length: READERS }, read));
}
