import { PARTS, type Part } from '../domain/part.ts';

/** How a read of a part ended. */
const READ_OUTCOMES = ['unchanged', 'changed', 'drift', 'dropped', 'missing', 'failed'] as const;

export type ReadOutcome = (typeof READ_OUTCOMES)[number];

export type ReadCounts = Readonly<Record<Part, Record<ReadOutcome, number>>>;

export function createReadCounts(): ReadCounts {
  const zero = (): Record<ReadOutcome, number> =>
    Object.fromEntries(READ_OUTCOMES.map((outcome) => [outcome, 0])) as Record<ReadOutcome, number>;
  return Object.fromEntries(PARTS.map((part) => [part, zero()])) as Record<Part, Record<ReadOutcome, number>>;
}
