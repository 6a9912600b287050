import { setTimeout as delay } from 'node:timers/promises';
import { isOnline } from '../../world/model.ts';
import type { Bed } from './bed.ts';
import { unchanged } from './generator.ts';
import { consumed } from './message-campaign.ts';
import { observe } from './observed.ts';
import { wrongAtRest } from './rest.ts';

export interface BurstReport {
  readonly records: number;
  readonly bytes: number;
  /** Records per second that the service took in. */
  readonly rate: number;
  readonly peakHeapBytes: number;
  readonly peakRssBytes: number;
  readonly stallMs: number;
  /** What it left wrong. */
  readonly wrong: readonly string[];
}

const PORTION = 2_000;
const DRAINED_MS = 120_000;
const BUFF = { sourceId: 1_001_003, level: 20, duration: 600_000, changes: [{ type: 'WEAPON_DEFENSE', amount: 20 }] };

/**
 * All records stand on the topic before the service, frozen until then, may take the first: they come as fast as a broker
 * gives them, which is more than ten times as fast as they can be applied.
 */
export async function burst(bed: Bed, records: number): Promise<BurstReport> {
  const { service, world } = bed;
  const online = world.characters().filter(isOnline);
  let bytes = 0;
  let sent = 0;
  service.signal('SIGSTOP');
  try {
    while (sent < records) {
      for (let count = Math.min(PORTION, records - sent); count > 0; count -= online.length) {
        for (const character of online.slice(0, count)) world.applyBuff(character, BUFF);
      }
      const portion = bed.takeEmitted().map(unchanged);
      bytes += portion.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
      await bed.send(portion);
      sent += portion.length;
    }
  } finally {
    service.signal('SIGCONT');
  }
  const began = performance.now();
  let [peakHeapBytes, peakRssBytes, stallMs] = [0, 0, 0];
  let draining = true;
  const watch = async (): Promise<void> => {
    await observe(service);
    while (draining) {
      const seen = await observe(service);
      peakHeapBytes = Math.max(peakHeapBytes, seen.heapBytes);
      peakRssBytes = Math.max(peakRssBytes, seen.rssBytes);
      stallMs = Math.max(stallMs, seen.stallMs);
      await delay(50);
    }
  };
  const watching = watch();
  await consumed(bed, DRAINED_MS).finally(() => {
    draining = false;
  });
  await watching;
  const seconds = (performance.now() - began) / 1_000;
  const wrong = (await wrongAtRest(bed)).map((what) => `after the burst: ${what}`);
  return { records, bytes, rate: records / seconds, peakHeapBytes, peakRssBytes, stallMs, wrong };
}
