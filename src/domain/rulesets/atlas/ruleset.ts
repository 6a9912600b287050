import type { Bonus, CalculationInput, EffectiveStats, Ruleset } from '../../ruleset.ts';
import { type BaseValues, STATS, type Stat } from '../../stat.ts';
import { baseOf, clampStat, statTotal } from '../stat-total.ts';
import { buffBonuses, chargingSkills } from './buff-bonuses.ts';
import { equipmentBonuses } from './equipment-bonuses.ts';
import { passiveBonuses } from './passive-bonuses.ts';
import { qualify } from './qualification.ts';

/** Most that MaxHP and MaxMP can be (rules §2). */
const POOL_CAP = 30_000;

/**
 * What Atlas computes, with its defects mended (rules §2): collect the bonuses of passives and buffs, then of the gear
 * that the wearer qualifies for with them, then total each stat.
 */
export const atlas = {
  name: 'atlas',
  compute,
  skillsOfBuffs: chargingSkills,
} as const satisfies Ruleset;

function compute(input: CalculationInput): EffectiveStats {
  const buffs = buffBonuses(input.buffs, input.skills, input.data);
  const passives = passiveBonuses(input.skills, input.data);
  const own = [...buffs.bonuses, ...passives.bonuses];
  const gear = input.checkRequirements ? qualify(input, own) : { assets: input.assets, unknownTemplateIds: [] };
  const bonuses = [...equipmentBonuses(gear.assets), ...own];
  return {
    values: STATS.map((stat) => effectiveValue(stat, input.base, bonuses)),
    bonuses,
    missing: {
      templateIds: gear.unknownTemplateIds,
      skillIds: passives.unknownSkillIds,
      buffSkillIds: buffs.unknownSkillIds,
    },
  };
}

function effectiveValue(stat: Stat, base: BaseValues, bonuses: readonly Bonus[]): number {
  const total = statTotal(stat, baseOf(base, stat), bonuses);
  return stat === 'max_hp' || stat === 'max_mp' ? clampStat(total, POOL_CAP) : clampStat(total);
}
