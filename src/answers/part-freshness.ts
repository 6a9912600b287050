import type { Character } from '../domain/character.ts';
import { type Freshness, freshnessOf, isUnconfirmed } from '../domain/freshness.ts';
import { PARTS, type Part } from '../domain/part.ts';
import type { DoubtReason, Moment } from '../domain/part-state.ts';
import type { ReadQueue } from '../refresh/read-queue.ts';
import type { Watches } from './effective-stats.ts';

export type { Freshness } from '../domain/freshness.ts';

/** How far one part of a character can be trusted, for people. Times are epoch ms. */
export interface PartFreshness {
  readonly part: Part;
  readonly state: Freshness;
  /** Start of the read that it rests on. */
  readonly asOf: number | undefined;
  readonly staleSince: number | undefined;
  readonly staleReason: DoubtReason | 'not confirmed' | undefined;
  /** When it will be confirmed. */
  readonly settlesAt: number | undefined;
  /** Start of the read under way. */
  readonly readingSince: number | undefined;
  readonly nextReadAt: number | undefined;
  /** Partition (`topic/partition`) whose backlog is waited for before it is read. */
  readonly waitsFor: string | undefined;
  /** Reads that have failed since the last one that did not. */
  readonly failures: number;
}

/** Epoch ms of a monotonic time; undefined when that is none. */
export function epochOf(mono: number | undefined, moment: Moment): number | undefined {
  return mono === undefined || !Number.isFinite(mono) ? undefined : Math.round(moment.now + (mono - moment.mono));
}

/** Every part, in the order in which answers name them. */
export function partFreshness(
  character: Character,
  moment: Moment,
  watches: Watches,
  queue: Pick<ReadQueue, 'status'>,
): PartFreshness[] {
  return PARTS.map((part) => {
    const { began, doubt, confirmAt } = character[part];
    const unconfirmed = isUnconfirmed(character[part], moment.mono);
    const status = queue.status(character, part);
    return {
      part,
      state: freshnessOf(character[part], moment, watches[part]),
      asOf: epochOf(began, moment),
      staleSince: doubt?.since ?? (unconfirmed ? epochOf(confirmAt, moment) : undefined),
      staleReason: doubt?.reason ?? (unconfirmed ? 'not confirmed' : undefined),
      settlesAt: epochOf(confirmAt, moment),
      readingSince: epochOf(status.began, moment),
      nextReadAt: epochOf(status.nextAt, moment),
      waitsFor: status.waitsFor,
      failures: status.failures,
    };
  });
}
