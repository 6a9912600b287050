import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import type { BatchHandler } from './feed.ts';

/** Which dead letters to decode and apply once more; what is left out does not narrow the choice. */
export interface RedriveChoice {
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
}

export interface RedriveResult {
  /** Letters that were decoded again. Those that are still unreadable are dead letters again. */
  readonly redriven: number;
  /** Letters that are kept only in part, or are whole batches, and cannot be decoded again. */
  readonly incomplete: number;
}

/** Sends dead letters through the pipeline again, e.g. after an upgrade that can read them. */
export async function redrive(
  deadLetters: DeadLetters,
  handle: BatchHandler,
  choice: RedriveChoice,
): Promise<RedriveResult> {
  const isChosen = ({ topic, partition, offset }: DeadLetter): boolean =>
    topic === (choice.topic ?? topic) &&
    partition === (choice.partition ?? partition) &&
    offset === (choice.offset ?? offset);
  const incomplete = deadLetters.list().filter((letter) => isChosen(letter) && !isWhole(letter)).length;
  const records = deadLetters.take((letter) => isChosen(letter) && isWhole(letter));
  if (records.length > 0) await handle({ records, behind: new Set() });
  return { redriven: records.length, incomplete };
}

function isWhole({ isBatch, value, valueLength, headers, headerCount }: DeadLetter): boolean {
  return isBatch !== true && (value?.length ?? 0) === valueLength && headers.length === headerCount;
}
