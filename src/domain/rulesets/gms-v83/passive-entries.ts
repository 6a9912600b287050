import type { CalculationInput, Reason, Recorder } from '../../ruleset.ts';
import { bonusOf, grants } from '../bonus.ts';
import { type Entry, entryOf, sourceOf } from '../entry.ts';
import type { Verdict } from '../equipment-entries.ts';
import { NO_EFFECT, SKILL_UNKNOWN } from '../reasons.ts';
import { effectAt } from '../skill-effect.ts';
import { PASSIVES, type Passive } from './passives.ts';

export interface PassiveEntries {
  /** Ordered by skill, then stat. With a recorder those that do not count are among them. */
  readonly entries: readonly Entry[];
  /** Learnt passives whose data is unknown; ascending. */
  readonly unknownSkillIds: readonly number[];
}

/**
 * Entries of the passives that the game knows. A weapon that its wearer does not qualify for counts as none:
 * the client looks for the weapon among the items that count.
 */
export function passiveEntries(
  { skills, data }: CalculationInput,
  gear: readonly Verdict[],
  recorder: Recorder | undefined,
): PassiveEntries {
  const entries: Entry[] = [];
  const unknownSkillIds: number[] = [];
  const known = skills.filter(({ skillId }) => PASSIVES.has(skillId));
  for (const learnt of known.sort((a, b) => a.skillId - b.skillId)) {
    const passive = PASSIVES.get(learnt.skillId);
    if (passive === undefined) continue;
    const reason = isWorn(passive, gear) ? undefined : otherWeapon(passive);
    if (reason !== undefined && recorder === undefined) continue;
    const effect = effectAt(data.skill(learnt.skillId), learnt.level);
    if (effect === undefined && reason === undefined) unknownSkillIds.push(learnt.skillId);
    if (effect === undefined || effect === null) {
      recorder?.idle(sourceOf(learnt), reason ?? (effect === null ? NO_EFFECT : SKILL_UNKNOWN));
      continue;
    }
    for (const [field, stat] of passive.reads) {
      const bonus = bonusOf('passive', learnt.skillId, stat, 'amount', effect[field]);
      if (grants(bonus)) entries.push(entryOf(bonus, passive.phase, learnt, reason));
    }
  }
  return { entries, unknownSkillIds };
}

function isWorn({ weapons }: Passive, gear: readonly Verdict[]): boolean {
  return (
    weapons === undefined || gear.some(({ asset, counts }) => counts && weapons.includes(typeOf(asset.templateId)))
  );
}

/** Only weapons have these types, so the slot need not be looked at. */
function typeOf(templateId: number): number {
  return Math.trunc(templateId / 10_000);
}

function otherWeapon({ name, weapons }: Passive): Reason {
  return { code: 'inert', text: `${name} needs a weapon of type ${weapons?.join(' or ')}` };
}
