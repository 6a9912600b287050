/** How a read ends: what it makes of the character, and when the next one is wanted. */
import type { PartSnapshot } from '../domain/snapshot.ts';
import type { Characters } from '../state/characters.ts';
import type { Claim, ReadQueue } from './read-queue.ts';

export interface ReadEnds {
  readonly characters: Characters;
  readonly queue: ReadQueue;
}

/** It was answered. dropped: the character is held no longer. drift: it confirmed a difference that no event explains. */
export function endRead(
  { characters, queue }: ReadEnds,
  claim: Claim,
  snapshot: PartSnapshot,
): 'dropped' | 'unchanged' | 'changed' | 'drift' {
  const absorbed = characters.absorb(claim.character, snapshot, claim.began);
  if (absorbed === undefined) return 'dropped';
  const { changed, first } = absorbed;
  if (queue.succeeded(claim, changed && !first)) return 'drift';
  return changed ? 'changed' : 'unchanged';
}

/** It failed, and is wanted again at a monotonic time. What it was owed to confirm is doubted. */
export function failRead({ characters, queue }: ReadEnds, claim: Claim, retryAt: number): void {
  const { character, part, began } = claim;
  const { read, doubt, confirmAt } = character[part];
  const wasOwed = read !== undefined && confirmAt !== undefined && confirmAt <= began;
  queue.failed(claim, retryAt, false);
  if (wasOwed && doubt === undefined) characters.doubt(character, [part], 'read failed');
}

/** The character service does not know the character: a visitor without a base goes, any other keeps what it has, in doubt. */
export function missRead({ characters, queue }: ReadEnds, claim: Claim, retryAt: number): void {
  const { character, part } = claim;
  const { read, doubt } = character[part];
  if (read === undefined) characters.dismiss(character);
  queue.failed(claim, retryAt, true);
  if (read !== undefined && doubt === undefined) characters.doubt(character, [part], 'unknown to its service');
}
