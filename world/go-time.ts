import type { Instant } from '../src/domain/instant.ts';

/** How Go writes a time that was never set. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** RFC 3339 in UTC as Go writes it: up to nine fractional digits, trailing zeros cut; undefined: the zero time. */
export function formatInstant(instant: Instant | undefined): string {
  if (instant === undefined) return ZERO_TIME;
  const text = new Date(instant.ms).toISOString();
  const fraction = `${text.slice(20, 23)}${String(instant.ns).padStart(6, '0')}`.replace(/0+$/, '');
  return `${text.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}
