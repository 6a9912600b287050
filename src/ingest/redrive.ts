import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** Letters that are decoded in one turn of the event loop. */
const PORTION = 100;

/**
 * Sends dead letters through the pipeline again, e.g. after an upgrade that can read them. Rejects with what `handle` rejects
 * with; what it did not handle is among the dead letters again.
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
  let redriven = 0;
  for (let from = 0; from < whole.length; from += PORTION) {
    const portion = new Set(whole.slice(from, from + PORTION));
    const records = deadLetters.take((letter) => portion.has(letter));
    await handOver(records, deadLetters, handle);
    redriven += records.length;
    await nextTurn();
  }
  return { redriven, incomplete: chosen.length - whole.length };
}

async function handOver(records: readonly DeadLetter[], deadLetters: DeadLetters, handle: BatchHandler): Promise<void> {
  try {
    await handle({ records, behind: new Set(), replaying: new Set() });
  } catch (error) {
    for (const record of records) deadLetters.add(record);
    throw error;
  }
}

function isWhole({ isBatch, value, valueLength, headers, headerCount }: DeadLetter): boolean {
  return isBatch !== true && (value?.length ?? 0) === valueLength && headers.length === headerCount;
}
