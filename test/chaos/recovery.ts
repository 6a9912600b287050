import { setTimeout as delay } from 'node:timers/promises';
import type { Prng } from '../../src/lib/prng.ts';
import { isOnline } from '../../world/model.ts';
import type { Excuses } from './excuses.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './subject.ts';
import type { Watch } from './watch.ts';

/** Of characters, all of whom have to be answered well. */
const SAMPLE = 5;
const GIVE_UP_AFTER_MS = 30_000;
/** Records; some 300 come between two commits. */
const UNCOMMITTED_MAX = 1_000;

/**
 * Ms until every replica is ready, its feed current, its commits taken, and a sample of characters answered with nothing
 * degraded but what a failing upstream service excuses.
 */
export async function recoveryTime(
  stage: Stage,
  excuses: Excuses,
  watch: Pick<Watch, 'uncommitted'>,
  prng: Prng,
): Promise<number> {
  const began = performance.now();
  while (performance.now() < began + GIVE_UP_AFTER_MS) {
    if ((await isCommitting(watch)) && (await isWell(stage, excuses, prng))) break;
    await delay(50);
  }
  return performance.now() - began;
}

async function isCommitting(watch: Pick<Watch, 'uncommitted'>): Promise<boolean> {
  const uncommitted = await watch.uncommitted();
  return uncommitted !== undefined && uncommitted <= UNCOMMITTED_MAX;
}

async function isWell(stage: Stage, excuses: Excuses, prng: Prng): Promise<boolean> {
  const well = await Promise.all(stage.subjects.map((subject) => isOneWell(subject, stage.world, excuses, prng)));
  return well.every((each) => each);
}

async function isOneWell(subject: Subject, world: Stage['world'], excuses: Excuses, prng: Prng): Promise<boolean> {
  const readiness = await subject.readiness();
  if (readiness?.status !== 200 || readiness.degraded.includes('feed')) return false;
  const excused = excuses.degradable();
  const sample = prng.shuffle(world.characters().filter(isOnline)).slice(0, SAMPLE);
  const answers = await Promise.all(sample.map(subject.ask));
  return answers.every((answer) => {
    if (answer?.status === 503) return excused.has('base');
    return answer?.status === 200 && answer.degraded.every((name) => excused.has(name));
  });
}
