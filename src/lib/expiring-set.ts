/** How full something is that is bounded, and how much its bound has cost. */
export interface CacheCounts {
  readonly size: number;
  /** What went because there was no more room, before its time. */
  readonly evicted: number;
}

/** Keys that are remembered for a fixed time, at most `max` of them; the oldest goes first. */
export interface ExpiringSet extends CacheCounts {
  /** Monotonic ms. */
  add(key: string, mono: number): void;
  has(key: string, mono: number): boolean;
  delete(key: string): void;
  /** Forgets what has expired. */
  sweep(mono: number): void;
}

export function createExpiringSet(ttl: number, max: number): ExpiringSet {
  const addedAt = new Map<string, number>();
  let evicted = 0;
  const makeRoom = (mono: number): void => {
    for (const [key, at] of addedAt) {
      if (addedAt.size <= max) return;
      addedAt.delete(key);
      if (mono < at + ttl) evicted += 1;
    }
  };
  return {
    get size() {
      return addedAt.size;
    },
    get evicted() {
      return evicted;
    },
    add(key, mono) {
      addedAt.delete(key);
      addedAt.set(key, mono);
      if (addedAt.size > max) makeRoom(mono);
    },
    has(key, mono) {
      const at = addedAt.get(key);
      return at !== undefined && mono < at + ttl;
    },
    delete(key) {
      addedAt.delete(key);
    },
    sweep(mono) {
      makeRoom(mono);
      for (const [key, at] of addedAt) {
        if (mono < at + ttl) return;
        addedAt.delete(key);
      }
    },
  };
}
