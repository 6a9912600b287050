import type { Breakdown, Contributor, ExplainedLine, Explanation } from '../../answers/explanation.ts';
import type { Freshness, PartFreshness } from '../../answers/part-freshness.ts';
import { NO_TEMPLATE } from '../../answers/preview.ts';
import type { Reason } from '../../domain/ruleset.ts';
import { slotWord } from '../../domain/slot.ts';
import { withPrintableTexts } from '../../lib/printable.ts';
import { type Naming, nameOfSource, printableNaming } from '../naming.ts';
import {
  COLUMNS,
  cut,
  duration,
  grouped,
  joined,
  labelled,
  padEnd,
  padStart,
  signed,
  widthOf,
  wrapped,
} from '../text-form.ts';
import { timeText } from '../time-text.ts';

/** What a line says: source, what it carries, what it does to the number, the number after it; and below it, why. */
interface Row {
  readonly source: Contributor;
  readonly numbers: readonly string[];
  readonly reason: Reason | undefined;
  /** Epoch ms at which an event told it that no read has confirmed yet. */
  readonly heardAt: number | undefined;
}

interface Section {
  readonly name: string;
  readonly rows: readonly Row[];
}

const HEADINGS = ['carries', 'adds', 'total'];
const GAP = 2;
const INDENT = 4;

/** Such as previews try. */
export const NO_TEMPLATE_WORDS = 'an item without a template';

/**
 * An explanation for a terminal of 80 columns: one block per number with its phases, then what bears on nothing, then every
 * source by the name that a preview takes.
 */
export function explanationText(raw: Explanation, rawNaming: Naming): string {
  const explanation = withPrintableTexts(raw);
  const naming = printableNaming(rawNaming);
  const { stats, derived, idle, now } = explanation;
  const blocks = [
    headOf(explanation, naming),
    explanation.parts.flatMap(partLines),
    ...numberBlocks([...stats, ...derived], naming, now),
    idle.length === 0
      ? []
      : [
          'bears on nothing',
          ...idle.flatMap(({ source, reason }) => [
            ...wrapped(labelOf(source, naming, now), 2, 4),
            ...wrapped(why(reason), INDENT),
          ]),
        ],
    sourceLines(explanation, naming),
  ];
  return joined(blocks);
}

/** The headings, then one block per number with its phases. */
export function numberBlocks(breakdowns: readonly Breakdown[], naming: Naming, now: number): string[][] {
  const numbers = breakdowns.map((breakdown) => ({ breakdown, sections: sectionsOf(breakdown) }));
  const rows = numbers.flatMap(({ sections }) => sections.flatMap((section) => section.rows));
  const widths = HEADINGS.map((heading, index) =>
    Math.max(heading.length, ...rows.map((row) => row.numbers[index]?.length ?? 0)),
  );
  const labelWidth = COLUMNS - INDENT - widths.reduce((sum, width) => sum + GAP + width, 0);
  const rowLines = ({ source, numbers: cells, reason, heardAt }: Row): string[] => [
    padded(padEnd(labelOf(source, naming, now, labelWidth), labelWidth), cells, widths),
    ...(reason === undefined ? [] : wrapped(why(reason), INDENT + 2)),
    ...(heardAt === undefined ? [] : wrapped(`heard ${timeText(heardAt)}, not confirmed yet`, INDENT + 2)),
  ];
  return [
    [padded(' '.repeat(labelWidth), HEADINGS, widths)],
    ...numbers.map(({ breakdown, sections }) => [
      titleOf(breakdown),
      ...sections.flatMap((section) => [`  ${section.name}`, ...section.rows.flatMap(rowLines)]),
    ]),
  ];
}

function headOf(explanation: Explanation, naming: Naming): string[] {
  const { characterId, resident, place, sessions, ruleset, version, now, degraded } = explanation;
  const where = place === undefined ? '' : `, world ${place.worldId}, channel ${place.channelId}`;
  const kind = `${resident ? 'resident' : 'visitor'}${where}`;
  return [
    labelled(naming('character', characterId), characterId, kind),
    ...sessions.flatMap(({ sessionId, createdAt }) =>
      wrapped(`session ${sessionId} since ${timeText(createdAt) ?? 'unknown'}`, 0, 2),
    ),
    ...wrapped(`ruleset ${ruleset}, state ${version}, computed ${timeText(now) ?? 'unknown'}`, 0, 2),
    ...(degraded.length === 0 ? [] : [`degraded: ${degraded.join(', ')}`]),
  ];
}

const STATE_TEXTS: Readonly<Record<Freshness, string>> = {
  fresh: 'fresh',
  settling: 'fresh, to be confirmed',
  stale: 'may have changed',
  unwatched: 'events may have passed unheard',
  unloaded: 'never read',
};

const PART_WIDTH = 'equipment'.length + GAP;

