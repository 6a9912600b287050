import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';

/** Logs what may come thousands of times: the first of each kind at once, then how many more there were, once a minute. */
export interface ToldOnce {
  /** `kind` tells what counts as the same. */
  tell(kind: string, details: object, message: string): void;
}

export interface ToldOnceOptions {
  readonly clock: Pick<Clock, 'mono'>;
  readonly log: (details: object, message: string) => void;
}

const PERIOD_MS = 60_000;
/** Kinds that are remembered; hostile input may bring any number. */
const KINDS_MAX = 1_000;

export function createToldOnce({ clock, log }: ToldOnceOptions): ToldOnce {
  const told = new BoundedMap<string, { at: number; more: number }>(KINDS_MAX);
  return {
    tell(kind, details, message) {
      const before = told.get(kind);
      const now = clock.mono();
      if (before !== undefined && now < before.at + PERIOD_MS) {
        before.more += 1;
        return;
      }
      told.renew(kind, { at: now, more: 0 });
      log(before === undefined || before.more === 0 ? details : { ...details, more: before.more }, message);
    },
  };
}
