import type { FastifyRequest } from 'fastify';
import type { Explainer, ExplanationRead } from '../refresh/explainer.ts';
import type { Explanation } from '../refresh/explanation.ts';
import { type Answer, type Handler, ok } from './answer.ts';
import { type CharacterRequestReader, errorOfUnanswered } from './character-request.ts';
import { encodeExplanation } from './explanation-document.ts';
import { explanationText } from './explanation-text.ts';
import { type FieldProblem, queryProblem } from './field-problem.ts';
import { STATS_URL } from './stats-route.ts';

export const EXPLAIN_URL = `${STATS_URL}/explain`;

export const TEXT_TYPE = 'text/plain; charset=utf-8';

type Write = (explanation: Explanation) => Answer;

const asJson: Write = (explanation) => ok(encodeExplanation(explanation));

/** What `format` may be, and how each is written. */
const FORMATS: ReadonlyMap<unknown, Write> = new Map([
  ['json', asJson],
  ['text', (explanation: Explanation) => ok(explanationText(explanation), TEXT_TYPE)],
]);

/** Why the effective stats of one character are what they are; `?format=text` for people. */
export function createExplainHandler(explainer: Explainer, requestOf: CharacterRequestReader): Handler {
  return (request) => {
    const { write, problems } = formatOf(request);
    const { tenant, characterId, context } = requestOf(request, problems);
    const answerOf = (read: ExplanationRead): Answer => {
      if (read.kind !== 'answer') throw errorOfUnanswered(read);
      return write(read.explanation);
    };
    const read = explainer.explain(tenant, characterId, context);
    return read instanceof Promise ? read.then(answerOf) : answerOf(read);
  };
}

/** JSON when nothing is said. A format that is given twice is a list, and none of them. */
function formatOf({ query }: FastifyRequest): { readonly write: Write; readonly problems: readonly FieldProblem[] } {
  const format = typeof query === 'object' && query !== null && 'format' in query ? query.format : 'json';
  const write = FORMATS.get(format);
  if (write !== undefined) return { write, problems: [] };
  return { write: asJson, problems: [queryProblem('format', [...FORMATS.keys()].join(' or '), String(format))] };
}
