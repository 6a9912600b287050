import type { PartSnapshot, SkillLevel } from '../../domain/snapshot.ts';
import { integer, LEVEL } from '../../wire/go-json.ts';
import { numericId, type Resource } from './documents.ts';

/** A skill of level 0 is not learnt. Expirations are left to the skill service, which takes lapsed skills off itself. */
export function readSkill({ id, attributes }: Resource, path: string): SkillLevel {
  return {
    skillId: numericId(id, `${path}.id`),
    level: integer(attributes, 'level', LEVEL, `${path}.attributes.level`),
  };
}

export function skillsSnapshot(skills: readonly SkillLevel[]): PartSnapshot {
  return { part: 'passives', skills: skills.filter((skill) => skill.level > 0) };
}
