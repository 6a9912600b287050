import { type Change, type ChangeFilter, matches } from './change.ts';

/** Whose changes they are. */
export interface ChangesOwner {
  /** The oldest first. */
  readonly changes: Change[];
  /** Epoch ms since which none is missing. */
  since: number;
}

/** The last changes, of all characters together bounded in bytes, of each in number. */
export interface KeptChanges {
  /** Keeps a change among its character's, and lets go of the oldest beyond the bounds. */
  add(owner: ChangesOwner, change: Change): void;
  /** Lets go of all changes of a character. */
  forget(owner: readonly Change[]): void;
  /** Kept changes after that number, the oldest first; `complete` is false when some are not kept any more. */
  after(number: number, filter: ChangeFilter): { readonly changes: readonly Change[]; readonly complete: boolean };
  readonly size: number;
  readonly bytes: number;
}

const CHANGES_PER_CHARACTER = 200;
const CHANGE_BYTES = 240;
const MOVE_BYTES = 40;

/** `maxBytes`: of all changes kept, about. */
export function createKeptChanges(maxBytes: number): KeptChanges {
  /** The oldest first. */
  const kept = new Map<Change, ChangesOwner>();
  let bytes = 0;
  let lastForgotten = 0;

  function drop(change: Change): void {
    if (!kept.delete(change)) return;
    bytes -= sizeOf(change);
    lastForgotten = Math.max(lastForgotten, change.number);
  }

  function dropOldest(owner: ChangesOwner): void {
    const oldest = owner.changes.shift();
    if (oldest === undefined) return;
    owner.since = Math.max(owner.since, oldest.at);
    drop(oldest);
  }

  return {
    add(owner, change) {
      owner.changes.push(change);
      kept.set(change, owner);
      bytes += sizeOf(change);
      if (owner.changes.length > CHANGES_PER_CHARACTER) dropOldest(owner);
      for (const oldestOwner of kept.values()) {
        if (bytes <= maxBytes) break;
        dropOldest(oldestOwner);
      }
    },
    forget(owner) {
      for (const change of owner) drop(change);
    },
    after(number, filter) {
      const changes = [...kept.keys()].filter((change) => change.number > number && matches(filter, change));
      return { changes, complete: number >= lastForgotten };
    },
    get size() {
      return kept.size;
    },
    get bytes() {
      return bytes;
    },
  };
}

function sizeOf({ moves }: Change): number {
  return CHANGE_BYTES + moves.length * MOVE_BYTES;
}
