import type { Bonus } from '../../ruleset.ts';
import type { SkillLevel } from '../../snapshot.ts';
import { STATS, type Stat } from '../../stat.ts';
import type { SkillEffect, StaticData } from '../../static-data.ts';
import { bonusOf, grants } from '../bonus.ts';
import { effectAt } from './skill-effect.ts';
import { STATUP_TYPES } from './stat-types.ts';

export interface PassiveBonuses {
  /** Ordered by skill, then stat. */
  readonly bonuses: readonly Bonus[];
  /** Learnt skills whose data is unknown; ascending. */
  readonly unknownSkillIds: readonly number[];
}

/** Bonuses of passive skills, the ones whose data says `action: false` (rules §2). */
export function passiveBonuses(skills: readonly SkillLevel[], data: StaticData): PassiveBonuses {
  const bonuses: Bonus[] = [];
  const unknownSkillIds: number[] = [];
  for (const { skillId, level } of skills.toSorted((a, b) => a.skillId - b.skillId)) {
    const skill = data.skill(skillId);
    if (skill === undefined) unknownSkillIds.push(skillId);
    const effect = skill?.action === false ? effectAt(skill, level) : null;
    if (effect === null || effect === undefined) continue;
    const amounts = amountsOf(effect);
    for (const stat of STATS) {
      const bonus = bonusOf('passive', skillId, stat, 'amount', amounts[stat] ?? 0);
      if (grants(bonus)) bonuses.push(bonus);
    }
  }
  return { bonuses, unknownSkillIds };
}

/**
 * A statup replaces the effect's field of the same stat, and a later statup an earlier one, even by 0: Atlas's data
 * service makes its statups from these very fields, so adding both would count one effect twice.
 */
function amountsOf(effect: SkillEffect): Partial<Record<Stat, number>> {
  const amounts: Partial<Record<Stat, number>> = {
    // `hp` and `mp` below 0 are what a cast costs or hurts, not a lower maximum.
    max_hp: Math.max(0, effect.hp),
    max_mp: Math.max(0, effect.mp),
    weapon_attack: effect.weaponAttack,
    weapon_defense: effect.weaponDefense,
    magic_attack: effect.magicAttack,
    magic_defense: effect.magicDefense,
    accuracy: effect.accuracy,
    avoidability: effect.avoidability,
    speed: effect.speed,
    jump: effect.jump,
  };
  for (const { type, amount } of effect.statups) {
    const stat = STATUP_TYPES.get(type);
    if (stat !== undefined) amounts[stat] = amount;
  }
  return amounts;
}
