/** Repeatable randomness: equal seeds give equal sequences, on every machine. Not for secrets. */
export interface Prng {
  /** 0–4294967295 */
  uint32(): number;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True with the probability, 0–1. */
  chance(probability: number): boolean;
  /** One of the items; undefined when there are none. */
  pick<T>(items: readonly T[]): T | undefined;
  /** The same items in another order. */
  shuffle<T>(items: readonly T[]): T[];
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
  /** A UUID of version 4. */
  uuid(): string;
}

const UINT32_RANGE = 2 ** 32;

/** `seed` is taken modulo 2^32. The generator is splitmix32. */
export function createPrng(seed: number): Prng {
  let state = seed >>> 0;

  const uint32 = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };

  const between = (low: number, high: number): number => low + Math.floor((uint32() / UINT32_RANGE) * (high - low + 1));

  const hex = (digits: number): string => {
    let text = '';
    while (text.length < digits) text += uint32().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  };

  return {
    uint32,
    between,
    hex,
    chance: (probability) => uint32() / UINT32_RANGE < probability,
    pick: (items) => items[between(0, items.length - 1)],
    shuffle(items) {
      const keyed = items.map((item) => ({ item, key: uint32() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
    },
    uuid() {
      const digits = hex(32);
      const variant = ((Number.parseInt(digits.slice(16, 17), 16) & 3) | 8).toString(16);
      return [
        digits.slice(0, 8),
        digits.slice(8, 12),
        `4${digits.slice(13, 16)}`,
        `${variant}${digits.slice(17, 20)}`,
        digits.slice(20),
      ].join('-');
    },
  };
}
