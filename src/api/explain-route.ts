import type { FastifyRequest } from 'fastify';
import type { Explainer } from '../refresh/explainer.ts';
import type { Explanation } from '../refresh/explanation.ts';
import type { Names } from '../upstream/names.ts';
import { type Answer, type Handler, ok } from './answer.ts';
import { type CharacterRequestReader, errorOfUnanswered } from './character-request.ts';
import { encodeExplanation } from './explanation-document.ts';
import { explanationText } from './explanation-text.ts';
import { type FieldProblem, queryProblem } from './field-problem.ts';
import { type Naming, namesIn, namingOf } from './naming.ts';
import { STATS_URL } from './stats-route.ts';

export const EXPLAIN_URL = `${STATS_URL}/explain`;

export const TEXT_TYPE = 'text/plain; charset=utf-8';

type Write = (explanation: Explanation, naming: Naming) => Answer;

const asJson: Write = (explanation, naming) => ok(encodeExplanation(explanation, naming));

/** What `format` may be, and how each is written. */
const FORMATS: ReadonlyMap<unknown, Write> = new Map([
  ['json', asJson],
  ['text', (explanation: Explanation) => ok(explanationText(explanation), TEXT_TYPE)],
]);

/** Why the effective stats of one character are what they are; `?format=text` for people. */
export function createExplainHandler(
  explainer: Explainer,
  names: Pick<Names, 'of' | 'ensure'>,
  requestOf: CharacterRequestReader,
): Handler {
  return async (request) => {
    const { write, problems } = formatOf(request);
    const { tenant, characterId, context } = requestOf(request, problems);
    const read = await explainer.explain(tenant, characterId, context);
    if (read.kind !== 'answer') throw errorOfUnanswered(read);
    const { explanation } = read;
    return write(explanation, await namingOf(names, { tenant, context }, namesIn(explanation)));
  };
}

/** JSON when nothing is said. A format that is given twice is a list, and none of them. */
function formatOf({ query }: FastifyRequest): { readonly write: Write; readonly problems: readonly FieldProblem[] } {
  const format = typeof query === 'object' && query !== null && 'format' in query ? query.format : 'json';
  const write = FORMATS.get(format);
  if (write !== undefined) return { write, problems: [] };
  return { write: asJson, problems: [queryProblem('format', [...FORMATS.keys()].join(' or '), String(format))] };
}
