import type { BuffStat, SkillLevel } from '../snapshot.ts';
import type { Lookup, SkillData, SkillEffect } from '../static-data.ts';

/** The effect at a level from 1; null: there is none. undefined: the skill's data is unknown. */
export function effectAt(skill: Lookup<SkillData>, level: number): Lookup<SkillEffect> {
  if (skill === undefined) return undefined;
  return skill?.effects[level - 1] ?? null;
}

/** The level at which a buff was cast, else the one at which its skill is learnt; undefined: neither is known. */
export function levelOf(buff: BuffStat, skills: readonly SkillLevel[]): number | undefined {
  // Format S has no level, and a Go producer without one sends 0.
  const onWire = buff.level === 0 ? undefined : buff.level;
  return onWire ?? skills.find((learnt) => learnt.skillId === buff.sourceId)?.level;
}
