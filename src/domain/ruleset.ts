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
  /** Buffs that lapsed: they never count, a recorder shows them as expired. */
  readonly lapsedBuffs?: readonly BuffStat[];
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

/** Where a line comes from. `base`: the character service. `rule`: a limit or a formula of the ruleset. */
export type LineSource =
  | { readonly kind: 'base' | 'rule' }
  | { readonly kind: 'equipment'; readonly id: number; readonly templateId: number }
  | { readonly kind: 'buff'; readonly id: number; readonly statType: string }
  | { readonly kind: 'passive'; readonly id: number; readonly level: number };

/**
 * Why an entry does not count, or counts only in part or for now.
 * suppressed: a stronger one of its type counts. replaced: a newer one of its source counts. unqualified: the wearer
 * does not meet the requirements. expired: it lapsed. capped, raised: a limit of the stat. unknown: data is not loaded.
 * inert: it has no effect as it is.
 */
export type ReasonCode =
  | 'suppressed'
  | 'replaced'
  | 'unqualified'
  | 'expired'
  | 'capped'
  | 'raised'
  | 'unknown'
  | 'inert';

export interface Reason {
  readonly code: ReasonCode;
  /** For people: what stands in the way, with its numbers. */
  readonly text: string;
}

/** How a number acts: added, as percent of what the stat was before the phase, or as percent of base alone. */
export type Form = 'amount' | 'percent' | 'basePercent';

/** One thing that bears on a stat, whether it counts or not. */
export interface Line {
  /** The step of the calculation, in the ruleset's words. Lines come in the order of the calculation. */
  readonly phase: string;
  readonly source: LineSource;
  readonly form: Form;
  /** The number that the source carries; of a limit: the limit. */
  readonly raw: number;
  /** What it changed the stat by, 0 when it does not count. A stat's lines add up to its value. */
  readonly applied: number;
  readonly reason: Reason | undefined;
}

/** Takes down a calculation while it runs. Calls for one stat come in the order of the calculation. */
export interface Recorder {
  line(stat: Stat, line: Line): void;
  /** A source that bears on no stat as it is. */
  idle(source: LineSource, reason: Reason): void;
  /** A value that no answer carries, e.g. `magic`; its lines add up to it. */
  derived(name: string, lines: readonly Line[]): void;
}

/** One way to compute effective stats. Pure; the order of the input lists never matters. */
export interface Ruleset {
  readonly name: string;
  /** With a recorder the result is the same, and every entry that bears on it is taken down. */
  compute(input: CalculationInput, recorder?: Recorder): EffectiveStats;
  /** Skills whose data the given buffs need (energy charge). */
  skillsOfBuffs(buffs: readonly BuffStat[]): readonly number[];
}
