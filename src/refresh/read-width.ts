/** How many reads of one service may be in flight: all of the budget while its answers come in time. */
export interface ReadWidth {
  readonly now: number;
  /** A read was answered. */
  answered(): void;
  /** A read that began at this monotonic ms had no answer within its deadline. */
  timedOut(began: number): void;
}

/** Enough that a service that is slow for another reason than our reads is still asked. */
const WIDTH_MIN = 8;
/** A process that starts finds much to read, and does not know yet what the service can do. */
const FIRST_SHARE = 1 / 4;

/**
 * A quarter of the budget at first; halved when a read times out, once for all that were in flight by then, and given back by
 * one for each width of answers: the additive increase and multiplicative decrease by which TCP shares a link (RFC 5681).
 * Without it several replicas that start at once ask a service for more than it answers within the deadline; all of it times
 * out, and is asked for again.
 */
export function createReadWidth(budget: number, clock: { mono(): number }): ReadWidth {
  const least = Math.min(WIDTH_MIN, budget);
  let width = Math.max(least, budget * FIRST_SHARE);
  let halvedAt = Number.NEGATIVE_INFINITY;
  return {
    get now() {
      return Math.floor(width);
    },
    answered() {
      width = Math.min(budget, width + 1 / width);
    },
    timedOut(began) {
      if (began <= halvedAt) return;
      halvedAt = clock.mono();
      width = Math.max(least, width / 2);
    },
  };
}
