import type { CharacterEvent } from '../domain/event.ts';
import { OUTCOMES, type Outcome } from '../domain/parts/change.ts';

/** One line of what became of the events: a type and an outcome, or a stream and why its events were not applied. */
export interface EventCount {
  /** Event type (`buff-applied`) for those that were decoded, else the stream (`buff`). */
  readonly type: string;
  /** An outcome, `skipped` or `dead`. */
  readonly outcome: string;
  /** Why it was skipped or is dead; empty for outcomes. */
  readonly reason: string;
  readonly count: number;
}

/** Counts what became of every event: plain integers, read when somebody asks. */
export interface EventCounts {
  outcome(type: CharacterEvent['type'], outcome: Outcome): void;
  skipped(stream: string, reason: string): void;
  dead(stream: string, reason: string): void;
  lines(): EventCount[];
}

export function createEventCounts(): EventCounts {
  const outcomes = new Map<string, number[]>();
  const others = new Map<string, Map<string, number>>();
  const count = (outcome: string, stream: string, reason: string): void => {
    const key = `${outcome} ${stream}`;
    const reasons = others.get(key) ?? new Map<string, number>();
    others.set(key, reasons);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  };
  return {
    outcome(type, outcome) {
      let counts = outcomes.get(type);
      if (counts === undefined) {
        counts = OUTCOMES.map(() => 0);
        outcomes.set(type, counts);
      }
      const index = OUTCOMES.indexOf(outcome);
      counts[index] = (counts[index] ?? 0) + 1;
    },
    skipped: (stream, reason) => count('skipped', stream, reason),
    dead: (stream, reason) => count('dead', stream, reason),
    lines() {
      const applied = [...outcomes].flatMap(([type, counts]) =>
        OUTCOMES.map((outcome, index) => ({ type, outcome, reason: '', count: counts[index] ?? 0 })),
      );
      const rest = [...others].flatMap(([key, reasons]) => {
        const [outcome = '', type = ''] = key.split(' ');
        return [...reasons].map(([reason, n]) => ({ type, outcome, reason, count: n }));
      });
      return [...applied, ...rest].filter((line) => line.count > 0);
    },
  };
}
