import type { CharacterEvent } from '../domain/event.ts';
import { UNDECODABLE_REASONS } from '../wire/undecodable.ts';

/** Why a well-formed record changes nothing here. All of them are normal. */
export const SKIP_REASONS = [
  'tombstone',
  'other-environment',
  'other-type',
  'other-issuer',
  'no-character',
  'not-worn',
  'not-equipment',
  'no-base-change',
] as const;

export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why a record could not be read; `defect`: because of this service. */
export const DEAD_REASONS = [...UNDECODABLE_REASONS, 'defect'] as const;

export type DeadReason = (typeof DEAD_REASONS)[number];

export interface Skipped {
  readonly type: 'skip';
  readonly reason: SkipReason;
}

export interface Dead {
  readonly type: 'dead';
  readonly reason: DeadReason;
  /**
   * `reason: what: expected …, got …`, e.g. `invalid-field: body.changes[0].amount: expected int32, got a string`. Bounded
   * in length, and without any of the record's own bytes, because anybody may read it (payloads need a token).
   */
  readonly detail: string;
}

/** A good event of a character whom nobody holds; it was not built. */
export interface NotHeld {
  readonly type: 'not-held';
  readonly event: CharacterEvent['type'];
}

export type Decoded = CharacterEvent | Skipped | NotHeld | Dead;

/** One shared object per reason: skips are most of what busy topics carry. */
export const SKIP = {
  tombstone: { type: 'skip', reason: 'tombstone' },
  otherEnvironment: { type: 'skip', reason: 'other-environment' },
  otherType: { type: 'skip', reason: 'other-type' },
  otherIssuer: { type: 'skip', reason: 'other-issuer' },
  noCharacter: { type: 'skip', reason: 'no-character' },
  notWorn: { type: 'skip', reason: 'not-worn' },
  notEquipment: { type: 'skip', reason: 'not-equipment' },
  noBaseChange: { type: 'skip', reason: 'no-base-change' },
} as const satisfies Record<string, Skipped>;
