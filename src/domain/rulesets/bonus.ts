import type { Bonus, Form } from '../ruleset.ts';
import type { Stat } from '../stat.ts';

const INT32_MIN = -0x8000_0000;
const INT32_MAX = 0x7fff_ffff;

/** A bonus whose number is held to int32, the width that it has on the wire. */
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

/** The bonus's number, whatever its form. */
export function numberOf(bonus: Bonus): number {
  return bonus.amount + bonus.percent + bonus.basePercent;
}

export function formOf(bonus: Bonus): Form {
  if (bonus.percent !== 0) return 'percent';
  return bonus.basePercent !== 0 ? 'basePercent' : 'amount';
}

/** A bonus's amount is int32 on the wire. */
export function clampInt32(amount: number): number {
  return Math.max(INT32_MIN, Math.min(INT32_MAX, amount));
}
