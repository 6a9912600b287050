import { createPrng, type Prng } from '../../src/lib/prng.ts';
import { ITEM_TEMPLATES } from '../../world/item-templates.ts';
import { isOnline } from '../../world/model.ts';
import { CHANNELS } from '../../world/player-actions.ts';
import { SKILL_TEMPLATES } from '../../world/skill-templates.ts';
import { until } from '../support/wait.ts';
import { type Bed, TENANTS } from './bed.ts';
import { unchanged } from './generator.ts';
import { consumed } from './message-campaign.ts';
import type { Mutant } from './mutant.ts';
import { inUse, observe, observeCollected } from './observed.ts';
import { createRequestCampaign } from './request-campaign.ts';
import { fillBounds, inParallel, newTenant, unreadable } from './soak-fill.ts';

/** The service's memory with nobody held and its garbage collected. */
export interface SoakReading {
  /** Since the first reading. */
  readonly minutes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

export interface SoakReport {
  /** The first with every bound filled. */
  readonly readings: readonly SoakReading[];
  readonly rounds: number;
  readonly sessions: number;
  readonly tenants: number;
  /** Of characters that exist, and of others. */
  readonly visits: number;
  readonly deadLetters: number;
  /** Hostile ones, hung up on ones among them. */
  readonly requests: number;
  /** What should not have been answered so. */
  readonly wrong: readonly string[];
}

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly onReading?: (reading: SoakReading) => void;
}

/** Between two readings. */
const READ_EVERY_MS = 30_000;
/** Phantom residents go after RESIDENT_IDLE_TTL and VISITOR_TTL. */
const GONE_MS = 90_000;
const FIRST_ID = 3_000_000;
const ROUND = { sessions: 100, tenants: 10, visits: 100, deadLetters: 50, requests: 60 };
/** Characters that take turns. */
const CHARACTERS = 1_000;
const BUFF = { sourceId: 1_001_003, level: 20, duration: 600_000, changes: [{ type: 'WEAPON_DEFENSE', amount: 20 }] };

/** Fills every bound and then, for the given time, lets everything come and go that may; nothing of it may stay. */
export async function soak(bed: Bed, { minutes, seed, onReading = () => undefined }: SoakOptions): Promise<SoakReport> {
  const { world } = bed;
  const churn = createChurn(bed, createPrng(seed));
  for (const character of world.characters().filter(isOnline)) world.logout(character);
  await churn.send(bed.takeEmitted().map(unchanged));
  await fillBounds(bed, churn.send);
  // Twice with everything: code that runs for the first time, and caches that it fills, are not growth.
  for (let round = 0; round < 2; round++) await churn.round();
  const began = performance.now();
  const readings: SoakReading[] = [];
  const read = async (): Promise<void> => {
    await nobodyHeld(bed);
    const { heapBytes, externalBytes } = await observeCollected(bed.service);
    const reading = { minutes: (performance.now() - began) / 60_000, heapBytes, externalBytes };
    readings.push(reading);
    onReading(reading);
  };
  await read();
  while (performance.now() < began + minutes * 60_000) {
    const readAt = Math.min(performance.now() + READ_EVERY_MS, began + minutes * 60_000);
    while (performance.now() < readAt) await churn.round();
    await read();
  }
  return { readings, ...churn.report() };
}

/** Resolves once no character is held, and nothing is remembered that goes within seconds. */
async function nobodyHeld({ service }: Bed): Promise<void> {
  const gone = /^effective_stats_(residents|visitors|cache_entries\{cache="(touched-parts|unknown-ids)"\}) 0$/gm;
  await until('nobody is held', async () => [...(await observe(service)).text.matchAll(gone)].length === 4, GONE_MS);
}

