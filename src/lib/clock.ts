/** Time, injected everywhere. */
export interface Clock {
  /** Epoch milliseconds, for comparing with times that other services give. May be wrong, and may be stepped. */
  now(): number;
  /** Milliseconds that never step back, for ages, deadlines and schedules. Arbitrary origin. */
  mono(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
};
