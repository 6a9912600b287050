import { type AnyEntry, isKnown } from './static-entry.ts';
import { isAnswering } from './static-witness.ts';
import { denied, wasRefusedWith } from './upstream-errors.ts';

/** Format S answers 500 for templates that it does not have, and now and then for one that it has. */
const REFUSALS_BELIEVED = 3;
const KINDS = ['skill', 'requirements'] as const;

/**
 * Asks the data service for the entry. `missing`: it has none, and is to be believed; `refused`: it may have none, which is
 * believed when it has said so often enough. Rejects for what counts as a failure of the service.
 */
export async function answerFor(
  entry: AnyEntry,
  probe: boolean,
  isAnotherFailing: (entry: AnyEntry) => boolean,
): Promise<{ readonly value: unknown } | 'missing' | 'refused'> {
  try {
    const answer = await entry.ask({ tenant: entry.shelf.tenant, id: entry.id, context: entry.context, probe });
    if (answer !== 'missing') return { value: answer };
  } catch (error) {
    const mayBeMissing = entry.kind === 'requirements' && !isKnown(entry) && wasRefusedWith(500, error);
    if (!mayBeMissing || (await isAnswering(entry, ['requirements'], probe)) !== true) throw error;
    entry.refusals += 1;
    return entry.refusals < REFUSALS_BELIEVED ? 'refused' : 'missing';
  }
  const answering = await isAnswering(entry, entry.kind === 'skill' ? KINDS : KINDS.toReversed(), probe);
  if (answering ?? !(isKnown(entry) || isAnotherFailing(entry))) return 'missing';
  throw denied('data');
}
