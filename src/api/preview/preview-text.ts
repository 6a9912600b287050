import type { Preview, TriedItem } from '../../answers/preview.ts';
import { slotWord } from '../../domain/slot.ts';
import { STATS } from '../../domain/stat.ts';
import { withPrintableTexts } from '../../lib/printable.ts';
import { limitNote, NO_TEMPLATE_WORDS, numberBlocks } from '../explain/explanation-text.ts';
import { type Naming, printableNaming } from '../naming.ts';
import { grouped, joined, labelled, padEnd, padStart, wrapped } from '../text-form.ts';
import { timeText } from '../time-text.ts';

const STAT_WIDTH = Math.max(...STATS.map((stat) => stat.length)) + 2;

/**
 * A preview for a terminal of 80 columns: what comes on and off, then every stat before and after, then how those that change
 * come to be, as explain tells it.
 */
export function previewText(raw: Preview, rawNaming: Naming): string {
  const preview = withPrintableTexts(raw);
  const naming = printableNaming(rawNaming);
  const { characterId, ruleset, version, now, degraded } = preview;
  const item = (tried: TriedItem): string => itemText(tried, naming);
  const told = [
    ...preview.putOn.map((tried) => ['on', item(tried), tried.reason && `does not count: ${tried.reason.text}`]),
    ...preview.takenOff.map((tried) => ['off', item(tried), tried.displacedBy === undefined ? '' : 'displaced']),
    ...preview.stopQualifying.map((tried) => ['stops', item(tried), tried.reason.text]),
    ...preview.startQualifying.map((tried) => ['counts', item(tried), '']),
    ...preview.idleBuffs.map((buff) => [
      'idle',
      `buff:${buff.sourceId} ${buff.statType}`,
      `${buff.reason.code}: ${buff.reason.text}`,
    ]),
  ];
  const changed = preview.explained.stats.filter((_, index) => {
    return preview.before.values[index] !== preview.after.values[index];
  });
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
    ...(changed.length === 0 ? [] : numberBlocks(changed, naming, now)),
  ];
  return joined(blocks);
}

/** `97 → 84 (−13)`, or the number alone when it stays; and what it would be without limits where one holds it. */
function statLines({ before, after, explained }: Preview): string[] {
  const numbers = STATS.map((stat, index) => ({
    stat,
    old: before.values[index] ?? 0,
    becomes: after.values[index] ?? 0,
  }));
  const width = Math.max(...numbers.map(({ old }) => grouped(old).length));
  return numbers.map(({ stat, old, becomes }) => {
    const change = becomes === old ? '' : ` → ${grouped(becomes)} (${difference(becomes - old)})`;
    const breakdown = explained.stats.find(({ name }) => name === stat);
    const limit = breakdown === undefined ? '' : limitNote(breakdown);
    return `${padEnd(stat, STAT_WIDTH)}${padStart(grouped(old), width)}${change}${limit}`;
  });
}

function difference(value: number): string {
  return value > 0 ? `+${grouped(value)}` : `−${grouped(-value)}`;
}

function itemText({ assetId, templateId, slot }: TriedItem, naming: Naming): string {
  const key = assetId === undefined ? '' : `, equipment:${assetId}`;
  if (templateId === undefined) return `${NO_TEMPLATE_WORDS}, ${slotWord(slot)}${key}`;
  return labelled(naming('item', templateId), templateId, `${slotWord(slot)}${key}`, Number.POSITIVE_INFINITY);
}
