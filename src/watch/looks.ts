import { STATS } from '../domain/stat.ts';
import type { Clock } from '../lib/clock.ts';
import type { Change, ChangeCause, Move } from './change.ts';
import { createLookBudget } from './look-budget.ts';
import type { Roll } from './roll.ts';
import type { Watched } from './watched.ts';

/** Looks at watched characters and what has moved since the last one, as many as there may be. */
export interface Looks {
  /** There may be one more, beside those that causes ask for. */
  take(): boolean;
  /** Looks at the character because of this, now or when there may be more looks. */
  note(one: Watched, cause: ChangeCause): void;
  /** After a while: there may be more, and those who waited get theirs. */
  refill(): void;
  /** It is watched no more. */
  forget(one: Watched): void;
}

export interface LooksOptions {
  readonly roll: Pick<Roll, 'look'>;
  readonly clock: Clock;
  readonly onChange: (one: Watched, change: Change) => void;
}

export function createLooks({ roll, clock, onChange }: LooksOptions): Looks {
  const budget = createLookBudget(clock);
  const waiting = new Set<Watched>();
  let numbers = 0;

  function look(one: Watched, cause: ChangeCause, merged: number): void {
    const before = one.last;
    const now = roll.look(one.tenant, one.characterId);
    one.last = now;
    if (now === undefined || before === undefined) return;
    const moves = movesBetween(before.values, now.values);
    if (moves.length === 0 && sameNames(before.degraded, now.degraded)) return;
    numbers += 1;
    const { tenant, characterId } = one;
    const { degraded, worldId } = now;
    const at = clock.now();
    onChange(one, { number: numbers, at, tenant, characterId, worldId, cause, merged, moves, degraded });
  }

  return {
    take: budget.take,
    note(one, cause) {
      if (one.pending !== undefined) one.pending = { cause, merged: one.pending.merged + 1 };
      else if (budget.take()) look(one, cause, 0);
      else {
        one.pending = { cause, merged: 0 };
        waiting.add(one);
      }
    },
    refill() {
      budget.refill();
      for (const one of waiting) {
        if (!budget.take()) return;
        waiting.delete(one);
        const { pending } = one;
        one.pending = undefined;
        if (pending !== undefined) look(one, pending.cause, pending.merged);
      }
    },
    forget: (one) => waiting.delete(one),
  };
}

function movesBetween(before: readonly number[], now: readonly number[]): Move[] {
  return STATS.flatMap((stat, index) => {
    const from = before[index] ?? 0;
    const to = now[index] ?? 0;
    return from === to ? [] : [{ stat, from, to }];
  });
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
