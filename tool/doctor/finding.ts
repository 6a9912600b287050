/** What one look has found. */
export interface Finding {
  /** Where was looked: `broker kafka:9092`. */
  readonly what: string;
  /** warning: it works, and may not go on to do so. */
  readonly state: 'fine' | 'warning' | 'wrong';
  readonly told: string;
  /** What to do about it; undefined: nothing. */
  readonly mend?: string;
}

/** The reason at the bottom of an error, in one line. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  return error.message.split('\n')[0] ?? '';
}
