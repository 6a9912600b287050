import { AppError } from '../lib/app-error.ts';

/** What is wrong with one field of a request; leaves through HTTP. */
export interface FieldProblem {
  /** `field: expected …, got …` */
  readonly detail: string;
  /** JSON:API's pointer to the cause; it has none for path segments. */
  readonly source:
    | { readonly header: string }
    | { readonly parameter: string }
    | { readonly pointer: string }
    | undefined;
}

const SHOWN_MAX = 64;

export function pathProblem(field: string, expected: string, got: string): FieldProblem {
  return { detail: `${field}: expected ${expected}, got ${shown(got)}`, source: undefined };
}

export function headerProblem(header: string, expected: string, got: string | undefined): FieldProblem {
  return {
    detail: `${header}: expected ${expected}, got ${got === undefined ? 'nothing' : shown(got)}`,
    source: { header },
  };
}

export function queryProblem(parameter: string, expected: string, got: string): FieldProblem {
  return { detail: `${parameter}: expected ${expected}, got ${shown(got)}`, source: { parameter } };
}

export function invalidFields(problems: readonly FieldProblem[]): AppError {
  const message = problems.map((problem) => problem.detail).join('; ');
  return new AppError('INVALID_REQUEST', message, { details: { problems } });
}

export function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === 'object' && value !== null && 'detail' in value && typeof value.detail === 'string';
}

function shown(value: string): string {
  return JSON.stringify(value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value);
}
