import type { Who } from '../../world/model.ts';
import { nameOf } from './truth-history.ts';

/** The last things that concerned each character, for the day on which one of its answers is a lie. */
export interface Timeline {
  add(who: Who, what: () => string): void;
  /** The lines about a character, the oldest first, with seconds since the run began. */
  of(who: Who): readonly string[];
}

const LINES_MAX = 120;

export function createTimeline(): Timeline {
  const lines = new Map<string, { readonly at: number; readonly what: () => string }[]>();
  const beginning = performance.now();
  return {
    add(who, what) {
      const own = lines.get(nameOf(who)) ?? [];
      lines.set(nameOf(who), own);
      own.push({ at: performance.now(), what });
      if (own.length > LINES_MAX) own.shift();
    },
    of: (who) =>
      (lines.get(nameOf(who)) ?? []).map(
        ({ at, what }) => `${((at - beginning) / 1_000).toFixed(3).padStart(9)} ${what()}`,
      ),
  };
}
