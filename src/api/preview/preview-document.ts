import type { Preview, TriedItem } from '../../answers/preview.ts';
import { ATTRIBUTES } from '../../answers/stats-document.ts';
import { STATS } from '../../domain/stat.ts';
import { printableJson } from '../../lib/printable.ts';
import { numbersOf } from '../explain/explanation-document.ts';
import type { Naming } from '../naming.ts';
import { timeText } from '../time-text.ts';

/** The JSON:API document of a preview. What is undefined is left out. */
export function encodePreview(preview: Preview, naming: Naming): string {
  const { characterId, degraded } = preview;
  const before = preview.before.values;
  const after = preview.after.values;
  const named = <Item extends TriedItem>(item: Item) => ({ ...item, name: nameOf(item, naming) });
  const attributes = {
    name: naming('character', characterId),
    now: timeText(preview.now),
    version: preview.version,
    ruleset: preview.ruleset,
    before: byAttribute((index) => before[index] ?? 0),
    after: byAttribute((index) => after[index] ?? 0),
    difference: byAttribute((index) => (after[index] ?? 0) - (before[index] ?? 0)),
    explained: numbersOf(preview.explained, naming),
    putOn: preview.putOn.map(({ reason, ...item }) => ({ ...named(item), qualifies: reason === undefined, reason })),
    takenOff: preview.takenOff.map(named),
    stopQualifying: preview.stopQualifying.map(named),
    startQualifying: preview.startQualifying.map(named),
    idleBuffs: preview.idleBuffs.map(({ sourceId, ...buff }) => ({ source: `buff:${sourceId}`, ...buff })),
  };
  const data = { type: 'effective-stats-previews', id: String(characterId), attributes };
  return printableJson(JSON.stringify(degraded.length === 0 ? { data } : { data, meta: { degraded } }));
}

function nameOf({ templateId }: TriedItem, naming: Naming): string | undefined {
  return templateId === undefined ? undefined : naming('item', templateId);
}

/** A number for each stat, by its position in STATS. */
function byAttribute(valueAt: (index: number) => number): Record<string, number> {
  return Object.fromEntries(STATS.map((stat, index) => [ATTRIBUTES[stat], valueAt(index)]));
}
