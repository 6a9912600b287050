import type { BaseChanged } from '../event.ts';
import {
  type Heard,
  type HearingContext,
  isAtRest,
  laidOver,
  type PartState,
  predates,
  withFact,
} from '../part-state.ts';
import { type BaseRow, unpackBase } from '../rows.ts';
import { BASE_FIELDS, type BaseField, type BaseValues } from '../stat.ts';
import { type PartChange, provisional } from './change.ts';

/** A base value that was announced. */
export interface BaseFact extends Heard {
  readonly field: BaseField;
  readonly value: number;
}

export type BasePart = PartState<BaseRow, BaseFact>;

/** undefined: it was never read. */
export function baseOf(part: BasePart): BaseValues | undefined {
  if (part.read === undefined) return undefined;
  const read = unpackBase(part.read);
  const facts = laidOver(part);
  if (facts.length === 0) return read;
  return { ...read, ...Object.fromEntries(facts.map(({ field, value }) => [field, value])) };
}

/** The values that the event carries count at once; the re-read decides. */
export function hearBaseChanged(part: BasePart, event: BaseChanged, context: HearingContext): PartChange<BasePart> {
  const shown = baseOf(part);
  const carried = BASE_FIELDS.filter((field) => event.values[field] !== undefined);
  const differs = carried.some((field) => shown?.[field] !== event.values[field]);
  if (!differs && !event.incomplete && isAtRest(part, context)) return { part, outcome: 'unchanged' };
  const applies = carried.length > 0 && !predates(part, event.recordTime, context);
  let heard = part;
  // Equal values are remembered as well: a read under way may carry older ones.
  for (const field of applies ? carried : []) {
    const fact = { field, value: event.values[field] ?? 0, heardAt: context.mono };
    heard = withFact(heard, fact, (other) => other.field === field);
  }
  const reason = event.incomplete ? 'base changed without values' : 'base changed';
  return provisional(heard, reason, context, applies && differs);
}

export function contradictedByBase(read: BaseRow): (fact: BaseFact) => boolean {
  const values = unpackBase(read);
  return ({ field, value }) => values[field] !== value;
}

export function sameBase(a: BaseValues | undefined, b: BaseValues | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && BASE_FIELDS.every((field) => a[field] === b[field]));
}
