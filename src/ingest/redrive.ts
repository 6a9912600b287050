import { setImmediate as nextTurn } from 'node:timers/promises';
import { RecordContent } from '../wire/record-content.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import type { BatchHandler, FeedRecord } from './feed.ts';

/** Which dead letters to decode and apply once more; what is left out does not narrow the choice. */
export interface RedriveChoice {
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
}

export interface RedriveResult {
  /** Letters that were decoded again. */
  readonly tried: number;
  /** Those that could be read now; they are no dead letters any more. */
  readonly applied: number;
  /** Those that could not; they stay, with the reason of this time. */
  readonly stillDead: number;
  /** Letters that are kept only in part, or are whole batches, and cannot be decoded again. */
  readonly incomplete: number;
}

/** Letters that are decoded in one turn of the event loop. */
const PORTION = 100;

/**
 * Sends dead letters through the pipeline again, e.g. after an upgrade that can read them. Rejects with what `handle` rejects
 * with; what it did not handle stays among the dead letters. `handle` adds again what it cannot read.
 */
export async function redrive(
  deadLetters: DeadLetters,
  handle: BatchHandler,
  choice: RedriveChoice,
): Promise<RedriveResult> {
  const isChosen = ({ topic, partition, offset }: DeadLetter): boolean =>
    topic === (choice.topic ?? topic) &&
    partition === (choice.partition ?? partition) &&
    offset === (choice.offset ?? offset);
  const chosen = deadLetters.list().filter(isChosen).toReversed();
  const whole = chosen.filter(isWhole);
  let stillDead = 0;
  for (let from = 0; from < whole.length; from += PORTION) {
    const letters = whole.slice(from, from + PORTION);
    await handle({ records: letters.map(recordOf), behind: new Set(), replaying: new Set() });
    // What has been added again stands in the place of what was tried.
    for (const letter of letters) if (!deadLetters.remove(letter)) stillDead += 1;
    await nextTurn();
  }
  const tried = whole.length;
  return { tried, applied: tried - stillDead, stillDead, incomplete: chosen.length - tried };
}

function recordOf({ stream, topic, partition, offset, timestamp, headers, value }: DeadLetter): FeedRecord {
  return { stream, topic, partition, offset, timestamp, content: RecordContent.of(headers, value) };
}

function isWhole({ isBatch, value, valueLength, headers, headerCount }: DeadLetter): boolean {
  return isBatch !== true && (value?.length ?? 0) === valueLength && headers.length === headerCount;
}
