import type { Bonus, Line, Reason, Recorder } from '../ruleset.ts';
import { type BaseValues, PRIMARY_STATS, STAT_INDEX, STATS, type Stat } from '../stat.ts';
import { type Arithmetic, DOUBLES, LONGS } from './arithmetic.ts';
import { formOf, numberOf } from './bonus.ts';
import { type Entry, sourceOf } from './entry.ts';

/** The widest number that an answer takes. */
const UINT32_MAX = 0xffff_ffff;

/** Recorded sums are exact below this. Larger numbers are recorded as this. */
const RECORDED_MAX = 2 ** 52;

/**
 * One step of a ruleset's calculation. The entries of a phase are flat amounts and shares of base, or percents: all
 * percents of a phase add up and are taken of what the stat was before the phase. Then the phase's caps hold.
 */
export interface Phase {
  readonly name: string;
  readonly caps?: readonly (readonly [Stat, number])[];
}

/** Every stat after the last phase, between 0 and uint32. `phases[0]` is the base. */
export function evaluate(
  base: BaseValues,
  phases: readonly Phase[],
  entries: readonly Entry[],
  recorder: Recorder | undefined,
): number[] {
  return totals(base, phases, entries, recorder).map((total, index) => {
    const value = Math.max(0, Math.min(UINT32_MAX, total));
    if (recorder !== undefined) recordLimit(recorder, index, phases.at(-1)?.name ?? '', total, value);
    return value;
  });
}

/**
 * Every stat after the last phase, which may be negative or above uint32: exact within ±2^53, and beyond that the
 * nearest double.
 */
export function totals(
  base: BaseValues,
  phases: readonly Phase[],
  entries: readonly Entry[],
  recorder?: Recorder,
): number[] {
  return reach(base, entries) <= Number.MAX_SAFE_INTEGER
    ? run(DOUBLES, base, phases, entries, recorder)
    : run(LONGS, base, phases, entries, recorder);
}

/** No product of the calculation is farther from 0 than this. */
function reach(base: BaseValues, entries: readonly Entry[]): number {
  let flat = 1;
  let shares = 1;
  let percents = 100;
  for (const { bonus } of entries) {
    flat += Math.abs(bonus.amount);
    shares += Math.abs(bonus.basePercent);
    if (bonus.percent !== 0) percents *= 1 + Math.abs(bonus.percent);
  }
  let largest = 0;
  for (const stat of PRIMARY_STATS) largest = Math.max(largest, Math.abs(base[stat]));
  return (flat + largest * shares) * percents;
}

function run<T>(
  arithmetic: Arithmetic<T>,
  base: BaseValues,
  phases: readonly Phase[],
  entries: readonly Entry[],
  recorder: Recorder | undefined,
): number[] {
  const bases = baseRow(base);
  const running = bases.map((value) => arithmetic.of(value));
  if (recorder !== undefined) recordBase(recorder, phases[0]?.name ?? '', base);
  for (let position = 0; position < phases.length; position += 1) {
    const phase = phases[position];
    if (phase === undefined) continue;
    addEntries(arithmetic, bases, running, position, phase, entries, recorder);
    if (phase.caps !== undefined) holdCaps(arithmetic, running, phase, recorder);
  }
  return running.map((value) => arithmetic.numberOf(value));
}

function addEntries<T>(
  arithmetic: Arithmetic<T>,
  bases: readonly number[],
  running: T[],
  position: number,
  phase: Phase,
  entries: readonly Entry[],
  recorder: Recorder | undefined,
): void {
  let percents: Map<number, { readonly from: T; sum: number }> | undefined;
  for (const entry of entries) {
    if (entry.phase !== position) continue;
    const { bonus } = entry;
    const index = STAT_INDEX[bonus.stat];
    const before = running[index] ?? arithmetic.of(0);
    let after = before;
    if (entry.counts && bonus.percent !== 0) {
      percents ??= new Map();
      const percent = percents.get(index) ?? { from: before, sum: 0 };
      percent.sum += bonus.percent;
      percents.set(index, percent);
      after = arithmetic.scaled(percent.from, percent.sum);
    } else if (entry.counts) {
      after = addFlat(arithmetic, before, bases[index] ?? 0, bonus);
    }
    running[index] = after;
    if (recorder !== undefined) {
      const applied = recordedStep(arithmetic.numberOf(before), arithmetic.numberOf(after));
      recorder.line(bonus.stat, lineOf(phase, entry, applied));
    }
  }
}

function holdCaps<T>(arithmetic: Arithmetic<T>, running: T[], phase: Phase, recorder: Recorder | undefined): void {
  for (const [stat, cap] of phase.caps ?? []) {
    const index = STAT_INDEX[stat];
    const before = arithmetic.numberOf(running[index] ?? arithmetic.of(0));
    if (before <= cap) continue;
    running[index] = arithmetic.of(cap);
    if (recorder !== undefined) recordLimit(recorder, index, phase.name, before, cap);
  }
}

/** Base of each stat in the order of STATS; 0 for those that have none. */
function baseRow(base: BaseValues): number[] {
  const { strength, dexterity, luck, intelligence, max_hp, max_mp } = base;
  return [strength, dexterity, luck, intelligence, max_hp, max_mp, 0, 0, 0, 0, 0, 0, 0, 0];
}

function addFlat<T>(arithmetic: Arithmetic<T>, value: T, base: number, bonus: Bonus): T {
  if (bonus.basePercent === 0) return arithmetic.plus(value, bonus.amount);
  return arithmetic.sum(value, arithmetic.share(arithmetic.of(base), bonus.basePercent));
}

function lineOf(phase: Phase, { bonus, origin, reason }: Entry, applied: number): Line {
  return { phase: phase.name, source: sourceOf(origin), form: formOf(bonus), raw: numberOf(bonus), applied, reason };
}

function recordBase(recorder: Recorder, phase: string, base: BaseValues): void {
  for (const stat of PRIMARY_STATS) {
    const raw = base[stat];
    const applied = recordedStep(0, raw);
    recorder.line(stat, { phase, source: { kind: 'base' }, form: 'amount', raw, applied, reason: undefined });
  }
}

function recordLimit(recorder: Recorder, index: number, phase: string, before: number, limit: number): void {
  const stat = STATS[index];
  if (stat === undefined || before === limit) return;
  const reason: Reason =
    before > limit ? { code: 'capped', text: `at most ${limit}` } : { code: 'raised', text: `at least ${limit}` };
  const applied = recordedStep(before, limit);
  recorder.line(stat, { phase, source: { kind: 'rule' }, form: 'amount', raw: limit, applied, reason });
}

function recordedStep(before: number, after: number): number {
  return recorded(after) - recorded(before);
}

function recorded(value: number): number {
  return Math.max(-RECORDED_MAX, Math.min(RECORDED_MAX, value));
}
