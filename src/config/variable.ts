/** The headings under which `--help` and the docs list the variables, in this order. */
export const GROUPS = [
  'General',
  'HTTP',
  'Kafka',
  'Topics',
  'Upstream services',
  'State and answers',
  'Traces',
] as const;

export type Group = (typeof GROUPS)[number];

/** What people are told about one variable. */
export interface VariableDocs {
  readonly group: Group;
  readonly description: string;
  /** What a value must be, to follow the word "expected". */
  readonly expected: string;
  /** In the form in which it would be set; left out when there is none. */
  readonly default?: string;
  /** True for values that must never be printed. */
  readonly secret?: boolean;
}

/** One environment variable; `T` is what its text becomes. */
export interface Variable<T> {
  readonly docs: VariableDocs;
  /** undefined: the text is not acceptable. */
  readonly parse: (text: string) => T | undefined;
}

/** A variable that is set or has a default. */
export function variable<T>(
  docs: VariableDocs & { readonly default: string },
  parse: (text: string) => T | undefined,
): Variable<T> {
  return { docs, parse };
}

/** A variable that may stay unset and has no default. */
export function optional<T>(
  docs: Omit<VariableDocs, 'default'>,
  parse: (text: string) => T | undefined,
): Variable<T | undefined> {
  return { docs, parse };
}
