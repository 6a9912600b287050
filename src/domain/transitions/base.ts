import type { CharacterView, CharacterWriter, Moment } from '../character.ts';
import type { BaseChanged } from '../event.ts';
import { BASE_FIELDS } from '../stat.ts';
import { hint, isSettled, predatesFetch } from './hint.ts';
import type { Outcome } from './outcome.ts';

/** Applies the values that the event carries; the re-read decides (rule 1). */
export function changeBase(view: CharacterView, event: BaseChanged, moment: Moment, writer: CharacterWriter): Outcome {
  const carried = BASE_FIELDS.filter((field) => event.values[field] !== undefined);
  const differs = carried.some((field) => view.base(field)?.value !== event.values[field]);
  if (!differs && !event.incomplete && isSettled(view, 'base')) return 'unchanged';
  const applies = carried.length > 0 && !predatesFetch(view, 'base', event, moment);
  if (applies) {
    // Equal values are written as well: a fetch in flight may carry older ones.
    for (const field of carried) writer.setBase(field, event.values[field] ?? 0);
  }
  hint('base', event.incomplete ? 'base changed without values' : 'base changed', event, moment, writer);
  return applies && differs ? 'applied' : 'hinted';
}
