import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { propertySettings } from '../../test/support/property-settings.ts';
import { Packer, Unpacker } from './packed.ts';

type Entry = { readonly kind: 'integer' | 'optional'; readonly value: number } | { readonly text: string } | 'none';

const PLAIN = { noNullPrototype: true };
const value = fc.oneof(
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER - 1 }),
  fc.integer({ min: -200, max: 20_000 }),
);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ kind: fc.constantFrom('integer', 'optional'), value }, PLAIN),
  fc.record({ text: fc.string({ unit: 'binary' }) }, PLAIN),
  fc.constant('none' as const),
);

function write(to: Packer, each: Entry): void {
  if (each === 'none') to.optional(undefined);
  else if ('text' in each) to.text(each.text);
  else to[each.kind](each.value);
}

function read(from: Unpacker, each: Entry): Entry {
  if (each === 'none') return from.optional() === undefined ? 'none' : { text: 'something' };
  if ('text' in each) return { text: from.text() };
  return { ...each, value: from[each.kind]() ?? Number.NaN };
}

function packed(...entries: readonly Entry[]): string {
  const packer = new Packer();
  for (const each of entries) write(packer, each);
  return packer.packed();
}

describe('packed integers and texts', () => {
  it('given any of them in any order, then they are read as they were written, up to the end', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const from = new Unpacker(packed(...entries));
        assert.deepEqual(
          entries.map((each) => read(from, each)),
          entries,
        );
        assert.ok(from.isAtEnd);
      }),
      propertySettings({ numRuns: 500 }),
    );
  });

  it('given the most that a number of bytes holds, then no more are taken', () => {
    const lengthOf = (value: number): number => packed({ kind: 'integer', value }).length;
    assert.deepEqual([0, 63, -63, 64, 8_191, 8_192, Number.MAX_SAFE_INTEGER].map(lengthOf), [1, 1, 1, 2, 2, 3, 8]);
  });

  it('given what is no safe integer, then it is refused', () => {
    for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      assert.throws(() => new Packer().integer(value), RangeError);
    }
  });
});
