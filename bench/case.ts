import type { Bed } from './bed.ts';
import type { Figure } from './figure.ts';
import type { Progress } from './progress.ts';

export interface Case {
  readonly about: string;
  /** Number of calls of `progress.step`. */
  readonly steps: (sizes: Sizes) => number;
  run(bed: Bed, sizes: Sizes, progress: Progress): Promise<Figure[]>;
}

/** How much is measured. */
export interface Sizes {
  /** Each measures the service and each of its ceilings once. */
  readonly rounds: number;
  readonly ingestEvents: number;
  readonly visibleSamples: number;
  /** Length of one load, s. */
  readonly loadSeconds: number;
  /** Characters of the larger population. */
  readonly population: number;
  /** Characters that log in to shards. */
  readonly sharded: number;
  /** Characters that are loaded by GETs, growing. */
  readonly visitors: readonly number[];
  /** Residents of one process, growing. */
  readonly residents: readonly number[];
  /** Session records on the topic before a start. */
  readonly replayRecords: number;
}

export const FULL: Sizes = {
  rounds: 3,
  ingestEvents: 100_000,
  visibleSamples: 300,
  loadSeconds: 3,
  population: 20_000,
  sharded: 6_000,
  visitors: [20_000, 100_000],
  residents: [1_000, 100_000, 1_000_000],
  replayRecords: 1_000_000,
};

export const QUICK: Sizes = {
  rounds: 1,
  ingestEvents: 50_000,
  visibleSamples: 80,
  loadSeconds: 2,
  population: 2_000,
  sharded: 2_000,
  visitors: [2_000],
  residents: [1_000, 5_000],
  replayRecords: 100_000,
};

/**
 * The sizes with some set: `name=number`, or `name=number,number…` where there are several. Undefined when one has no such
 * form.
 */
export function withSizes(sizes: Sizes, settings: readonly string[]): Sizes | undefined {
  const known = new Map<string, number | readonly number[]>(Object.entries(sizes));
  const set: Record<string, number | readonly number[]> = {};
  for (const setting of settings) {
    const [name = '', text = ''] = setting.split('=');
    const before = known.get(name);
    const numbers = text.split(',').map(Number);
    const [only] = numbers;
    if (
      before === undefined ||
      only === undefined ||
      !numbers.every((number) => Number.isInteger(number) && number > 0)
    ) {
      return undefined;
    }
    if (typeof before === 'number' && numbers.length > 1) return undefined;
    set[name] = typeof before === 'number' ? only : numbers;
  }
  return { ...sizes, ...set };
}
