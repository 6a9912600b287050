import { setTimeout as delay } from 'node:timers/promises';
import { isOnline, type Who } from '../../world/model.ts';
import { differences } from '../support/differences.ts';
import { oracleStats } from '../support/oracle.ts';
import { HEALED_MS, WHILE_LISTED } from './excuses.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './subject.ts';
import { nameOf } from './truth-history.ts';

/** An answer that was still not what the oracle says, or still degraded, when everything had been quiet long enough. */
export interface Mismatch {
  readonly who: Who;
  readonly character: string;
  readonly why: string;
}

export interface Rest {
  readonly mismatches: readonly Mismatch[];
  /** Until everyone was right. */
  readonly ms: number;
}

const AT_ONCE = 16;

/**
 * Reads everyone until who is online is answered right and whole, and nobody else is held as one who is: every end of a session
 * is on its topic. What is not so after 10 s is a mismatch.
 */
export async function checkAtRest(stage: Stage): Promise<Rest> {
  const began = performance.now();
  let wrong: Mismatch[] = stage.world.characters().map((who) => ({ who, character: nameOf(who), why: '' }));
  while (wrong.length > 0 && performance.now() < began + HEALED_MS) {
    const checked = await inTurn(wrong, async ({ who, character }) => {
      const why = await whyWrong(stage, who);
      return why === undefined ? [] : [{ who, character, why }];
    });
    wrong = checked.flat();
    if (wrong.length > 0) await delay(100);
  }
  return { mismatches: wrong, ms: performance.now() - began };
}

async function whyWrong(stage: Stage, who: Who): Promise<string | undefined> {
  for (const [index, subject] of stage.subjects.entries()) {
    const why = await whyWrongAt(subject, stage, who);
    if (why !== undefined) return stage.subjects.length === 1 ? why : `replica ${index}: ${why}`;
  }
  return undefined;
}

async function whyWrongAt(subject: Subject, { world }: Stage, who: Who): Promise<string | undefined> {
  if (!isOnline(world.get(who))) {
    const resident = await subject.isResident(who);
    if (resident === undefined) return 'no explanation';
    return resident ? 'logged out, and yet a resident' : undefined;
  }
  const answer = await subject.ask(who);
  if (answer === undefined) return 'no answer';
  if (answer.status !== 200) return `status ${answer.status}`;
  if (answer.degraded.length > 0) return `degraded: ${answer.degraded}`;
  const expected = oracleStats(world.get(who), { now: Date.now(), grace: WHILE_LISTED, format: world.format });
  const wrong = differences(answer.attributes, expected);
  return wrong.length === 0 ? undefined : `${wrong.join(', ')}; it lists ${JSON.stringify(answer.bonuses)}`;
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  }
  return results;
}
