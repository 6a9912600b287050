/** fast-check settings: `FC_SEED` replays a failure, `FC_RUNS` multiplies the effort. */
export function propertySettings(settings: { numRuns: number }): {
  numRuns: number;
  seed?: number;
  endOnFailure: boolean;
} {
  const { FC_SEED: seed, FC_RUNS: factor = '1' } = process.env;
  const numRuns = Math.ceil(settings.numRuns * Number(factor));
  return { numRuns, endOnFailure: false, ...(seed === undefined ? {} : { seed: Number(seed) }) };
}
