import type { CharacterView, Moment } from './character.ts';
import type { PartState } from './part-state.ts';
import { FRESH_WITHOUT_FEED_MS } from './timing.ts';

/** What an answer may name as degraded, in this order (contract §3). */
export const DEGRADABLE = ['base', 'equipment', 'buffs', 'passives', 'requirements'] as const;

export type Degradable = (typeof DEGRADABLE)[number];

/** Not stale, and the feed is current or the part was read moments ago (rule 8). A settling part is fresh. */
export function isFresh(part: Readonly<PartState>, moment: Moment, feedCurrent: boolean): boolean {
  if (part.asOfMono === undefined || part.staleVersion > 0) return false;
  return feedCurrent || moment.mono - part.asOfMono < FRESH_WITHOUT_FEED_MS;
}

/** True while a reader should wait for the part's first load: until it fails, or `wait` ms have passed since it began. */
export function isFirstLoadPending(part: Readonly<PartState>, moment: Moment, askedAt: number, wait: number): boolean {
  if (part.asOf !== undefined || part.failures > 0) return false;
  return moment.mono < Math.min(part.firstReadBeganAt ?? askedAt, askedAt) + wait;
}

/** True once the base is loaded: before that no number may be answered (contract §3). */
export function hasBase(view: CharacterView): boolean {
  return view.part('base').asOf !== undefined;
}
