import type { CharacterView, Moment } from './character.ts';
import { hasBase } from './freshness.ts';
import { hasLapsed } from './merge.ts';
import type { CalculationInput } from './ruleset.ts';
import type { BuffStat } from './snapshot.ts';
import { BASE_FIELDS, type BaseField, type BaseValues } from './stat.ts';
import type { StaticData } from './static-data.ts';

export interface EffectiveOptions {
  /** Ms after expiresAt for which a buff still counts (rules §4). */
  readonly expiryGrace: number;
  readonly checkRequirements: boolean;
}

/** What a ruleset computes a character's stats from, at a moment; undefined while the base was never loaded. */
export function calculationInput(
  view: CharacterView,
  moment: Moment,
  data: StaticData,
  options: EffectiveOptions,
): CalculationInput | undefined {
  if (!hasBase(view)) return undefined;
  return {
    base: baseValues(view),
    assets: view.assets().map((entry) => entry.asset),
    buffs: activeBuffs(view, moment, options.expiryGrace),
    skills: view
      .skills()
      .map((entry) => entry.skill)
      .filter((skill) => skill.level > 0),
    data,
    checkRequirements: options.checkRequirements,
  };
}

function baseValues(view: CharacterView): BaseValues {
  const values = BASE_FIELDS.map((field) => [field, view.base(field)?.value ?? 0]);
  return Object.fromEntries(values) as Record<BaseField, number>;
}

/** Buffs that count now. */
export function activeBuffs(view: CharacterView, moment: Moment, expiryGrace: number): BuffStat[] {
  return view
    .buffs()
    .map((entry) => entry.buff)
    .filter((buff) => !hasLapsed(buff, moment, expiryGrace));
}

/** Buffs that are held and no longer count, though nobody ended them. */
export function lapsedBuffs(view: CharacterView, moment: Moment, expiryGrace: number): BuffStat[] {
  return view
    .buffs()
    .map((entry) => entry.buff)
    .filter((buff) => hasLapsed(buff, moment, expiryGrace));
}

/** Epoch ms at which the next buff stops counting by itself; Infinity: none will. */
export function nextLapseAt(buffs: readonly BuffStat[], expiryGrace: number): number {
  return buffs.reduce(
    (next, { expiresAt }) => (expiresAt === undefined ? next : Math.min(next, expiresAt + expiryGrace)),
    Number.POSITIVE_INFINITY,
  );
}
