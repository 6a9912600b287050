import type { CalculationInput, EffectiveStats, Recorder, Ruleset } from '../../ruleset.ts';
import { buffEntries } from '../buff-entries.ts';
import { chargingSkills } from '../energy-charge.ts';
import { countingBonuses } from '../entry.ts';
import { equipmentEntries } from '../equipment-entries.ts';
import { evaluate } from '../evaluation.ts';
import { PHASE, PHASES } from './constants.ts';
import { magicLines } from './magic.ts';
import { MEANINGS } from './meanings.ts';
import { passiveEntries } from './passive-entries.ts';
import { qualify } from './qualification.ts';

/**
 * What the v83 game computes (docs/reference/rulesets.md): the strongest buff of each type, the gear that the wearer qualifies for with
 * them (no passive raises what gear demands), the passives that this gear lets work, and then phase by phase.
 */
export const gmsV83 = {
  name: 'gms-v83',
  compute,
  skillsOfBuffs: chargingSkills,
} as const satisfies Ruleset;

function compute(input: CalculationInput, recorder?: Recorder): EffectiveStats {
  const buffs = buffEntries(input, MEANINGS, true, recorder);
  const gear = qualify(input, buffs.entries);
  const passives = passiveEntries(input, gear.verdicts, recorder);
  const worn = equipmentEntries(gear.verdicts, PHASE.equipment, recorder);
  const entries = [...worn, ...buffs.entries, ...passives.entries];
  const values = evaluate(input.base, PHASES, entries, recorder);
  recorder?.derived('magic', magicLines(input.base, entries, values));
  return {
    values,
    bonuses: countingBonuses(entries),
    missing: {
      templateIds: gear.unknownTemplateIds,
      skillIds: passives.unknownSkillIds,
      buffSkillIds: buffs.unknownSkillIds,
    },
  };
}
