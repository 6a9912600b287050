import { PRIORITIES, type Priority } from '../../domain/character.ts';
import type { Part } from '../../domain/part.ts';
import { dueAt } from '../../domain/part-state.ts';
import { createHeap } from '../../lib/heap.ts';
import type { MemoryCharacter } from './memory-character.ts';

/**
 * Which characters' reads of one part are due. The due times themselves are the characters' state; this only finds the
 * next ones. An entry may be out of date: it is checked against the state when it comes up. Reads that wait for a backlog
 * have none: whoever tells that the backlog is over, or took too long, notes them again.
 */
export interface DueReads {
  /** To be called whenever the part's due time or priority may have changed. */
  note(character: MemoryCharacter, mono: number): void;
  /** The character is absent. */
  forget(character: MemoryCharacter): void;
  /** Characters whose read is due at this monotonic time, the most urgent first, n at most. */
  take(mono: number, n: number): MemoryCharacter[];
  nextAt(): number;
}

export function createDueReads(part: Part): DueReads {
  /** When the earliest entry of a character comes up: the only one that is needed. */
  const noted = new Map<MemoryCharacter, number>();
  const later = createHeap<MemoryCharacter>((at, character) => noted.get(character) === at);
  const ready: Record<Priority, Set<MemoryCharacter>> = {
    reader: new Set(),
    live: new Set(),
    backlog: new Set(),
    audit: new Set(),
  };
  const unready = (character: MemoryCharacter): void => {
    for (const priority of PRIORITIES) ready[priority].delete(character);
  };

  const note = (character: MemoryCharacter, mono: number): void => {
    const state = character.part(part);
    const at = character.held ? dueAt(state) : Number.POSITIVE_INFINITY;
    unready(character);
    if (at <= mono) {
      ready[state.priority].add(character);
    } else if (state.waitsFor === undefined && at < (noted.get(character) ?? Number.POSITIVE_INFINITY)) {
      noted.set(character, at);
      later.push(at, character);
    }
  };

  const wake = (mono: number): void => {
    while (later.next <= mono) {
      const at = later.next;
      const character = later.pop();
      if (character === undefined) return;
      if (noted.get(character) === at) noted.delete(character);
      note(character, mono);
    }
  };

  return {
    note,
    forget(character) {
      unready(character);
      noted.delete(character);
    },
    take(mono, n) {
      wake(mono);
      const taken: MemoryCharacter[] = [];
      for (const priority of PRIORITIES) {
        for (const character of ready[priority]) {
          if (taken.length === n) return taken;
          ready[priority].delete(character);
          if (character.held && dueAt(character.part(part)) <= mono) taken.push(character);
        }
      }
      return taken;
    },
    nextAt() {
      return PRIORITIES.some((priority) => ready[priority].size > 0) ? Number.NEGATIVE_INFINITY : later.next;
    },
  };
}
