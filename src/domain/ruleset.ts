import type { BuffStat, SkillLevel, WornAsset } from './snapshot.ts';
import type { BaseValues, Stat } from './stat.ts';
import type { StaticData } from './static-data.ts';

/** Everything that a ruleset may look at. Buffs that lapsed are already left out. */
export interface CalculationInput {
  readonly base: BaseValues;
  readonly assets: readonly WornAsset[];
  readonly buffs: readonly BuffStat[];
  readonly skills: readonly SkillLevel[];
  readonly data: StaticData;
  /** False switches the qualification gate off (`EQUIPMENT_REQUIREMENTS=off`). */
  readonly checkRequirements: boolean;
}

/** A bonus that counts. Exactly one of amount, percent, basePercent is not 0. */
export interface Bonus {
  readonly kind: 'equipment' | 'buff' | 'passive';
  /** Asset id, buff source id or skill id. */
  readonly id: number;
  readonly stat: Stat;
  /** Flat, int32. */
  readonly amount: number;
  /** Integer percent of (base + flat). */
  readonly percent: number;
  /** Integer percent of base alone. */
  readonly basePercent: number;
}

/** What could not be taken into account because static data is not loaded. */
export interface MissingData {
  /** Templates whose requirements are unknown: their items count. */
  readonly templateIds: readonly number[];
  /** Learnt skills whose data is unknown: they grant nothing. */
  readonly skillIds: readonly number[];
  /** Skills behind a full energy charge whose data or level is unknown: they grant nothing. */
  readonly buffSkillIds: readonly number[];
}

export interface EffectiveStats {
  /** One value per stat, in the order of STATS. Each 0–4294967295. */
  readonly values: readonly number[];
  /** Ordered by kind (equipment, buff, passive), then id as a number, then stat in the order of STATS. */
  readonly bonuses: readonly Bonus[];
  readonly missing: MissingData;
}

/** One way to compute effective stats. Pure; the order of the input lists never matters. */
export interface Ruleset {
  readonly name: string;
  compute(input: CalculationInput): EffectiveStats;
  /** Skills whose data the given buffs need (energy charge). */
  skillsOfBuffs(buffs: readonly BuffStat[]): readonly number[];
}
