/** What an event did to a character; counted, never built per event. */
export const OUTCOMES = [
  /** It changed values. */
  'applied',
  /** It only made a part stale: the re-read decides. */
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
