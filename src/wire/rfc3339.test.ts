import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseInstant } from './rfc3339.ts';

describe('parseInstant', () => {
  it('given the forms that Go writes, then milliseconds and nanoseconds are exact', () => {
    assert.deepEqual(parseInstant('2026-02-03T18:01:57Z'), { ms: Date.UTC(2026, 1, 3, 18, 1, 57), ns: 0 });
    assert.deepEqual(parseInstant('2026-02-03T18:01:57.123456789Z'), {
      ms: Date.UTC(2026, 1, 3, 18, 1, 57, 123),
      ns: 456_789,
    });
    assert.deepEqual(parseInstant('2026-02-03T18:01:57.96603842Z')?.ns, 38_420);
    assert.deepEqual(parseInstant('2026-02-03T18:01:57.5+02:30')?.ms, Date.UTC(2026, 1, 3, 15, 31, 57, 500));
    assert.deepEqual(parseInstant('0001-01-01T00:00:00Z'), { ms: Date.parse('0001-01-01T00:00:00Z'), ns: 0 });
    assert.deepEqual(parseInstant('2024-02-29T00:00:00-00:00')?.ms, Date.UTC(2024, 1, 29));
  });

  it('given any date, then it agrees with the platform', () => {
    const range = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true };
    fc.assert(fc.property(fc.date(range), (date) => parseInstant(date.toISOString())?.ms === date.getTime()));
  });

  it('given anything else, then it is not read', () => {
    const wrong = [
      '',
      '2026',
      '2026-02-03',
      '2026-02-03 18:01:57Z',
      '2026-02-03T18:01:57',
      '2026-02-03T18:01:57.Z',
      '2026-02-03T18:01:57.1234567890Z',
      '2026-02-30T18:01:57Z',
      '2025-02-29T18:01:57Z',
      '2026-13-01T18:01:57Z',
      '2026-00-01T18:01:57Z',
      '2026-01-00T18:01:57Z',
      '2026-02-03T24:01:57Z',
      '2026-02-03T18:60:57Z',
      '2026-02-03T18:01:60Z',
      '2026-02-03T18:01:57+24:00',
      '2026-02-03T18:01:57+0100',
      '2026-02-03T18:01:57Zjunk',
      '2026-02-03T18:01:57.1',
      '+2026-02-03T18:01:57Z',
    ];
    for (const text of wrong) assert.equal(parseInstant(text), undefined, text);
  });

  it('given any text, then it never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => parseInstant(text) === undefined || text.length >= 20));
  });
});
