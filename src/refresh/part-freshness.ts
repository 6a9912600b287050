import type { CharacterView, Moment, StaleReason } from '../domain/character.ts';
import { isFresh } from '../domain/freshness.ts';
import { PARTS, type Part } from '../domain/part.ts';
import { dueAt } from '../domain/part-state.ts';

/**
 * fresh, settling: counts as true; settling: a read will confirm it. stale: it may have changed. unwatched: it would be
 * fresh, but events cannot be followed at the moment. unloaded: it was never read.
 */
export type Freshness = 'fresh' | 'settling' | 'stale' | 'unwatched' | 'unloaded';

/** How far one part of a character can be trusted, for people. Times are epoch ms. */
export interface PartFreshness {
  readonly part: Part;
  readonly state: Freshness;
  /** Start of the read that it rests on. */
  readonly asOf: number | undefined;
  readonly staleSince: number | undefined;
  readonly staleReason: StaleReason | undefined;
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

/** Every part, in the order in which answers name them. */
export function partFreshness(
  view: CharacterView,
  moment: Moment,
  isFeedCurrent: (part: Part) => boolean,
): PartFreshness[] {
  /** Epoch ms of a monotonic time. */
  const epoch = (mono: number | undefined): number | undefined =>
    mono === undefined || mono === Number.POSITIVE_INFINITY ? undefined : moment.now + (mono - moment.mono);
  return PARTS.map((name) => {
    const part = view.part(name);
    const stale = part.staleVersion > 0;
    return {
      part: name,
      state: stateOf(view, name, moment, isFeedCurrent(name)),
      asOf: part.asOf,
      staleSince: stale ? part.staleSince : undefined,
      staleReason: stale ? part.staleReason : undefined,
      settlesAt: epoch(part.settleAt),
      readingSince: part.fetch?.now,
      nextReadAt: epoch(dueAt(part)),
      waitsFor: part.waitsFor,
      failures: part.failures,
    };
  });
}

function stateOf(view: CharacterView, name: Part, moment: Moment, feedCurrent: boolean): Freshness {
  const part = view.part(name);
  if (part.asOf === undefined) return 'unloaded';
  if (part.staleVersion > 0) return 'stale';
  if (!isFresh(part, moment, feedCurrent)) return 'unwatched';
  return part.settleAt === undefined ? 'fresh' : 'settling';
}
