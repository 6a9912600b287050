import type { CalculationInput, Reason } from '../ruleset.ts';
import type { BuffStat } from '../snapshot.ts';
import { NO_EFFECT, SKILL_UNKNOWN } from './reasons.ts';
import { effectAt, levelOf } from './skill-effect.ts';

export const ENERGY_CHARGE = 'ENERGY_CHARGE';

/** Reading of a full energy bar. */
const FULL_ENERGY = 15_000;

/** Weapon attack of the energy bar: the skill's at the buff's level while the bar is full. Else why there is none. */
export function chargedAttack(buff: BuffStat, input: CalculationInput): number | Reason {
  if (buff.amount !== FULL_ENERGY) return { code: 'inert', text: `bar at ${buff.amount} of ${FULL_ENERGY}` };
  const skill = input.data.skill(buff.sourceId);
  if (skill === null) return NO_EFFECT;
  const level = levelOf(buff, input.skills);
  const effect = level === undefined ? undefined : effectAt(skill, level);
  if (effect === undefined) return SKILL_UNKNOWN;
  return effect?.weaponAttack ?? NO_EFFECT;
}

/**
 * Skills whose data the buffs need: every energy charge's, full or not, so that the data is there at the moment at
 * which the bar is full.
 */
export function chargingSkills(buffs: readonly BuffStat[]): readonly number[] {
  return buffs.filter((buff) => buff.statType === ENERGY_CHARGE).map((buff) => buff.sourceId);
}