function createChurn(bed: Bed, prng: Prng) {
  const { world, service } = bed;
  const [tenant] = TENANTS;
  if (tenant === undefined) throw new Error('there are no tenants');
  const requests = createRequestCampaign(Number(new URL(service.origin).port), prng, prng);
  const counts = { rounds: 0, sessions: 0, tenants: 0, visits: 0, deadLetters: 0 };
  let turn = 0;
  for (let at = 0; at < CHARACTERS; at++) world.makeUp({ tenant, characterId: FIRST_ID + at });
  bed.takeEmitted();

  const send = async (records: readonly Mutant[]): Promise<void> => {
    await bed.send(records);
    await consumed(bed);
  };

  const settle = (): Promise<void> => send(bed.takeEmitted().map(unchanged));

  /** Somebody of a tenant that was never heard of before, with gear and skills. */
  const newcomer = () => {
    const who = { tenant: newTenant(), characterId: 1 };
    bed.admit(who.tenant);
    world.makeUp({ ...who, base: { level: 200, strength: 999, dexterity: 999, luck: 999, intelligence: 999 } });
    for (let nth = 0; nth < 4; nth++) {
      world.learnSkill(who, prng.pick([...SKILL_TEMPLATES.keys()]) ?? 0, 1);
      world.equip(who, world.give(who, prng.pick([...ITEM_TEMPLATES.keys()]) ?? 0));
    }
    return who;
  };

  return {
    send,
    report: () => ({ ...counts, requests: requests.report.requests, wrong: requests.report.wrong }),
    async round(): Promise<void> {
      const those = Array.from({ length: ROUND.sessions }, () => ({
        tenant,
        characterId: FIRST_ID + (turn++ % CHARACTERS),
      }));
      const newcomers = Array.from({ length: ROUND.tenants }, newcomer);
      bed.takeEmitted();
      const all = [...those, ...newcomers];
      for (const who of all) world.login(who, prng.between(0, CHANNELS - 1));
      await settle();
      const visited = Array.from({ length: ROUND.visits }, () => prng.between(FIRST_ID, FIRST_ID + 2 * CHARACTERS));
      await Promise.all([
        inParallel([...newcomers, ...those.slice(0, 20)], (who) => service.stats(who.tenant, who.characterId)),
        inParallel(visited, (id) => service.stats(tenant, id)),
        requests.round(ROUND.requests),
      ]);
      for (const who of all) {
        world.changeChannel(who, prng.between(0, CHANNELS - 1));
        world.applyBuff(who, BUFF);
      }
      await settle();
      for (const who of all) {
        world.expireAllBuffs(who);
        world.logout(who);
      }
      await settle();
      await send(Array.from({ length: ROUND.deadLetters }, () => unreadable(counts.deadLetters++)));
      counts.rounds += 1;
      counts.sessions += 2 * all.length;
      counts.tenants += newcomers.length;
      counts.visits += visited.length;
    },
  };
}

/**
 * The readings in which nothing is left of what filled the bounds at first: ended sessions (100,000, some 220 new ones a round)
 * take that long to be replaced, and memory falls meanwhile.
 */
function settled({ readings }: SoakReport): readonly SoakReading[] {
  return readings.slice(Math.floor(readings.length / 2));
}

/** How far the memory in use is at the end from where it was halfway: medians of thirds of the second half, bytes. */
export function growthOf(report: SoakReport): number {
  const used = settled(report).map(inUse);
  const third = Math.max(1, Math.floor(used.length / 3));
  return median(used.slice(-third)) - median(used.slice(0, third));
}

/** The trend over the second half by least squares, bytes per minute. */
export function slopeOf(report: SoakReport): number {
  const readings = settled(report);
  const mean = (of: (reading: SoakReading) => number): number =>
    readings.reduce((sum, reading) => sum + of(reading), 0) / readings.length;
  const [at, used] = [mean(({ minutes }) => minutes), mean(inUse)];
  const spread = mean(({ minutes }) => (minutes - at) ** 2);
  return spread === 0 ? 0 : mean((reading) => (reading.minutes - at) * (inUse(reading) - used)) / spread;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
