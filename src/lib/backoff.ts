/** Pause before attempt `attempt` (1 = first repetition): doubles from `first` to `most`, then up to half of it off. */
export function backoff(attempt: number, first: number, most: number, random: () => number): number {
  return jittered(Math.min(first * 2 ** Math.min(attempt - 1, 20), most), random);
}

/** Up to half of it off, so that those who wait for the same do not come back together. */
export function jittered(pause: number, random: () => number): number {
  return pause * (0.5 + random() / 2);
}
