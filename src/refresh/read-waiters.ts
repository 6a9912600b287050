import type { Character } from '../domain/character.ts';

/** Those who wait for the next read of a character to end. */
export interface ReadWaiters {
  /** Resolves at the next {@link end} of the character, or after `within` ms. */
  next(character: Character, within: number): Promise<void>;
  end(character: Character): void;
  endAll(): void;
}

export function createReadWaiters(): ReadWaiters {
  const waiters = new Map<Character, Set<() => void>>();
  const end = (character: Character): void => {
    for (const release of [...(waiters.get(character) ?? [])]) release();
  };
  return {
    next(character, within) {
      const waiting = waiters.get(character) ?? new Set();
      waiters.set(character, waiting);
      return new Promise((resolve) => {
        const release = (): void => {
          clearTimeout(deadline);
          waiting.delete(release);
          if (waiting.size === 0 && waiters.get(character) === waiting) waiters.delete(character);
          resolve();
        };
        const deadline = setTimeout(release, within);
        waiting.add(release);
      });
    },
    end,
    endAll() {
      for (const character of [...waiters.keys()]) end(character);
    },
  };
}
