import type { CharacterView, CharacterWriter, Moment } from '../character.ts';
import { hasLapsed } from '../merge.ts';

/** A buff that nobody ended in time makes its part stale, once per instance; the re-read settles it (rules §4). */
export function noticeLapses(
  view: CharacterView,
  moment: Moment,
  expiryGrace: number,
  writer: CharacterWriter,
): boolean {
  const lapsed = view.buffs().filter((entry) => !entry.lapseNoticed && hasLapsed(entry.buff, moment, expiryGrace));
  for (const { buff, updatedAt } of lapsed) writer.putBuff(buff, updatedAt, true);
  if (lapsed.length > 0) writer.markStale('buffs', 'buff lapsed', undefined);
  return lapsed.length > 0;
}
