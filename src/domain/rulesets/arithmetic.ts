/** The few operations of a calculation, over numbers that are exact as long as they fit. */
export interface Arithmetic<T> {
  of(value: number): T;
  plus(a: T, b: number): T;
  /** trunc(value × percent / 100), towards 0. */
  share(value: T, percent: number): T;
  sum(a: T, b: T): T;
  /** floor(value × (100 + percent) / 100), the mathematical floor. */
  scaled(value: T, percent: number): T;
  /** The nearest double. */
  numberOf(value: T): number;
}

/** Exact while every product stays within ±2^53. */
export const DOUBLES: Arithmetic<number> = {
  of: (value) => value,
  plus: (a, b) => a + b,
  share: (value, percent) => truncHundredth(value * percent),
  sum: (a, b) => a + b,
  scaled: (value, percent) => floorHundredth(value * (100 + percent)),
  numberOf: (value) => value,
};

/** Exact always, and slow. */
export const LONGS: Arithmetic<bigint> = {
  of: BigInt,
  plus: (a, b) => a + BigInt(b),
  share: (value, percent) => (value * BigInt(percent)) / 100n,
  sum: (a, b) => a + b,
  scaled: (value, percent) => {
    const product = value * BigInt(100 + percent);
    const remainder = product % 100n;
    return (product - remainder) / 100n - (remainder < 0n ? 1n : 0n);
  },
  numberOf: Number,
};

// Subtracting the remainder first leaves a division without rounding.
function truncHundredth(product: number): number {
  return (product - (product % 100)) / 100;
}

function floorHundredth(product: number): number {
  return truncHundredth(product) - (product % 100 < 0 ? 1 : 0);
}
