import { STATS, type Stat } from '../../src/domain/stat.ts';
import type { StatsAnswer } from '../support/service-process.ts';

/** One line of an answer's `bonuses`, percents as whole numbers. */
export interface Row {
  readonly amount: number;
  readonly percent: number;
  readonly basePercent: number;
}

/** The lines of one source, by stat. */
export type Rows = ReadonlyMap<Stat, Row>;

/** An answer's `bonuses` by source, e.g. `equipment:177`. */
export function rowsBySource({ bonuses }: StatsAnswer): Map<string, Map<Stat, Row>> {
  const sources = new Map<string, Map<Stat, Row>>();
  for (const { source, statType, amount, multiplier, basePercent } of bonuses) {
    const stat = STATS.find((each) => each === statType);
    if (stat === undefined) throw new Error(`an answer names the unknown stat ${statType}`);
    const rows = sources.get(String(source)) ?? new Map<Stat, Row>();
    sources.set(String(source), rows);
    const percent = Math.round(Number(multiplier) * 100);
    rows.set(stat, { amount: Number(amount), percent, basePercent: Number(basePercent) });
  }
  return sources;
}

/** Ruleset `atlas`: what the base and these bonuses make of a stat. Numbers here stay far below 2^53. */
export function totalOf(stat: Stat, base: number, sources: readonly Rows[]): number {
  let flat = 0;
  let percent = 100;
  for (const rows of sources) {
    const row = rows.get(stat);
    if (row === undefined) continue;
    flat += row.amount + Math.trunc((base * row.basePercent) / 100);
    percent += row.percent;
  }
  const most = stat === 'max_hp' || stat === 'max_mp' ? 30_000 : 4_294_967_295;
  return Math.max(0, Math.min(most, Math.floor(((base + flat) * percent) / 100)));
}
