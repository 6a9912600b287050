const LOOK_EVERY_MS = 50;

/** Whether this process, which plays the upstream services as well, has lately been late itself. */
export interface OwnLag {
  /** Monotonic ms at which it was last late by more than the bound; -Infinity: never. */
  readonly lateAt: number;
  stop(): void;
}

/** @param bound ms by which a timer may be late */
export function watchOwnLag(bound: number): OwnLag {
  let lateAt = Number.NEGATIVE_INFINITY;
  let expected = performance.now() + LOOK_EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    if (now > expected + bound) lateAt = now;
    expected = now + LOOK_EVERY_MS;
  }, LOOK_EVERY_MS);
  return {
    get lateAt() {
      return lateAt;
    },
    stop: () => clearInterval(timer),
  };
}
