/** Time, injected everywhere. */
export interface Clock {
  /** Epoch milliseconds, for comparing with times that other services give. May be corrected or stepped. */
  now(): number;
  /** Milliseconds that never step back, for ages, deadlines and schedules. Arbitrary origin. */
  mono(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
};

/** A clock that follows other services' when the local one is wrong. */
export interface CorrectedClock extends Clock {
  /**
   * One service's opinion: the `Date` of an answer (epoch ms, whole seconds), and this clock's `now` when the request was
   * sent and when the answer came. The newest of each voter counts.
   */
  vote(voter: string, date: number, sentAt: number, receivedAt: number): void;
  /** Ms added to the local clock; 0 while it agrees with the voters. */
  readonly correction: number;
}

/** Disagreement that is put down to whole seconds and latency, and how far `now` may be held back to stay monotonic. */
const TOLERANCE_MS = 2_000;
/** Answers that took longer say too little about when their Date was written. */
const ROUND_TRIP_MAX_MS = 1_000;
/** A Date is cut to the second: on average it is this much behind. */
const DATE_ROUNDING_MS = 500;

/**
 * The local clock, corrected by the median of the voters when they disagree with it by more than 2 s (architecture §3,
 * Time), and monotonic in between. A step of the local clock shows against the monotonic one: voters' opinions outlive it.
 */
export function createCorrectedClock(local: Clock): CorrectedClock {
  const offsets = new Map<string, number>();
  let anchor = { wall: local.now(), mono: local.mono() };
  let correction = 0;
  let last = Number.NEGATIVE_INFINITY;

  const recount = (): void => {
    const sorted = [...offsets.values()].sort((a, b) => a - b);
    const low = sorted[(sorted.length - 1) >> 1] ?? 0;
    const high = sorted[sorted.length >> 1] ?? 0;
    // Of two in the middle, the one nearer to the local clock: half of a wrong clock's error is no compromise.
    const median = Math.abs(low) < Math.abs(high) ? low : high;
    correction = Math.abs(median) > TOLERANCE_MS ? Math.round(median) : 0;
  };

  const readWall = (): number => {
    const reading = { wall: local.now(), mono: local.mono() };
    const step = reading.wall - anchor.wall - (reading.mono - anchor.mono);
    anchor = reading;
    if (Math.abs(step) > TOLERANCE_MS) {
      for (const [voter, offset] of offsets) offsets.set(voter, offset - step);
      recount();
    }
    return reading.wall;
  };

  return {
    now() {
      const value = readWall() + correction;
      const heldBack = value < last && last - value <= TOLERANCE_MS;
      if (!heldBack) last = value;
      return last;
    },
    mono: () => local.mono(),
    vote(voter, date, sentAt, receivedAt) {
      // Negative: the clock was corrected in between, and the two readings do not belong together.
      if (receivedAt < sentAt || receivedAt - sentAt > ROUND_TRIP_MAX_MS) return;
      const middle = (sentAt + receivedAt) / 2;
      offsets.set(voter, date + DATE_ROUNDING_MS - middle + correction);
      recount();
    },
    get correction() {
      return correction;
    },
  };
}
