import type { CharacterView, CharacterWriter, Moment } from '../character.ts';
import type { SkillChanged } from '../event.ts';
import { hint, isSettled, predatesFetch } from './hint.ts';
import type { Outcome } from './outcome.ts';

/** Applies the level that the event carries; the re-read decides (rule 1). */
export function changeSkill(
  view: CharacterView,
  event: SkillChanged,
  moment: Moment,
  writer: CharacterWriter,
): Outcome {
  const { skillId, level } = event;
  const known = level !== undefined && (view.skill(skillId)?.skill.level ?? 0) === level;
  if (known && isSettled(view, 'passives')) return 'unchanged';
  // A level that equals the held one is written as well: a fetch in flight may carry an older one.
  const applies = level !== undefined && !predatesFetch(view, 'passives', event, moment);
  if (applies) writer.putSkill(skillId, level);
  hint('passives', 'skills changed', event, moment, writer);
  return applies && !known ? 'applied' : 'hinted';
}
