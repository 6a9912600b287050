import { STATS } from '../domain/stat.ts';
import type { Preview } from '../refresh/preview.ts';
import { ATTRIBUTES } from './stats-document.ts';
import { timeText } from './time-text.ts';

/** The JSON:API document of a preview. What is undefined is left out. */
export function encodePreview(preview: Preview): string {
  const { characterId, degraded } = preview;
  const before = preview.before.values;
  const after = preview.after.values;
  const attributes = {
    now: timeText(preview.now),
    version: preview.version,
    ruleset: preview.ruleset,
    before: byAttribute((index) => before[index] ?? 0),
    after: byAttribute((index) => after[index] ?? 0),
    difference: byAttribute((index) => (after[index] ?? 0) - (before[index] ?? 0)),
    putOn: preview.putOn.map(({ reason, ...item }) => ({ ...item, qualifies: reason === undefined, reason })),
    takenOff: preview.takenOff,
    stopQualifying: preview.stopQualifying,
    startQualifying: preview.startQualifying,
  };
  const data = { type: 'effective-stats-previews', id: String(characterId), attributes };
  return JSON.stringify(degraded.length === 0 ? { data } : { data, meta: { degraded } });
}

/** A number for each stat, by its position in STATS. */
function byAttribute(valueAt: (index: number) => number): Record<string, number> {
  return Object.fromEntries(STATS.map((stat, index) => [ATTRIBUTES[stat], valueAt(index)]));
}
