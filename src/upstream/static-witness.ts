/*
 * Whether the data service means what it denies. It says 404, or 500, both of what it does not have and of everything while
 * its database is broken. So something that it is known to have is asked for beside it: a witness.
 */
import { type AnyEntry, isKnown, type StaticSource } from './static-entry.ts';

/** Two, so that there is another one when the newest is itself denied. */
const WITNESSES_MAX = 2;

export function addWitness(entry: AnyEntry): void {
  const witnesses = entry.shelf.witnesses[entry.kind];
  const at = witnesses.indexOf(entry);
  if (at === 0) return;
  if (at > 0) witnesses.splice(at, 1);
  witnesses.unshift(entry);
  witnesses.length = Math.min(witnesses.length, WITNESSES_MAX);
}

/**
 * Asks whether the service answers for something else of the same tenant that it has had, of one of the kinds; those who
 * want to know it at the same time share the request. undefined: nothing is known that could be asked for.
 */
export async function isAnswering(
  denied: AnyEntry,
  kinds: readonly (keyof StaticSource)[],
  probe: boolean,
): Promise<boolean | undefined> {
  const witness = witnessOf(denied, kinds);
  if (witness === undefined) return undefined;
  witness.check ??= answers(witness, denied, probe).finally(() => {
    witness.check = undefined;
  });
  return witness.check;
}

function witnessOf(denied: AnyEntry, kinds: readonly (keyof StaticSource)[]): AnyEntry | undefined {
  const all = kinds.flatMap((kind) => denied.shelf.witnesses[kind]);
  return all.find((entry) => entry !== denied && isKnown(entry));
}

async function answers(witness: AnyEntry, { shelf, context }: AnyEntry, probe: boolean): Promise<boolean> {
  try {
    return (await witness.ask({ tenant: shelf.tenant, id: witness.id, context, probe })) !== 'missing';
  } catch {
    return false;
  }
}
