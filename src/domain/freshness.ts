import type { AnyPart } from './character.ts';
import type { Moment } from './part-state.ts';
import { FRESH_WITHOUT_FEED_MS, UNCONFIRMED_MS } from './timing.ts';

/** What an answer may name as degraded, in this order. */
export const DEGRADABLE = ['base', 'equipment', 'buffs', 'passives', 'requirements'] as const;

export type Degradable = (typeof DEGRADABLE)[number];

/**
 * fresh, settling: counts as true; settling: a read will confirm it. stale: it is doubted, or that read is late. unwatched: it
 * would be fresh, but events that concern it may have passed unheard since it was read. unloaded: it was never read.
 */
export type Freshness = 'fresh' | 'settling' | 'stale' | 'unwatched' | 'unloaded';

/** How well the events that concern a part are followed. */
export interface Watch {
  /** True while they are followed up to their end. */
  readonly current: boolean;
  /** Monotonic ms since which none was missed. */
  readonly since: number;
}

export function freshnessOf(part: AnyPart, { mono }: Moment, { current, since }: Watch): Freshness {
  if (part.read === undefined) return 'unloaded';
  if (part.doubt !== undefined || isUnconfirmed(part, mono)) return 'stale';
  if (part.began < since || (!current && mono - part.began >= FRESH_WITHOUT_FEED_MS)) return 'unwatched';
  return part.confirmAt === undefined ? 'fresh' : 'settling';
}

/** True when the read that was to confirm the last one is late: its service cannot be asked, or does not answer. */
export function isUnconfirmed({ confirmAt }: AnyPart, mono: number): boolean {
  return confirmAt !== undefined && mono >= confirmAt + UNCONFIRMED_MS;
}

/** Whether the part counts as true; an answer names the others as degraded. */
export function isFresh(part: AnyPart, moment: Moment, watch: Watch): boolean {
  const freshness = freshnessOf(part, moment, watch);
  return freshness === 'fresh' || freshness === 'settling';
}
