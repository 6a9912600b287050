import type { CalculationInput, Reason } from '../../ruleset.ts';
import type { BuffStat } from '../../snapshot.ts';
import type { BuffMeaning, BuffMeanings } from '../buff-entries.ts';
import { chargedAttack, ENERGY_CHARGE } from '../energy-charge.ts';
import { SKILL_UNKNOWN } from '../reasons.ts';
import { levelOf } from '../skill-effect.ts';
import { FLAT_TYPES } from '../stat-types.ts';
import { CONSTANTS, PHASE } from './constants.ts';

/** What each buff stat type bears on, when and how (docs/reference/rulesets.md). Types that are missing here grant nothing. */
export const MEANINGS: BuffMeanings = new Map<string, BuffMeaning>([
  ...FLAT_TYPES.flatMap(([stat, names]) =>
    names.map((name) => [name, { type: stat, stats: [stat], form: 'amount', phase: PHASE.buffs }] as const),
  ),
  // Cosmic: of base and equipment; the sum is rounded down.
  ...one({ type: 'HYPER_BODY_HP', stats: ['max_hp'], form: 'percent', phase: PHASE.hyperBody }),
  ...one({ type: 'HYPER_BODY_MP', stats: ['max_mp'], form: 'percent', phase: PHASE.hyperBody }),
  // Client: BasicStat::SetFrom takes the rate of the raw base stat and cuts off each stat on its own. Cosmic: the same.
  ...one({
    type: 'MAPLE_WARRIOR',
    stats: ['strength', 'dexterity', 'luck', 'intelligence'],
    form: 'basePercent',
    phase: PHASE.mapleWarrior,
  }),
  // Cosmic: the skill's pad while the bar is at 15000, added to the other bonuses.
  ...one({ type: ENERGY_CHARGE, stats: ['weapon_attack'], form: 'amount', phase: PHASE.buffs, value: chargedAttack }),
  ...one({ type: 'ARAN_COMBO', stats: ['weapon_attack'], form: 'amount', phase: PHASE.buffs, value: comboAttack }),
  // Atlas's data service and Cosmic: Dash casts its x as DASH_SPEED and its y as DASH_JUMP.
  ...one({ type: 'DASH_SPEED', stats: ['speed'], form: 'amount', phase: PHASE.buffs }),
  ...one({ type: 'DASH_JUMP', stats: ['jump'], form: 'amount', phase: PHASE.buffs }),
  // Client: SecondaryStat::GetPAD and GetMAD take the percent of everything flat. Atlas's data service: x of the skill.
  ...one({ type: 'ECHO_OF_HERO', stats: ['weapon_attack', 'magic_attack'], form: 'percent', phase: PHASE.echo }),
]);

function one(meaning: BuffMeaning): [string, BuffMeaning][] {
  return [[meaning.type, meaning]];
}

/** One per ten hits of the combo, at most the skill's level. */
function comboAttack(buff: BuffStat, { skills }: CalculationInput): number | Reason {
  const attack = Math.floor(buff.amount / CONSTANTS.comboStep);
  if (attack <= 0) return { code: 'inert', text: `combo at ${buff.amount}: one more per ${CONSTANTS.comboStep}` };
  const level = levelOf(buff, skills);
  return level === undefined ? SKILL_UNKNOWN : Math.min(attack, level);
}
