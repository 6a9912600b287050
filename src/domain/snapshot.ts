import type { Instant } from './instant.ts';
import { type BaseValues, STATS, type StatRow } from './stat.ts';

/** An asset that is worn (slot below 0), as the inventory service answers it. */
export interface WornAsset {
  readonly assetId: number;
  readonly templateId: number;
  readonly slot: number;
  readonly stats: StatRow;
}

/** One stat of one buff instance, as the buff service answers it. */
export interface BuffStat {
  readonly sourceId: number;
  /** The wire's stat type, e.g. `WEAPON_ATTACK`. */
  readonly statType: string;
  readonly amount: number;
  readonly level: number | undefined;
  readonly createdAt: Instant;
  /** Epoch ms; undefined: never expires. */
  readonly expiresAt: number | undefined;
}

export interface SkillLevel {
  readonly skillId: number;
  /** At least 1. */
  readonly level: number;
}

/** What one fetch of a part returned: the whole truth of that part at some moment after the fetch began. */
export type PartSnapshot =
  | { readonly part: 'base'; readonly values: BaseValues }
  | { readonly part: 'equipment'; readonly assets: readonly WornAsset[] }
  | { readonly part: 'buffs'; readonly buffs: readonly BuffStat[] }
  | { readonly part: 'passives'; readonly skills: readonly SkillLevel[] };

/** True when two rows grant the same. */
export function sameStats(a: StatRow, b: StatRow): boolean {
  return a === b || STATS.every((stat) => (a[stat] ?? 0) === (b[stat] ?? 0));
}
