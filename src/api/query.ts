import type { FastifyRequest } from 'fastify';
import { type FieldProblem, invalidFields, queryProblem } from './field-problem.ts';
import type { Handler } from './handling.ts';

/** Reads one parameter's text, or says what was expected instead. */
export type ParameterReader<T> = (text: string) => { readonly value: T } | { readonly expected: string };

type Values<R extends Readonly<Record<string, ParameterReader<unknown>>>> = {
  readonly [K in keyof R]?: R[K] extends ParameterReader<infer T> ? T : never;
};

/** The parameters of a request by these readers, and what is wrong with any of them; unknown ones and repeated ones are wrong. */
export function readQuery<R extends Readonly<Record<string, ParameterReader<unknown>>>>(
  { query }: FastifyRequest,
  readers: R,
): { readonly values: Values<R>; readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(typeof query === 'object' && query !== null ? query : {})) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    const read =
      reader === undefined
        ? { expected: namesOf(readers) }
        : typeof given === 'string'
          ? reader(given)
          : { expected: 'one value' };
    if ('expected' in read) problems.push(queryProblem(name, read.expected, String(given)));
    else values[name] = read.value;
  }
  return { values: values as Values<R>, problems };
}

function namesOf(readers: object): string {
  const names = Object.keys(readers);
  return names.length === 0 ? 'no parameters' : `one of ${names.join(', ')}`;
}

/** The handler of a route that takes no parameters: what is not understood is refused, not ignored. */
export function withoutQuery(handler: Handler): Handler {
  return (request) => {
    const { problems } = readQuery(request, {});
    if (problems.length > 0) throw invalidFields(problems);
    return handler(request);
  };
}

export function integerParameter(min: number, max: number): ParameterReader<number> {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? { value } : { expected: `an integer from ${min} to ${max}` };
  };
}

/** Its ends are cut off; empty ones are refused. */
export function textParameter(longest: number): ParameterReader<string> {
  return (text) => {
    const value = text.trim();
    return value.length > 0 && value.length <= longest ? { value } : { expected: `1 to ${longest} characters` };
  };
}

export const booleanParameter: ParameterReader<boolean> = (text) =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : { expected: 'true or false' };
