import { Type } from 'typebox';

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

/** Schema of a variable that is set or has a default. `parse` returns undefined for what is not acceptable. */
export function variable<T>(docs: VariableDocs, parse: (text: string) => T | undefined) {
  const text = Type.Refine(
    Type.String({ ...docs }),
    (value) => parse(value) !== undefined,
    () => docs.expected,
  );
  return Type.Decode(text, (value) => {
    const parsed = parse(value);
    // Decoding follows a check of the whole environment.
    if (parsed === undefined) throw new TypeError(`expected ${docs.expected}`);
    return parsed;
  });
}

/** Schema of a variable that may stay unset and has no default. */
export function optional<T>(docs: VariableDocs, parse: (text: string) => T | undefined) {
  return Type.Optional(variable(docs, parse));
}

/** Reads back what {@link variable} was given from its schema. */
export function docsOf(schema: object): VariableDocs {
  const { group, description, expected, default: fallback, secret }: Partial<VariableDocs> = schema;
  if (group === undefined || description === undefined || expected === undefined) {
    throw new TypeError('not the schema of a variable');
  }
  return {
    group,
    description,
    expected,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(secret === undefined ? {} : { secret }),
  };
}
