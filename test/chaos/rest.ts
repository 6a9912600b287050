import { setTimeout as delay } from 'node:timers/promises';
import { STATS } from '../../src/domain/stat.ts';
import { isOnline, type Who } from '../../world/model.ts';
import { oracleStats } from '../support/oracle.ts';
import type { StatsAnswer } from '../support/service-process.ts';
import { equals, WHILE_LISTED } from './judge.ts';
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
  /** Residents who are logged out, of which the service could not know. */
  readonly lingering: number;
  /** Until everyone was right. */
  readonly ms: number;
}

/** Promised in how-state-works: everything has healed this long after the last fault. */
const QUIET_MS = 10_000;
const AT_ONCE = 16;
/**
 * Reads everyone until who is online is answered right and whole, and nobody whose end of session the service must know is
 * held as one who is logged in; what is not so after 10 s is a mismatch.
 */
export async function checkAtRest(stage: Stage): Promise<Rest> {
  const began = performance.now();
  const lingering = new Set<string>();
  let wrong: Mismatch[] = stage.world.characters().map((who) => ({ who, character: nameOf(who), why: '' }));
  while (wrong.length > 0 && performance.now() < began + QUIET_MS) {
    const checked = await inTurn(wrong, async ({ who, character }) => {
      const why = await whyWrong(stage, who, lingering);
      return why === undefined ? [] : [{ who, character, why }];
    });
    wrong = checked.flat();
    if (wrong.length > 0) await delay(100);
  }
  return { mismatches: wrong, lingering: lingering.size, ms: performance.now() - began };
}

async function whyWrong(stage: Stage, who: Who, lingering: Set<string>): Promise<string | undefined> {
  for (const [index, subject] of stage.subjects.entries()) {
    const why = await whyWrongAt(subject, stage, who, lingering);
    if (why !== undefined) return stage.subjects.length === 1 ? why : `replica ${index}: ${why}`;
  }
  return undefined;
}

async function whyWrongAt(
  subject: Subject,
  { world, sessionEnds }: Stage,
  who: Who,
  lingering: Set<string>,
): Promise<string | undefined> {
  if (!isOnline(world.get(who))) {
    const resident = await subject.isResident(who);
    if (resident === undefined) return 'no explanation';
    if (!resident) return undefined;
    if (sessionEnds.mustKnow(who)) return 'logged out, and yet a resident';
    lingering.add(nameOf(who));
    return undefined;
  }
  const answer = await subject.ask(who);
  if (answer === undefined) return 'no answer';
  if (answer.status !== 200) return `status ${answer.status}`;
  if (answer.degraded.length > 0) return `degraded: ${answer.degraded}`;
  const expected = oracleStats(world.get(who), { now: Date.now(), grace: WHILE_LISTED, format: world.format });
  return equals(answer, expected) ? undefined : difference(answer, expected);
}

function difference({ attributes, bonuses }: StatsAnswer, expected: Record<string, number>): string {
  const got = Object.values(attributes);
  const stats = STATS.flatMap((stat, index) =>
    got[index] === expected[stat] ? [] : [`${stat} is ${got[index]} instead of ${expected[stat]}`],
  );
  return `${stats.join(', ')}; it lists ${JSON.stringify(bonuses)}`;
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  }
  return results;
}
