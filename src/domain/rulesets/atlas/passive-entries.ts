import type { Recorder } from '../../ruleset.ts';
import type { SkillLevel } from '../../snapshot.ts';
import { STATS, type Stat } from '../../stat.ts';
import type { SkillEffect, StaticData } from '../../static-data.ts';
import { bonusOf } from '../bonus.ts';
import { type Entry, entryOf, sourceOf } from '../entry.ts';
import { NO_EFFECT, SKILL_UNKNOWN } from '../reasons.ts';
import { effectAt } from '../skill-effect.ts';
import { PHASE, STATUP_TYPES } from './meanings.ts';

export interface PassiveEntries {
  /** Ordered by skill, then stat. */
  readonly entries: readonly Entry[];
  /** Learnt skills whose data is unknown; ascending. */
  readonly unknownSkillIds: readonly number[];
}

/** Entries of passive skills, the ones whose data says `action: false`. */
export function passiveEntries(
  skills: readonly SkillLevel[],
  data: StaticData,
  recorder: Recorder | undefined,
): PassiveEntries {
  const entries: Entry[] = [];
  const unknownSkillIds: number[] = [];
  for (const learnt of skills.toSorted((a, b) => a.skillId - b.skillId)) {
    const skill = data.skill(learnt.skillId);
    if (skill === undefined) unknownSkillIds.push(learnt.skillId);
    if (skill?.action === true) continue;
    const effect = effectAt(skill, learnt.level);
    if (effect === undefined || effect === null) {
      recorder?.idle(sourceOf(learnt), effect === null ? NO_EFFECT : SKILL_UNKNOWN);
      continue;
    }
    const amounts = amountsOf(effect);
    for (const stat of STATS) {
      const amount = amounts[stat] ?? 0;
      if (amount === 0) continue;
      entries.push(entryOf(bonusOf('passive', learnt.skillId, stat, 'amount', amount), PHASE.passives, learnt));
    }
  }
  return { entries, unknownSkillIds };
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
