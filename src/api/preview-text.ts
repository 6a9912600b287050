import { slotWord } from '../domain/slot.ts';
import { STATS } from '../domain/stat.ts';
import type { Preview, TriedItem } from '../refresh/preview.ts';
import type { Naming } from './naming.ts';
import { grouped, labelled, padEnd, padStart, wrapped } from './text-form.ts';
import { timeText } from './time-text.ts';

const STAT_WIDTH = Math.max(...STATS.map((stat) => stat.length)) + 2;

/** A preview for a terminal of 80 columns: what comes on and off, then every stat before and after. */
export function previewText(preview: Preview, naming: Naming): string {
  const { characterId, ruleset, version, now, degraded } = preview;
  const item = (tried: TriedItem): string => itemText(tried, naming);
  const told = [
    ...preview.putOn.map((tried) => ['on', item(tried), tried.reason && `does not count: ${tried.reason.text}`]),
    ...preview.takenOff.map((tried) => ['off', item(tried), tried.displacedBy === undefined ? '' : 'displaced']),
    ...preview.stopQualifying.map((tried) => ['stops', item(tried), tried.reason.text]),
    ...preview.startQualifying.map((tried) => ['counts', item(tried), '']),
  ];
  const blocks = [
    [
      labelled(naming('character', characterId), characterId, `ruleset ${ruleset}`),
      ...wrapped(`state ${version}, computed ${timeText(now) ?? 'unknown'}`, 0, 2),
      ...(degraded.length === 0 ? [] : [`degraded: ${degraded.join(', ')}`]),
    ],
    told.flatMap(([what = '', label = '', note = '']) =>
      wrapped(`${padEnd(what, 8)}${label}${note === '' ? '' : `; ${note}`}`, 0, 8),
    ),
    statLines(preview),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** `97 → 84 (−13)`, or the number alone when it stays. */
function statLines({ before, after }: Preview): string[] {
  const numbers = STATS.map((stat, index) => ({
    stat,
    old: before.values[index] ?? 0,
    becomes: after.values[index] ?? 0,
  }));
  const width = Math.max(...numbers.map(({ old }) => grouped(old).length));
  return numbers.map(({ stat, old, becomes }) => {
    const change = becomes === old ? '' : ` → ${grouped(becomes)} (${difference(becomes - old)})`;
    return `${padEnd(stat, STAT_WIDTH)}${padStart(grouped(old), width)}${change}`;
  });
}

function difference(value: number): string {
  return value > 0 ? `+${grouped(value)}` : `−${grouped(-value)}`;
}

function itemText({ assetId, templateId, slot }: TriedItem, naming: Naming): string {
  const key = assetId === undefined ? '' : `, equipment:${assetId}`;
  if (templateId === undefined) return `an item without a template, ${slotWord(slot)}${key}`;
  return labelled(naming('item', templateId), templateId, `${slotWord(slot)}${key}`, Number.POSITIVE_INFINITY);
}
