import type { TSchema } from 'typebox';
import { SCHEMA_ERRORS_MAX, schemaErrors } from '../lib/schema-errors.ts';
import { bodyProblem, type FieldProblem } from './field-problem.ts';

/** What keeps a body from being what its schema says, by field; where that is endless, the last says so. Empty: nothing. */
export function schemaProblems(schema: TSchema, body: unknown): FieldProblem[] {
  const errors = schemaErrors(schema, body);
  const problems = errors.slice(0, SCHEMA_ERRORS_MAX).flatMap((error) => {
    const at = error.instancePath;
    const node = nodeAt(schema, error.schemaPath.slice(1));
    switch (error.keyword) {
      case 'additionalProperties':
        // Each of them is a 'boolean' error as well.
        return [];
      case 'boolean':
        return [bodyProblem(at, 'no field of this name', nodeAt(body, at))];
      case 'required':
        return error.params.requiredProperties.map((name) =>
          bodyProblem(`${at}/${name}`, expectation(nodeAt(node, `/properties/${name}`)), undefined),
        );
      default:
        return [bodyProblem(at, expectation(node), nodeAt(body, at))];
    }
  });
  const different = [...new Map(problems.map((problem) => [problem.detail, problem])).values()];
  return errors.length <= SCHEMA_ERRORS_MAX
    ? different
    : [...different, bodyProblem('', `at most ${SCHEMA_ERRORS_MAX} errors`, 'more')];
}

/** What a schema of the kinds that bodies are made of admits, in words. */
function expectation(schema: unknown): string {
  const at = (key: string): unknown => nodeAt(schema, `/${key}`);
  switch (at('type')) {
    case 'integer':
      return `an integer from ${at('minimum')} to ${at('maximum')}`;
    case 'string':
      return `a text of ${at('minLength')} to ${at('maxLength')} characters`;
    case 'array':
      return `a list of ${at('minItems') ?? 0} to ${at('maxItems')} entries`;
    default:
      return 'an object';
  }
}

/** What a JSON pointer leads to; undefined: nothing. */
function nodeAt(root: unknown, pointer: string): unknown {
  let node = root;
  for (const segment of pointer.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    node = Object.getOwnPropertyDescriptor(node, key)?.value;
  }
  return node;
}
