import type { Prng } from '../../src/lib/prng.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { HEADER_MUTATIONS } from './header-mutations.ts';
import type { Mutant, Mutation } from './mutant.ts';
import { SIZE_MUTATIONS } from './size-mutations.ts';
import { VALUE_MUTATIONS } from './value-mutations.ts';

/** Share of mutants that are big: at the full million per cent of them, a run would only copy bytes. */
const BIG_SHARE = 0.02;

const SMALL = [...Object.entries(HEADER_MUTATIONS), ...Object.entries(VALUE_MUTATIONS)];
const BIG = Object.entries(SIZE_MUTATIONS);

/** A record as the world sent it. */
export function unchanged(record: WorldRecord): Mutant {
  return { ...record, label: '', verdict: 'alive' };
}

/** A hostile variant of a valid record. Equal generators and records give equal mutants. */
export function mutantOf(prng: Prng, record: WorldRecord): Mutant {
  for (;;) {
    const [label, mutate] = drawn(prng);
    const change = mutate(prng, record);
    if (change === undefined) continue;
    const { stream, key, headers, value, timestamp } = record;
    return { stream, key, headers, value, timestamp, ...change, label };
  }
}

function drawn(prng: Prng): readonly [string, Mutation] {
  const choice = prng.pick(prng.chance(BIG_SHARE) ? BIG : SMALL);
  if (choice === undefined) throw new Error('there are no mutations');
  return choice;
}
