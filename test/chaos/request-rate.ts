const SAMPLE_EVERY_MS = 50;
const SECOND_MS = 1_000;

/** How many requests came in the worst second, watched from the call on until `stop`. */
export interface RequestRate {
  /** Requests in the second with the most of them. */
  stop(): number;
}

/** @param count requests so far, ever rising */
export function watchRequestRate(count: () => number): RequestRate {
  const samples: { readonly at: number; readonly count: number }[] = [];
  let worst = 0;
  const sample = (): void => {
    const now = { at: performance.now(), count: count() };
    samples.push(now);
    // One sample stays from before the second, so that the second is whole.
    while ((samples[1]?.at ?? now.at) <= now.at - SECOND_MS) samples.shift();
    worst = Math.max(worst, now.count - (samples[0]?.count ?? now.count));
  };
  sample();
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return worst;
    },
  };
}
