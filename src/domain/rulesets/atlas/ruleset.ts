import type { CalculationInput, EffectiveStats, Recorder, Ruleset } from '../../ruleset.ts';
import { buffEntries } from '../buff-entries.ts';
import { chargingSkills } from '../energy-charge.ts';
import { countingBonuses } from '../entry.ts';
import { equipmentEntries } from '../equipment-entries.ts';
import { evaluate } from '../evaluation.ts';
import { withoutRequirements } from '../requirements.ts';
import { MEANINGS, PHASE, PHASES } from './meanings.ts';
import { passiveEntries } from './passive-entries.ts';
import { qualify } from './qualification.ts';

/**
 * What Atlas computes, with its defects mended (docs/reference/rulesets.md): collect the bonuses of passives and buffs, then of the gear
 * that the wearer qualifies for with them, then total each stat.
 */
export const atlas = {
  name: 'atlas',
  compute,
  skillsOfBuffs: chargingSkills,
} as const satisfies Ruleset;

function compute(input: CalculationInput, recorder?: Recorder): EffectiveStats {
  const buffs = buffEntries(input, MEANINGS, false, recorder);
  const passives = passiveEntries(input.skills, input.data, recorder);
  const own = [...buffs.entries, ...passives.entries];
  const gear = input.checkRequirements ? qualify(input, own) : withoutRequirements(input.assets);
  const entries = [...equipmentEntries(gear.verdicts, PHASE.equipment, recorder), ...own];
  return {
    values: evaluate(input.base, PHASES, entries, recorder),
    bonuses: countingBonuses(entries),
    missing: {
      templateIds: gear.unknownTemplateIds,
      skillIds: passives.unknownSkillIds,
      buffSkillIds: buffs.unknownSkillIds,
    },
  };
}
