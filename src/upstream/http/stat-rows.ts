import { STATS, type Stat, type StatRow } from '../../domain/stat.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';

/** Hands out one frozen row for equal values, so that equal items share it. */
export type StatRows = (valueFor: (stat: Stat) => number) => StatRow;

/** At most `max` rows are remembered, then the oldest goes; rows in use stay valid. */
export function createStatRows(max = 20_000): StatRows {
  const rows = new BoundedMap<string, StatRow>(max);
  return (valueFor) => {
    const values = STATS.map(valueFor);
    const key = values.join();
    const known = rows.get(key);
    if (known !== undefined) return known;
    const row: Partial<Record<Stat, number>> = {};
    STATS.forEach((stat, index) => {
      const value = values[index] ?? 0;
      if (value > 0) row[stat] = value;
    });
    const frozen = Object.freeze(row);
    rows.set(key, frozen);
    return frozen;
  };
}
