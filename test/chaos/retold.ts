import type { BaseValues } from '../../src/domain/stat.ts';
import type { Who } from '../../world/model.ts';
import type { Shipment } from './outbox.ts';
import { nameOf } from './truth-history.ts';

/**
 * Base values that records carried which came again. A producer whose clock was ahead has dated them after what was read
 * last: until the base is read again, and named as degraded, they pass for the truth.
 */
export interface Retold {
  /** Told of every character record that is sent again. */
  add(who: Who, shipment: Shipment): void;
  /** What was told of the character lately. */
  of(who: Who): readonly Partial<BaseValues>[];
}

/** Longer than any trouble of the character service, and than any outage that such a record waits for. */
const KEPT_MS = 120_000;

export function createRetold(): Retold {
  const told = new Map<string, { readonly at: number; readonly values: Partial<BaseValues> }[]>();
  return {
    add(who, { record, emittedAt }) {
      const { body } = JSON.parse(record.value.toString());
      if (body?.values === undefined) return;
      const own = (told.get(nameOf(who)) ?? []).filter(({ at }) => at > emittedAt - KEPT_MS);
      told.set(nameOf(who), [...own, { at: emittedAt, values: body.values }]);
    },
    of: (who) => (told.get(nameOf(who)) ?? []).map(({ values }) => values),
  };
}