function partLines(part: PartFreshness): string[] {
  const { staleReason, waitsFor, failures } = part;
  const notes = [
    STATE_TEXTS[part.state],
    part.asOf !== undefined && `read ${timeText(part.asOf)}`,
    staleReason !== undefined && `since ${timeText(part.staleSince)}: ${staleReason}`,
    part.readingSince !== undefined && `being read since ${timeText(part.readingSince)}`,
    part.nextReadAt !== undefined && `next read ${timeText(part.nextReadAt)}`,
    waitsFor !== undefined && `waits for ${waitsFor} to catch up`,
    failures > 0 && `failed reads: ${failures}`,
  ];
  return wrapped(padEnd(part.part, PART_WIDTH) + notes.filter((note) => note !== false).join('; '), 0, PART_WIDTH);
}

function titleOf(breakdown: Breakdown): string {
  return `${breakdown.name} = ${grouped(breakdown.value)}${limitNote(breakdown)}`;
}

/** Empty when no limit holds the number. */
export function limitNote({ value, uncapped }: Breakdown): string {
  return uncapped === value ? '' : ` (${grouped(uncapped)} without limits)`;
}

function sectionsOf({ phases }: Breakdown): Section[] {
  let total = 0;
  return phases.map(({ name, lines }) => ({
    name,
    rows: inOrder(lines).map(({ source, origin, form, raw, applied, reason }) => {
      total += applied;
      const carried = { amount: '', percent: ' %', basePercent: ' % of base' }[form];
      const heardAt = origin?.how === 'heard' ? origin.at : undefined;
      return { source, numbers: [grouped(raw) + carried, signed(applied), grouped(total)], reason, heardAt };
    }),
  }));
}

/** Of amounts that are only added, the largest first: their order means nothing. Anything else as it was calculated. */
function inOrder(lines: readonly ExplainedLine[]): readonly ExplainedLine[] {
  const isAdded = lines.every(({ form, source }) => form === 'amount' && source.kind !== 'rule');
  return isAdded ? lines.toSorted((a, b) => b.applied - a.applied) : lines;
}

function labelOf(source: Contributor, naming: Naming, now: number, columns = Number.POSITIVE_INFINITY): string {
  const name = nameOfSource(naming, source);
  switch (source.kind) {
    case 'base':
    case 'rule':
      return source.kind;
    case 'equipment': {
      const slot = source.slot === undefined ? '' : slotWord(source.slot);
      if (source.templateId === NO_TEMPLATE) return cut(`${NO_TEMPLATE_WORDS}, ${slot}`, columns);
      return labelled(name, source.templateId, slot, columns);
    }
    case 'buff':
      return labelled(name, Math.abs(source.id), endOf(source.expiresAt, now), columns);
    case 'passive':
      return labelled(name, source.id, `level ${source.level}`, columns);
    default:
      return unexpected(source);
  }
}

function endOf(expiresAt: number | undefined, now: number): string {
  if (expiresAt === undefined) return 'no end';
  return expiresAt > now ? `ends in ${duration(expiresAt - now)}` : `ended ${duration(now - expiresAt)} ago`;
}

/** Every source once, as `takeOff` and `removeBuffs` of a preview take it. */
function sourceLines({ stats, derived, idle, now }: Explanation, naming: Naming): string[] {
  const lines = [...stats, ...derived].flatMap(({ phases }) => phases.flatMap((phase) => phase.lines));
  const known = new Map<string, string>();
  for (const { source } of [...lines, ...idle]) {
    if (!('id' in source)) continue;
    const cast = source.kind === 'buff' ? ` ${castOf(source)}` : '';
    known.set(`${source.kind}:${source.id}${cast}`, labelOf(source, naming, now));
  }
  if (known.size === 0) return [];
  const keys = [...known].sort(([a], [b]) => kindRank(a) - kindRank(b));
  const width = Math.min(COLUMNS / 2, Math.max(...keys.map(([key]) => widthOf(key)))) + GAP;
  const rows = keys.flatMap(([key, label]) => wrapped(`${padEnd(cut(key, width - GAP), width)}${label}`, 2, 2 + width));
  return ['sources, as a preview takes them', ...rows];
}

const KINDS = ['equipment', 'buff', 'passive'];

function kindRank(key: string): number {
  return KINDS.findIndex((kind) => key.startsWith(kind));
}

function castOf({ statType, level }: Extract<Contributor, { kind: 'buff' }>): string {
  return level === undefined ? statType : `${statType} level ${level}`;
}

function why({ code, text }: Reason): string {
  return `${code}: ${text}`;
}

/** A label, and the numbers in their columns. */
function padded(label: string, cells: readonly string[], widths: readonly number[]): string {
  const numbers = cells.map((cell, index) => ' '.repeat(GAP) + padStart(cell, widths[index] ?? 0));
  return `${' '.repeat(INDENT)}${label}${numbers.join('')}`.trimEnd();
}

function unexpected(source: never): never {
  throw new TypeError(`unexpected source ${JSON.stringify(source)}`);
}
