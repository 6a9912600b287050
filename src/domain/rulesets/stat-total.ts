import type { Bonus } from '../ruleset.ts';
import type { BaseValues, Stat } from '../stat.ts';

const UINT32_MAX = 0xffff_ffff;
const INT32_MIN = -0x8000_0000;
const INT32_MAX = 0x7fff_ffff;

/** What the character service holds for the stat; 0 for the stats that have no base (rules §1). */
export function baseOf(values: BaseValues, stat: Stat): number {
  const bases: Readonly<Partial<Record<Stat, number>>> = values;
  return bases[stat] ?? 0;
}

/**
 * floor((base + flat) × (100 + Σ percent) / 100) with flat = Σ amount + Σ trunc(base × basePercent / 100), over those of
 * the bonuses that are for this stat (rules §2). Floor is the mathematical one, trunc is towards 0. May be negative or
 * above uint32. Exact within ±2^53, and beyond that the nearest double.
 */
export function statTotal(stat: Stat, base: number, bonuses: readonly Bonus[]): number {
  let flat = 0;
  let percent = 0;
  // Every intermediate result is at most this far from 0.
  let reach = Math.abs(base);
  for (const bonus of bonuses) {
    if (bonus.stat !== stat) continue;
    const share = base * bonus.basePercent;
    flat += bonus.amount + truncHundredth(share);
    percent += bonus.percent;
    reach += Math.abs(bonus.amount) + Math.abs(share);
  }
  const product = (base + flat) * (100 + percent);
  reach = Math.max(reach, Math.abs(product));
  return reach <= Number.MAX_SAFE_INTEGER ? floorHundredth(product) : longTotal(stat, base, bonuses);
}

/** The same for numbers that a double cannot hold exactly. */
function longTotal(stat: Stat, base: number, bonuses: readonly Bonus[]): number {
  let sum = BigInt(base);
  let percent = 100n;
  for (const bonus of bonuses) {
    if (bonus.stat !== stat) continue;
    sum += BigInt(bonus.amount) + (BigInt(base) * BigInt(bonus.basePercent)) / 100n;
    percent += BigInt(bonus.percent);
  }
  const product = sum * percent;
  const remainder = product % 100n;
  return Number((product - remainder) / 100n - (remainder < 0n ? 1n : 0n));
}

// Subtracting the remainder first leaves a division without rounding.
function truncHundredth(product: number): number {
  return (product - (product % 100)) / 100;
}

function floorHundredth(product: number): number {
  return truncHundredth(product) - (product % 100 < 0 ? 1 : 0);
}

/** At least 0, at most the cap, which defaults to the widest number that the wire takes (uint32). */
export function clampStat(total: number, cap: number = UINT32_MAX): number {
  return Math.max(0, Math.min(cap, total));
}

/** A bonus's amount is int32 on the wire. */
export function clampInt32(amount: number): number {
  return Math.max(INT32_MIN, Math.min(INT32_MAX, amount));
}
