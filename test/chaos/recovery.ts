import { setTimeout as delay } from 'node:timers/promises';
import type { Prng } from '../../src/lib/prng.ts';
import { isOnline, type Who } from '../../world/model.ts';
import type { Excuses } from './excuses.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './subject.ts';
import type { Watch } from './watch.ts';

/** Of characters, each of whom has to be answered well. */
const SAMPLE = 5;
const GIVE_UP_AFTER_MS = 30_000;
/** Records; some 300 come between two commits. */
const UNCOMMITTED_MAX = 1_000;

/**
 * Ms until every replica is ready, its feed current, its commits taken, and each of a sample of characters was answered by it with
 * nothing degraded but what a failing upstream service excuses. Not all at one moment: events go on, and each leaves a doubt
 * until it is read about.
 */
export async function recoveryTime(
  stage: Stage,
  excuses: Excuses,
  watch: Pick<Watch, 'uncommitted'>,
  prng: Prng,
): Promise<number> {
  const began = performance.now();
  const sample = prng.shuffle(stage.world.characters().filter(isOnline)).slice(0, SAMPLE);
  const unseen = new Map(stage.subjects.map((subject) => [subject, new Set(sample)]));
  while (performance.now() < began + GIVE_UP_AFTER_MS) {
    const [committing, ...well] = await Promise.all([
      isCommitting(watch),
      ...stage.subjects.map((subject) => isWell(subject, unseen.get(subject) ?? new Set(), excuses)),
    ]);
    if (committing && well.every((each) => each)) break;
    await delay(50);
  }
  return performance.now() - began;
}

async function isCommitting(watch: Pick<Watch, 'uncommitted'>): Promise<boolean> {
  const uncommitted = await watch.uncommitted();
  return uncommitted !== undefined && uncommitted <= UNCOMMITTED_MAX;
}

/** Takes out of `unseen` who is answered well. */
async function isWell(subject: Subject, unseen: Set<Who>, excuses: Excuses): Promise<boolean> {
  const readiness = await subject.readiness();
  if (readiness?.status !== 200 || readiness.degraded.includes('feed')) return false;
  const excused = excuses.degradable();
  const look = async (who: Who): Promise<void> => {
    const answer = await subject.ask(who);
    const isExcused = answer?.status === 503 && excused.has('base');
    const isWhole = answer?.status === 200 && answer.degraded.every((name) => excused.has(name));
    if (isExcused || isWhole) unseen.delete(who);
  };
  await Promise.all([...unseen].map(look));
  return unseen.size === 0;
}
