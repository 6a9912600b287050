import type { Bonus } from '../ruleset.ts';
import type { Stat } from '../stat.ts';
import { clampInt32 } from './stat-total.ts';

/** How a bonus's number acts: added, as percent of (base + flat), or as percent of base alone. */
export type Form = 'amount' | 'percent' | 'basePercent';

export function bonusOf(kind: Bonus['kind'], id: number, stat: Stat, form: Form, value: number): Bonus {
  const clamped = clampInt32(value);
  return {
    kind,
    id,
    stat,
    amount: form === 'amount' ? clamped : 0,
    percent: form === 'percent' ? clamped : 0,
    basePercent: form === 'basePercent' ? clamped : 0,
  };
}

/** False for a bonus of 0, which is none. */
export function grants(bonus: Bonus): boolean {
  return bonus.amount !== 0 || bonus.percent !== 0 || bonus.basePercent !== 0;
}
