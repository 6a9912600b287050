import { PARTS, type Part } from '../../domain/part.ts';
import type { PartState } from '../../domain/part-state.ts';

/** A part of which something is due, owed or under way; what the others are see resting-part. */
export interface MovingPart {
  readonly state: PartState;
  /**
   * Versions of entries that were set while the part has been moving, by asset id, skill id or position of the base value.
   * What is not in here was set before any read in flight began. undefined: none was set.
   */
  versions: Map<number, number> | undefined;
}

export type MovingParts = Readonly<Record<Part, MovingPart | undefined>>;

/** Shared by all characters at rest, which are nearly all. */
export const NONE_MOVING: MovingParts = {
  base: undefined,
  equipment: undefined,
  buffs: undefined,
  passives: undefined,
};

/** With one part moving, or at rest (undefined). */
export function withPart(parts: MovingParts, part: Part, moving: MovingPart | undefined): MovingParts {
  const next = { ...parts, [part]: moving };
  return PARTS.every((each) => next[each] === undefined) ? NONE_MOVING : next;
}
