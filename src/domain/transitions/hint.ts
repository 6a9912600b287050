import type { CharacterView, CharacterWriter, Moment, StaleReason } from '../character.ts';
import type { CharacterEvent } from '../event.ts';
import type { Part } from '../part.ts';
import { newestFetch } from '../part-state.ts';
import { FETCH_GRACE_MS, SETTLE_MS } from '../timing.ts';

/** Marks the part stale; the re-read runs at once and once more when its producer must have committed (rule 5). */
export function hint(
  part: Part,
  reason: StaleReason,
  event: CharacterEvent,
  moment: Moment,
  writer: CharacterWriter,
): void {
  writer.markStale(part, reason, event.backlog);
  writer.settle(part, moment.mono + SETTLE_MS);
}

/**
 * True when the event is too old to change values: published more than 5 s before the newest fetch of the part began,
 * which then knows better (rule 1).
 */
export function predatesFetch(view: CharacterView, part: Part, event: CharacterEvent, moment: Moment): boolean {
  return event.recordTime < newestFetch(view.part(part), moment) - FETCH_GRACE_MS;
}

/** True when the part is loaded and nothing is due or under way that could still change it. */
export function isSettled(view: CharacterView, part: Part): boolean {
  const { asOf, staleVersion, fetch, wantedAt } = view.part(part);
  const readAhead = fetch !== undefined || wantedAt !== Number.POSITIVE_INFINITY;
  return asOf !== undefined && staleVersion === 0 && !readAhead;
}
