/** What may be wrong with what came over the wire. */
export const UNDECODABLE_REASONS = [
  'missing-header',
  'malformed-header',
  'conflicting-header',
  'oversized-value',
  'invalid-utf8',
  'invalid-json',
  'invalid-field',
] as const;

export type UndecodableReason = (typeof UNDECODABLE_REASONS)[number];

/**
 * Thrown by readers of headers and fields. The message is `what: expected …, got …`, e.g. `body.changes[0].amount: expected
 * int32, got a string`: bounded in length, and without any of the bytes that were read, because anybody may read it.
 */
export class Undecodable extends Error {
  readonly reason: UndecodableReason;

  constructor(reason: UndecodableReason, what: string) {
    super(what);
    this.reason = reason;
  }
}
