import type { CharacterView, OpenSession, Place } from '../domain/character.ts';
import type { Degradable } from '../domain/freshness.ts';
import type { EffectiveStats, Form, Line, LineSource, Reason } from '../domain/ruleset.ts';
import { type Ledger, sumOf, uncappedOf } from '../domain/rulesets/ledger.ts';
import { STATS, type Stat } from '../domain/stat.ts';
import type { CharacterId } from '../domain/tenant.ts';
import type { PartFreshness } from './part-freshness.ts';

/** Where a line comes from, with what is known of it. */
export type Contributor =
  | { readonly kind: 'base' | 'rule' }
  | { readonly kind: 'equipment'; readonly id: number; readonly templateId: number; readonly slot: number | undefined }
  | {
      readonly kind: 'buff';
      readonly id: number;
      readonly statType: string;
      /** undefined: the wire had none. */
      readonly level: number | undefined;
      /** Epoch ms; undefined: never. */
      readonly expiresAt: number | undefined;
    }
  | { readonly kind: 'passive'; readonly id: number; readonly level: number };

/** One thing that bears on a number, whether it counts or not. */
export interface ExplainedLine {
  readonly source: Contributor;
  readonly form: Form;
  /** What the source carries; of a limit: the limit. */
  readonly raw: number;
  /** What it changed the number by. */
  readonly applied: number;
  /** The number after it. */
  readonly total: number;
  /** Why it does not count, or counts only in part or for now. */
  readonly reason: Reason | undefined;
}

/** How one number came to be: phases and lines in the order of the calculation; the last total is the value. */
export interface Breakdown<Name extends string = string> {
  readonly name: Name;
  readonly value: number;
  /** What it would be if no limit held it. */
  readonly uncapped: number;
  readonly phases: readonly { readonly name: string; readonly lines: readonly ExplainedLine[] }[];
}

/** How all numbers of one calculation came to be. */
export interface ExplainedNumbers {
  /** In the order of STATS. */
  readonly stats: readonly Breakdown<Stat>[];
  /** Numbers that the stats answer does not carry. */
  readonly derived: readonly Breakdown[];
  /** What is held and bears on nothing as it is. */
  readonly idle: readonly { readonly source: Contributor; readonly reason: Reason }[];
}

/** Why a character's effective stats are what they are at a moment. Times are epoch ms. */
export interface Explanation extends ExplainedNumbers {
  readonly characterId: CharacterId;
  /** When it was computed. */
  readonly now: number;
  readonly version: number;
  readonly ruleset: string;
  /** As in the stats answer of the same moment. */
  readonly degraded: readonly Degradable[];
  /** False: a visitor, held because somebody asked. */
  readonly resident: boolean;
  readonly place: Place | undefined;
  readonly sessions: readonly OpenSession[];
  readonly parts: readonly PartFreshness[];
}

/** What was taken down of a calculation, put in words that need no state to be understood. */
export function explainLedger(view: CharacterView, stats: EffectiveStats, ledger: Ledger): ExplainedNumbers {
  return explainNumbers((source) => contributorOf(view, source), stats, ledger);
}

/** The same for sources of which something else knows. */
export function explainNumbers(
  contributor: (source: LineSource) => Contributor,
  { values }: EffectiveStats,
  ledger: Ledger,
): ExplainedNumbers {
  return {
    stats: STATS.map((stat, index) => breakdown(stat, values[index] ?? 0, ledger.lines(stat), contributor)),
    derived: [...ledger.derivations].map(([name, lines]) => breakdown(name, sumOf(lines), lines, contributor)),
    idle: ledger.idles.map(({ source, reason }) => ({ source: contributor(source), reason })),
  };
}

function breakdown<Name extends string>(
  name: Name,
  value: number,
  lines: readonly Line[],
  contributor: (source: LineSource) => Contributor,
): Breakdown<Name> {
  const phases: { name: string; lines: ExplainedLine[] }[] = [];
  let total = 0;
  for (const { phase, source, form, raw, applied, reason } of lines) {
    total += applied;
    const line = { source: contributor(source), form, raw, applied, total, reason };
    const last = phases.at(-1);
    if (last?.name === phase) last.lines.push(line);
    else phases.push({ name: phase, lines: [line] });
  }
  return { name, value, uncapped: uncappedOf(lines), phases };
}

function contributorOf(view: CharacterView, source: LineSource): Contributor {
  switch (source.kind) {
    case 'equipment':
      return { ...source, slot: view.asset(source.id)?.asset.slot };
    case 'buff': {
      const buff = view.buff(source.id, source.statType)?.buff;
      return { ...source, level: buff?.level, expiresAt: buff?.expiresAt };
    }
    case 'base':
    case 'rule':
    case 'passive':
      return source;
    default:
      return unexpected(source);
  }
}

function unexpected(source: never): never {
  throw new TypeError(`unexpected source ${JSON.stringify(source)}`);
}
