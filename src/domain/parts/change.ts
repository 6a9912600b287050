import { type DoubtReason, doubted, type Heard, type HearingContext, type PartState } from '../part-state.ts';

/** What an event did to a character; counted, never built per event. */
export const OUTCOMES = [
  /** It changed values, or will in a moment. */
  'applied',
  /** It only made a part doubtful: the re-read decides. */
  'hinted',
  /** It said what is already known. */
  'unchanged',
  /** It is older than what is held. */
  'outdated',
  /** Nobody holds the character. */
  'not-held',
  /** Applying it met a defect of this service. */
  'failed',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** What hearing an event makes of a part. The same part: nothing has changed. */
export interface PartChange<Part> {
  readonly part: Part;
  readonly outcome: Outcome;
}

/** The part with what was heard, in doubt: a re-read decides. `applied` tells whether values changed. */
export function provisional<Value, Fact extends Heard>(
  part: PartState<Value, Fact>,
  reason: DoubtReason,
  context: HearingContext,
  applied: boolean,
): PartChange<PartState<Value, Fact>> {
  return { part: doubted(part, reason, context), outcome: applied ? 'applied' : 'hinted' };
}
