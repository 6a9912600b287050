import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInstant } from './go-time.ts';

const MS = Date.UTC(2026, 10, 23, 16, 36, 55);

test('given instants, when written, then they look as Go writes them: up to nine digits, without zeros at the end', () => {
  const written = [
    [MS, 0, '2026-11-23T16:36:55Z'],
    [MS + 966, 38_420, '2026-11-23T16:36:55.96603842Z'],
    [MS + 5, 7, '2026-11-23T16:36:55.005000007Z'],
    [MS + 340, 0, '2026-11-23T16:36:55.34Z'],
  ] as const;
  for (const [ms, ns, text] of written) assert.equal(formatInstant({ ms, ns }), text);
  assert.equal(formatInstant(undefined), '0001-01-01T00:00:00Z');
});
