import { compareInstants } from '../instant.ts';
import type { CalculationInput, Form, Reason, Recorder } from '../ruleset.ts';
import type { BuffStat } from '../snapshot.ts';
import { STAT_INDEX, type Stat } from '../stat.ts';
import { bonusOf, grants, numberOf } from './bonus.ts';
import { type Entry, entryOf, rejected, sourceOf } from './entry.ts';
import { EXPIRED, NO_MEANING, ZERO } from './reasons.ts';

/** What a buff's stat type bears on. */
export interface BuffMeaning {
  /** The type's first name, where it has several. */
  readonly type: string;
  readonly stats: readonly Stat[];
  readonly form: Form;
  /** Position among the ruleset's phases. */
  readonly phase: number;
  /** What the buff grants, or why it grants nothing; left out: its amount. */
  readonly value?: (buff: BuffStat, input: CalculationInput) => number | Reason;
}

export type BuffMeanings = ReadonlyMap<string, BuffMeaning>;

export interface BuffEntries {
  /** Ordered by source, then stat. With a recorder those that do not count are among them. */
  readonly entries: readonly Entry[];
  /** Skills whose data or level is wanted and unknown; ascending, each once. */
  readonly unknownSkillIds: readonly number[];
}

interface Candidate {
  readonly entry: Entry;
  readonly buff: BuffStat;
  readonly meaning: BuffMeaning;
}

/**
 * Entries of buffs (docs/reference/rulesets.md). When two types of one source bear on one stat (PAD and WEAPON_ATTACK), the newest
 * createdAt replaces the others, even by 0; at equal times the later type name, so that the input's order never
 * decides. With `strongestOnly`, only the largest of each type and stat counts; of equal ones the newest,
 * then the one with the larger source.
 */
export function buffEntries(
  input: CalculationInput,
  meanings: BuffMeanings,
  strongestOnly: boolean,
  recorder: Recorder | undefined,
): BuffEntries {
  const candidates: Candidate[] = [];
  const aside: Entry[] | undefined = recorder === undefined ? undefined : [];
  const unknown = new Set<number>();
  for (const buff of input.buffs) {
    const meaning = meanings.get(buff.statType);
    if (meaning === undefined) {
      recorder?.idle(sourceOf(buff), NO_MEANING);
      continue;
    }
    const value = meaning.value === undefined ? buff.amount : meaning.value(buff, input);
    if (typeof value === 'number') {
      for (const stat of meaning.stats) candidates.push({ entry: entryFor(buff, meaning, stat, value), buff, meaning });
    } else {
      if (value.code === 'unknown') unknown.add(buff.sourceId);
      if (aside !== undefined) pushRejected(aside, buff, meaning, value);
    }
  }
  const kept = newestPerTarget(candidates, aside);
  const entries = (strongestOnly ? strongestPerType(kept, aside) : kept).map((candidate) => candidate.entry);
  const unknownSkillIds = [...unknown].sort((a, b) => a - b);
  if (recorder === undefined || aside === undefined) return { entries, unknownSkillIds };
  pushLapsed(aside, input.lapsedBuffs ?? [], meanings, recorder);
  return { entries: [...entries, ...aside], unknownSkillIds };
}

function entryFor(buff: BuffStat, meaning: BuffMeaning, stat: Stat, value: number, reason?: Reason): Entry {
  return entryOf(bonusOf('buff', buff.sourceId, stat, meaning.form, value), meaning.phase, buff, reason);
}

function pushRejected(aside: Entry[], buff: BuffStat, meaning: BuffMeaning, reason: Reason): void {
  for (const stat of meaning.stats) aside.push(entryFor(buff, meaning, stat, buff.amount, reason));
}

function pushLapsed(aside: Entry[], buffs: readonly BuffStat[], meanings: BuffMeanings, recorder: Recorder): void {
  for (const buff of buffs) {
    const meaning = meanings.get(buff.statType);
    if (meaning === undefined) recorder.idle(sourceOf(buff), EXPIRED);
    else pushRejected(aside, buff, meaning, EXPIRED);
  }
}

function newestPerTarget(candidates: Candidate[], aside: Entry[] | undefined): Candidate[] {
  candidates.sort(byTarget);
  return candidates.filter(({ entry }, index) => {
    const next = candidates[index + 1];
    if (next !== undefined && next.entry.bonus.id === entry.bonus.id && next.entry.bonus.stat === entry.bonus.stat) {
      aside?.push(rejected(entry, { code: 'replaced', text: `${next.buff.statType} of the same source is newer` }));
      return false;
    }
    if (grants(entry.bonus)) return true;
    aside?.push(rejected(entry, ZERO));
    return false;
  });
}

function byTarget(a: Candidate, b: Candidate): number {
  return (
    a.entry.bonus.id - b.entry.bonus.id ||
    STAT_INDEX[a.entry.bonus.stat] - STAT_INDEX[b.entry.bonus.stat] ||
    compareInstants(a.buff.createdAt, b.buff.createdAt) ||
    compareText(a.buff.statType, b.buff.statType)
  );
}

function strongestPerType(candidates: Candidate[], aside: Entry[] | undefined): Candidate[] {
  const strongest = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = `${candidate.meaning.type} ${candidate.entry.bonus.stat}`;
    const best = strongest.get(key);
    if (best === undefined || isStronger(candidate, best)) strongest.set(key, candidate);
  }
  return candidates.filter((candidate) => {
    const best = strongest.get(`${candidate.meaning.type} ${candidate.entry.bonus.stat}`);
    if (best === undefined || best === candidate) return true;
    aside?.push(rejected(candidate.entry, suppressedBy(best)));
    return false;
  });
}

function suppressedBy({ buff, entry }: Candidate): Reason {
  return { code: 'suppressed', text: `buff:${buff.sourceId} is as strong or stronger (${numberOf(entry.bonus)})` };
}

function isStronger(a: Candidate, b: Candidate): boolean {
  const lead =
    numberOf(a.entry.bonus) - numberOf(b.entry.bonus) ||
    compareInstants(a.buff.createdAt, b.buff.createdAt) ||
    a.buff.sourceId - b.buff.sourceId;
  return lead > 0;
}

/** By code units: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
