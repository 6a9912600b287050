import { ATTRIBUTES } from '../answers/stats-document.ts';
import { slotOfWord } from '../domain/slot.ts';
import { STATS, type Stat } from '../domain/stat.ts';

/*
 * The words that explain prints are the words that a preview takes: stats as `max_hp`, sources as `equipment:7`, slots as
 * `hat`. What clients of the stats answer know (`maxHP`, plain ids, slot numbers) means the same.
 */

const STAT_OF_WORD: ReadonlyMap<string, Stat> = new Map(
  STATS.flatMap((stat): [string, Stat][] => [
    [stat, stat],
    [ATTRIBUTES[stat], stat],
  ]),
);

/** A stat by either of its names; undefined: there is none such. */
export function statOfWord(word: string): Stat | undefined {
  return STAT_OF_WORD.get(word);
}

/** A preview's body with explain's words put into those of its schema. Whatever is no such word stays, for the schema to judge. */
export function inSchemaWords(body: unknown): unknown {
  if (!isRecord(body)) return body;
  return {
    ...body,
    ...each(body, 'takeOff', (entry) => idOf('equipment', entry)),
    ...each(body, 'removeBuffs', (entry) => idOf('buff', entry)),
    ...each(body, 'addBuffs', (entry) => changed(entry, 'sourceId', (id) => idOf('buff', id))),
    ...each(body, 'putOn', itemInSchemaWords),
    ...('base' in body ? { base: renamed(body['base'], { job: 'jobId', ...ATTRIBUTES }) } : {}),
  };
}

function itemInSchemaWords(item: unknown): unknown {
  const placed = changed(item, 'slot', (slot) => (typeof slot === 'string' ? (slotOfWord(slot) ?? slot) : slot));
  const known = changed(placed, 'assetId', (id) => idOf('equipment', id));
  return changed(known, 'stats', (stats) => renamed(stats, ATTRIBUTES));
}

/** The number in `kind:number`. */
function idOf(kind: 'equipment' | 'buff', entry: unknown): unknown {
  const id = typeof entry === 'string' && entry.startsWith(`${kind}:`) ? entry.slice(kind.length + 1) : '';
  return /^-?\d{1,10}$/.test(id) ? Number(id) : entry;
}

/** The list of that name with every entry changed; nothing when there is no such list. */
function each(
  body: Record<string, unknown>,
  key: string,
  change: (entry: unknown) => unknown,
): Record<string, unknown> {
  const list = body[key];
  return Array.isArray(list) ? { [key]: list.map(change) } : {};
}

function changed(value: unknown, key: string, change: (field: unknown) => unknown): unknown {
  return isRecord(value) && key in value ? { ...value, [key]: change(value[key]) } : value;
}

/** With keys renamed, unless the new name is there as well. */
function renamed(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, field]) => {
    const name = Object.hasOwn(names, key) ? (names[key] ?? key) : key;
    return [Object.hasOwn(value, name) ? key : name, field];
  });
  return Object.fromEntries(entries);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
