import type { Reason } from '../domain/ruleset.ts';
import type { Breakdown, Contributor, ExplainedLine, Explanation } from '../refresh/explanation.ts';
import type { Freshness, PartFreshness } from '../refresh/part-freshness.ts';
import { timeText } from './time-text.ts';

type Row = readonly string[];

/** Source, what it carries, what it does to the number, the number after it, why. */
const HEADINGS: Row = ['', 'carries', 'adds', 'total', ''];
const RIGHT: ReadonlySet<number> = new Set([1, 2, 3]);

/** An explanation as a table for a terminal: one block per number, its phases as sections, one line per contribution. */
export function explanationText(explanation: Explanation): string {
  const { stats, derived, idle } = explanation;
  const breakdowns = [...stats, ...derived].map((breakdown) => ({ breakdown, rows: rowsOf(breakdown) }));
  const widths = widthsOf([HEADINGS, ...breakdowns.flatMap(({ rows }) => rows.filter((row) => row.length > 1))]);
  const blocks = [
    headOf(explanation),
    aligned(explanation.parts.map(partRow)),
    [padded(HEADINGS, widths)],
    ...breakdowns.map(({ breakdown, rows }) => [titleOf(breakdown), ...rows.map((row) => padded(row, widths))]),
    ...(idle.length === 0
      ? []
      : [['bears on nothing', ...aligned(idle.map(({ source, reason }) => [`  ${sourceText(source)}`, why(reason)]))]]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headOf({ characterId, resident, place, sessions, ruleset, version, now, degraded }: Explanation): string[] {
  const where = place === undefined ? '' : `, on world ${place.worldId}, channel ${place.channelId}`;
  return [
    `character ${characterId}, ${resident ? 'resident' : 'visitor'}${where}`,
    ...sessions.map(({ sessionId, createdAt }) => `session ${sessionId} since ${timeText(createdAt) ?? 'unknown'}`),
    `ruleset ${ruleset}, state version ${version}, computed at ${timeText(now) ?? 'unknown'}`,
    ...(degraded.length === 0 ? [] : [`degraded: ${degraded.join(', ')}`]),
  ];
}

const STATE_TEXTS: Readonly<Record<Freshness, string>> = {
  fresh: 'fresh',
  settling: 'fresh, to be confirmed',
  stale: 'may have changed',
  unwatched: 'events cannot be followed',
  unloaded: 'never read',
};

function partRow(part: PartFreshness): Row {
  const { staleReason, waitsFor, failures } = part;
  const notes = [
    staleReason && `since ${timeText(part.staleSince)}: ${staleReason}`,
    part.readingSince !== undefined && `being read since ${timeText(part.readingSince)}`,
    part.nextReadAt !== undefined && `next read ${timeText(part.nextReadAt)}`,
    waitsFor && `waits for ${waitsFor} to catch up`,
    failures > 0 && `failed reads: ${failures}`,
  ];
  const read = part.asOf === undefined ? '' : `read ${timeText(part.asOf)}`;
  return [part.part, STATE_TEXTS[part.state], read, notes.filter((note) => typeof note === 'string').join('; ')];
}

function titleOf({ name, value, uncapped }: Breakdown): string {
  return `${name} = ${grouped(value)}${uncapped === value ? '' : ` (${grouped(uncapped)} without limits)`}`;
}

/** Rows of one cell are the headings of phases. */
function rowsOf({ phases }: Breakdown): Row[] {
  return phases.flatMap(({ name, lines }) => [[`  ${name}`], ...lines.map(rowOf)]);
}

function rowOf({ source, form, raw, applied, total, reason }: ExplainedLine): Row {
  const carried = { amount: grouped(raw), percent: `${grouped(raw)} %`, basePercent: `${grouped(raw)} % of base` }[
    form
  ];
  return [
    `    ${sourceText(source)}`,
    carried,
    signed(applied),
    grouped(total),
    reason === undefined ? '' : why(reason),
  ];
}

function sourceText(source: Contributor): string {
  switch (source.kind) {
    case 'base':
    case 'rule':
      return source.kind;
    case 'equipment': {
      const slot = source.slot === undefined ? '' : `, slot ${source.slot}`;
      return `equipment:${source.id} (item ${source.templateId}${slot})`;
    }
    case 'buff': {
      const level = source.level === undefined ? '' : `, level ${source.level}`;
      return `buff:${source.id} (${source.statType}${level})`;
    }
    case 'passive':
      return `passive:${source.id} (level ${source.level})`;
    default:
      return unexpected(source);
  }
}

function why({ code, text }: Reason): string {
  return `${code}: ${text}`;
}

function signed(value: number): string {
  return value > 0 ? `+${grouped(value)}` : grouped(value);
}

/** 1652 as 1,652. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function aligned(rows: readonly Row[]): string[] {
  const widths = widthsOf(rows);
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function padded(row: Row, widths: readonly number[]): string {
  const cells = row.map((cell, index) => {
    const width = widths[index] ?? 0;
    return RIGHT.has(index) ? cell.padStart(width) : cell.padEnd(width);
  });
  return cells.join('  ').trimEnd();
}

function widthsOf(rows: readonly Row[]): number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
}

function unexpected(source: never): never {
  throw new TypeError(`unexpected source ${JSON.stringify(source)}`);
}
