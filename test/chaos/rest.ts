import { STATS } from '../../src/domain/stat.ts';
import { isOnline, type Who } from '../../src/world/truth.ts';
import type { World } from '../../src/world/world.ts';
import { oracleStats } from '../support/oracle.ts';
import type { StatsAnswer } from '../support/service-process.ts';
import { equals, GRACE_MS } from './judge.ts';
import type { Subject } from './subject.ts';
import { nameOf } from './truth-history.ts';

/** An answer that was still not what the oracle says, or still degraded, when everything had been quiet long enough. */
export interface Mismatch {
  readonly who: Who;
  readonly character: string;
  readonly why: string;
}

/** Architecture §7: everything has healed this long after the last fault. */
const QUIET_MS = 10_000;
const AT_ONCE = 16;
/** The service's clock may be off by its tolerance: a lapse in these few seconds is allowed either way. */
const LAPSE_FUZZ_MS = 3_000;

/**
 * Reads everyone until who is online is answered right and whole, and nobody else is held as one who is logged in; what is
 * not so after 10 s is a mismatch.
 */
export async function checkAtRest(world: World, subject: Subject): Promise<{ mismatches: Mismatch[]; ms: number }> {
  const began = performance.now();
  let wrong: Mismatch[] = world.characters().map((who) => ({ who, character: nameOf(who), why: '' }));
  while (wrong.length > 0 && performance.now() < began + QUIET_MS) {
    const checked = await inTurn(wrong, async ({ who, character }) => {
      const why = await whyWrong(world, subject, who);
      return why === undefined ? [] : [{ who, character, why }];
    });
    wrong = checked.flat();
    if (wrong.length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { mismatches: wrong, ms: performance.now() - began };
}

async function whyWrong(world: World, subject: Subject, who: Who): Promise<string | undefined> {
  if (!isOnline(world.get(who))) {
    const resident = await subject.isResident(who);
    if (resident === undefined) return 'no explanation';
    return resident ? 'logged out, and yet a resident' : undefined;
  }
  const answer = await subject.ask(who);
  if (answer === undefined) return 'no answer';
  if (answer.status !== 200) return `status ${answer.status}`;
  if (answer.degraded.length > 0) return `degraded: ${answer.degraded}`;
  const now = Date.now();
  const truth = world.get(who);
  const fits = [0, -LAPSE_FUZZ_MS, LAPSE_FUZZ_MS].some((fuzz) =>
    equals(answer, oracleStats(truth, { now: now + fuzz, grace: GRACE_MS, format: world.format })),
  );
  return fits ? undefined : difference(answer, oracleStats(truth, { now, grace: GRACE_MS, format: world.format }));
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
