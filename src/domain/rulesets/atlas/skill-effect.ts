import type { Lookup, SkillData, SkillEffect } from '../../static-data.ts';

/** The effect at a level from 1; null: there is none. undefined: the skill's data is unknown. */
export function effectAt(skill: Lookup<SkillData>, level: number): Lookup<SkillEffect> {
  if (skill === undefined) return undefined;
  return skill?.effects[level - 1] ?? null;
}
