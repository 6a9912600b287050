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

/** `pointer` is a JSON pointer into the body; empty: all of it. */
export function bodyProblem(pointer: string, expected: string, got: unknown): FieldProblem {
  const field = pointer === '' ? 'the body' : pointer.slice(1);
  return {
    detail: `${clipped(field)}: expected ${expected}, got ${kindOf(got)}`,
    source: { pointer: clipped(pointer) },
  };
}

export function invalidFields(problems: readonly FieldProblem[]): AppError {
  const message = problems.map((problem) => problem.detail).join('; ');
  return new AppError('INVALID_REQUEST', message, { details: { problems } });
}

export function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === 'object' && value !== null && 'detail' in value && typeof value.detail === 'string';
}

function shown(value: string): string {
  return JSON.stringify(clipped(value));
}

function clipped(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

/** Numbers and short texts as they are; of lists and objects only what they are: they may be of any depth. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? shown(value) : String(value);
}
