/**
 * A point in time as the buff service gives it: whole milliseconds since the epoch and the nanoseconds within that
 * millisecond (0–999,999). Text must not be compared: fractions have 0–9 digits and offsets vary.
 */
export interface Instant {
  readonly ms: number;
  readonly ns: number;
}

/** Negative when a is earlier than b, 0 when equal, positive when later. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.ms === b.ms ? a.ns - b.ns : a.ms - b.ms;
}

/** An instant as one number, epoch ms with a fraction. Those less than 244 ns apart may give the same. */
export function instantNumber({ ms, ns }: Instant): number {
  return ms + ns / 1e6;
}
