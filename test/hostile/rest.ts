import { differences } from '../support/differences.ts';
import { oracleStats } from '../support/oracle.ts';
import { until } from '../support/wait.ts';
import type { Bed } from './bed.ts';
import { unchanged } from './generator.ts';

/** Enough for a rotation of audits, its confirming reads, and a busy machine. */
const REST_MS = 40_000;
/** BUFF_EXPIRY_GRACE. */
const GRACE_MS = 15_000;

/** Waits until every answer is what the oracle makes of the truth; resolves with what is still wrong at the deadline. */
export async function wrongAtRest(bed: Bed): Promise<readonly string[]> {
  let wrong: string[] = [];
  const allRight = async (): Promise<boolean> => {
    bed.world.sweepBuffs();
    await bed.send(bed.takeEmitted().map(unchanged));
    wrong = [];
    for (const character of bed.world.characters()) {
      const { tenant, characterId } = character;
      const { status, attributes, degraded } = await bed.service.stats(tenant, characterId);
      const truth = oracleStats(bed.world.get(character), { now: Date.now(), grace: GRACE_MS });
      const stats = differences(attributes, truth);
      if (status === 200 && stats.length === 0 && degraded.length === 0) continue;
      wrong.push(`${tenant.key} ${characterId}: ${status} degraded ${degraded.join()} ${stats.join()}`);
    }
    return wrong.length === 0;
  };
  await until('every answer is right', allRight, REST_MS).catch(() => undefined);
  return wrong;
}
