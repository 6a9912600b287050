import type { SkillChanged } from '../event.ts';
import {
  type Heard,
  type HearingContext,
  isAtRest,
  laidOver,
  type PartState,
  predates,
  withFact,
} from '../part-state.ts';
import { type SkillRow, unpackSkills } from '../rows.ts';
import type { SkillLevel } from '../snapshot.ts';
import { type PartChange, provisional } from './change.ts';

/** A skill's level that was announced; 0: it was forgotten. */
export interface SkillFact extends Heard {
  readonly skillId: number;
  readonly level: number;
}

export type PassivesPart = PartState<SkillRow, SkillFact>;

/** What is learnt. Every level is at least 1. */
export function skillsOf(part: PassivesPart): readonly SkillLevel[] {
  const read = part.read === undefined ? [] : unpackSkills(part.read);
  const facts = laidOver(part);
  if (facts.length === 0) return read;
  const kept = read.filter(({ skillId }) => !facts.some((fact) => fact.skillId === skillId));
  return [...kept, ...facts.filter(({ level }) => level > 0).map(({ skillId, level }) => ({ skillId, level }))];
}

/** The level that the event carries counts at once; the re-read decides. */
export function hearSkillChanged(
  part: PassivesPart,
  event: SkillChanged,
  context: HearingContext,
): PartChange<PassivesPart> {
  const { skillId, level } = event;
  const known = level !== undefined && levelIn(skillsOf(part), skillId) === level;
  if (known && isAtRest(part, context)) return { part, outcome: 'unchanged' };
  const applies = level !== undefined && !predates(part, event.recordTime, context);
  // A level that equals the held one is remembered as well: a read under way may carry an older one.
  const heard = applies
    ? withFact(part, { skillId, level, heardAt: context.mono }, (other) => other.skillId === skillId)
    : part;
  return provisional(heard, 'skills changed', context, applies && !known);
}

export function contradictedByPassives(read: SkillRow): (fact: SkillFact) => boolean {
  const skills = unpackSkills(read);
  return ({ skillId, level }) => levelIn(skills, skillId) !== level;
}

export function sameSkills(a: readonly SkillLevel[], b: readonly SkillLevel[]): boolean {
  return a.length === b.length && a.every(({ skillId, level }) => levelIn(b, skillId) === level);
}

function levelIn(skills: readonly SkillLevel[], skillId: number): number {
  return skills.find((skill) => skill.skillId === skillId)?.level ?? 0;
}
