import type { Character } from '../domain/character.ts';
import type { Part } from '../domain/part.ts';

/** How soon a read should run: the earlier in the list, the sooner. */
export const PRIORITIES = ['reader', 'live', 'backlog', 'audit'] as const;

export type Priority = (typeof PRIORITIES)[number];

/** None is wanted or under way, one is wanted, or the monotonic ms at which the one under way began. */
export type ReadsState = 'quiet' | 'wanted' | number;

/** What the keeper of characters asks of whoever schedules their reads; refresh/read-queue is the one. */
export interface Schedule {
  /** A read of the part is wanted at a monotonic time, or sooner when one is wanted sooner. */
  want(character: Character, part: Part, at: number, priority: Priority): void;
  /** A read is wanted as soon as a partition (`topic/partition`) that is behind has caught up, or has been for too long. */
  waitFor(character: Character, part: Part, partition: string, mono: number): void;
  /** True when no read of the part is wanted or under way. */
  isQuiet(character: Character, part: Part): boolean;
  /** An event that concerns the part has come, whatever it will change. Tells how its reads stand. */
  heard(character: Character, part: Part): ReadsState;
  /** The character is held no longer: nothing of it may stay. */
  forget(character: Character): void;
}
