/** Keys that are remembered for a fixed time, at most `max` of them; the oldest goes first. */
export interface ExpiringSet {
  readonly size: number;
  /** Monotonic ms. */
  add(key: string, mono: number): void;
  has(key: string, mono: number): boolean;
  delete(key: string): void;
  /** Forgets what has expired. */
  sweep(mono: number): void;
}

export function createExpiringSet(ttl: number, max: number): ExpiringSet {
  const addedAt = new Map<string, number>();
  return {
    get size() {
      return addedAt.size;
    },
    add(key, mono) {
      addedAt.delete(key);
      addedAt.set(key, mono);
      if (addedAt.size <= max) return;
      const oldest = addedAt.keys().next();
      if (oldest.done !== true) addedAt.delete(oldest.value);
    },
    has(key, mono) {
      const at = addedAt.get(key);
      return at !== undefined && mono < at + ttl;
    },
    delete(key) {
      addedAt.delete(key);
    },
    sweep(mono) {
      for (const [key, at] of addedAt) {
        if (mono < at + ttl) return;
        addedAt.delete(key);
      }
    },
  };
}
