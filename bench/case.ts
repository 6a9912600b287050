import type { Bed } from './bed.ts';
import type { Figure } from './figure.ts';
import type { Progress } from './progress.ts';

export interface Case {
  readonly about: string;
  /** Number of calls of `progress.step`. */
  readonly steps: (sizes: Sizes) => number;
  run(bed: Bed, sizes: Sizes, progress: Progress): Promise<Figure[]>;
}

/** How much is measured. A round measures the service and each of its ceilings once. */
export interface Sizes {
  readonly rounds: number;
  readonly ingestEvents: number;
  readonly visibleSamples: number;
  /** Length of one load, s. */
  readonly loadSeconds: number;
  /** Characters of the larger population. */
  readonly population: number;
  /** Session records on the topic before a start. */
  readonly replayRecords: number;
}

export const FULL: Sizes = {
  rounds: 3,
  ingestEvents: 150_000,
  visibleSamples: 300,
  loadSeconds: 3,
  population: 6_000,
  replayRecords: 1_000_000,
};

export const QUICK: Sizes = {
  rounds: 1,
  ingestEvents: 50_000,
  visibleSamples: 80,
  loadSeconds: 2,
  population: 2_000,
  replayRecords: 100_000,
};
