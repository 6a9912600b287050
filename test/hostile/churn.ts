import { randomUUID } from 'node:crypto';
import { until } from '../support/wait.ts';
import { type Bed, TENANTS } from './bed.ts';
import { unchanged } from './generator.ts';
import { consumed } from './message-campaign.ts';
import { observe } from './observed.ts';

export interface ChurnReport {
  readonly visitors: number;
  readonly sessions: number;
  readonly tenants: number;
  readonly peakHeapBytes: number;
}

/** Far from everybody else's. */
const FIRST_ID = 2_000_000;
const ROUND = 500;
const GONE_MS = 20_000;
const AT_A_TIME = 16;

/** Characters log in and out, others are only looked at, and tenants that nobody knows ask: all of it has to go again. */
export async function churn(bed: Bed, characters: number): Promise<ChurnReport> {
  const { world, service } = bed;
  const [tenant] = TENANTS;
  if (tenant === undefined) throw new Error('there are no tenants');
  const atRest = await residents(bed);
  let peakHeapBytes = 0;
  for (let from = 0; from < characters; from += ROUND) {
    const ids = Array.from({ length: Math.min(ROUND, characters - from) }, (_, at) => FIRST_ID + from + at);
    for (const characterId of ids) {
      world.makeUp({ tenant, characterId });
      world.login({ tenant, characterId }, 1);
      world.logout({ tenant, characterId });
    }
    await bed.send(bed.takeEmitted().map(unchanged));
    await consumed(bed);
    const queue = [...ids];
    const look = async (): Promise<void> => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        await service.stats(tenant, id);
        await service.stats({ ...tenant, id: randomUUID() }, id);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, look));
    peakHeapBytes = Math.max(peakHeapBytes, (await observe(service)).heapBytes);
  }
  await until('visitors and sessions are gone', async () => (await residents(bed)) <= atRest, GONE_MS);
  return { visitors: characters, sessions: characters, tenants: characters, peakHeapBytes };
}

/** Characters held: the residents, while no visitor is left. */
async function residents({ service }: Bed): Promise<number> {
  const { text } = await observe(service);
  const [, visitors = '0'] = /^effective_stats_visitors (\d+)$/m.exec(text) ?? [];
  const [, held = '0'] = /^effective_stats_residents (\d+)$/m.exec(text) ?? [];
  return visitors === '0' ? Number(held) : Number.POSITIVE_INFINITY;
}
