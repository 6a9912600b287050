import type { AnyPart, Character } from '../domain/character.ts';
import type { Degradable } from '../domain/freshness.ts';
import { type Heard, laidOver, type Moment } from '../domain/part-state.ts';
import { buffsOf } from '../domain/parts/buffs.ts';
import { wornOf } from '../domain/parts/equipment.ts';
import type { EffectiveStats, Form, Line, LineSource, Reason } from '../domain/ruleset.ts';
import { type Ledger, sumOf, uncappedOf } from '../domain/rulesets/ledger.ts';
import type { OpenSession, Place } from '../domain/sessions.ts';
import type { BuffStat, WornAsset } from '../domain/snapshot.ts';
import { STATS, type Stat } from '../domain/stat.ts';
import type { CharacterId } from '../domain/tenant.ts';
import { epochOf, type PartFreshness } from './part-freshness.ts';

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

/** Who said so: its owner, when it was `read`, or an event that was `heard` since and that no read has confirmed. Epoch ms. */
export interface Origin {
  readonly how: 'read' | 'heard';
  readonly at: number;
}

/** One thing that bears on a number, whether it counts or not. */
export interface ExplainedLine {
  readonly source: Contributor;
  /** undefined: a limit or a formula of the ruleset. */
  readonly origin: Origin | undefined;
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
export function explainLedger(
  character: Character,
  moment: Moment,
  stats: EffectiveStats,
  ledger: Ledger,
): ExplainedNumbers {
  return explainNumbers(createSources(character, moment), stats, ledger);
}

/** The same for other sources than a character's own, as of a trial. */
export function explainNumbers(sources: Sources, { values }: EffectiveStats, ledger: Ledger): ExplainedNumbers {
  return {
    stats: STATS.map((stat, index) => breakdown(stat, values[index] ?? 0, ledger.lines(stat), sources)),
    derived: [...ledger.derivations].map(([name, lines]) => breakdown(name, sumOf(lines), lines, sources)),
    idle: ledger.idles.map(({ source, reason }) => ({ source: sources.contributor(source), reason })),
  };
}

function breakdown<Name extends string>(
  name: Name,
  value: number,
  lines: readonly Line[],
  sources: Sources,
): Breakdown<Name> {
  const phases: { name: string; lines: ExplainedLine[] }[] = [];
  let total = 0;
  for (const { phase, source, form, raw, applied, reason } of lines) {
    total += applied;
    const origin = sources.origin(source, name);
    const line = { source: sources.contributor(source), origin, form, raw, applied, total, reason };
    const last = phases.at(-1);
    if (last?.name === phase) last.lines.push(line);
    else phases.push({ name: phase, lines: [line] });
  }
  return { name, value, uncapped: uncappedOf(lines), phases };
}

/** What is known of the sources of lines. */
export interface Sources {
  contributor(source: LineSource): Contributor;
  /** `name`: of the number that the line bears on. */
  origin(source: LineSource, name: string): Origin | undefined;
}

function createSources(character: Character, moment: Moment): Sources {
  const worn = wornOf(character.equipment, moment.mono);
  const buffs = buffsOf(character.buffs);

  const originOf = ({ began }: AnyPart, fact: Heard | undefined): Origin | undefined => {
    const at = epochOf(fact?.heardAt ?? began, moment);
    return at === undefined ? undefined : { how: fact === undefined ? 'read' : 'heard', at };
  };

  return {
    contributor: contributorAmong(worn, buffs),
    origin(source, name) {
      const { base, equipment, buffs: buffsPart, passives } = character;
      switch (source.kind) {
        case 'base':
          return originOf(
            base,
            laidOver(base).find(({ field }) => field === name),
          );
        case 'equipment':
          return originOf(
            equipment,
            laidOver(equipment).find(({ assetId, stats }) => assetId === source.id && stats !== undefined),
          );
        case 'buff':
          return originOf(
            buffsPart,
            laidOver(buffsPart).find(
              (fact) =>
                fact.kind === 'began' &&
                fact.buff.sourceId === source.id &&
                fact.buff.statType === source.statType &&
                buffs.includes(fact.buff),
            ),
          );
        case 'passive':
          return originOf(
            passives,
            laidOver(passives).find(({ skillId }) => skillId === source.id),
          );
        case 'rule':
          return undefined;
        default:
          return unexpected(source);
      }
    },
  };
}

/** What is known of a source among what is worn and cast. */
export function contributorAmong(
  worn: readonly WornAsset[],
  buffs: readonly BuffStat[],
): (source: LineSource) => Contributor {
  return (source) => {
    switch (source.kind) {
      case 'equipment':
        return { ...source, slot: worn.find(({ assetId }) => assetId === source.id)?.slot };
      case 'buff': {
        const buff = buffs.find(({ sourceId, statType }) => sourceId === source.id && statType === source.statType);
        return { ...source, level: buff?.level, expiresAt: buff?.expiresAt };
      }
      default:
        return source;
    }
  };
}

function unexpected(source: never): never {
  throw new TypeError(`unexpected source ${JSON.stringify(source)}`);
}
