import type { AnyEntry } from './static-entry.ts';

/** Entries that are to be asked for: those that somebody waits for, then the others. */
export interface StaticQueue {
  /** Begins an attempt of the entry, which waits for its turn. */
  add(entry: AnyEntry, isAwaited: boolean): void;
  /** Somebody waits for it now. */
  hurry(entry: AnyEntry): void;
  /** Takes out whose turn it is; undefined: nobody waits. */
  take(): AnyEntry | undefined;
  /** False: it was not waiting. */
  remove(entry: AnyEntry): boolean;
}

export function createStaticQueue(): StaticQueue {
  const awaited = new Set<AnyEntry>();
  const background = new Set<AnyEntry>();
  return {
    add(entry, isAwaited) {
      entry.attempt = Promise.withResolvers();
      (isAwaited ? awaited : background).add(entry);
    },
    hurry(entry) {
      if (background.delete(entry)) awaited.add(entry);
    },
    take() {
      for (const queue of [awaited, background]) {
        for (const entry of queue) {
          queue.delete(entry);
          return entry;
        }
      }
      return undefined;
    },
    remove: (entry) => awaited.delete(entry) || background.delete(entry),
  };
}
