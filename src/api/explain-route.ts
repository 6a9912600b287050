import type { FastifyRequest } from 'fastify';
import type { Explainer } from '../answers/explainer.ts';
import type { Explanation } from '../answers/explanation.ts';
import { STATS, type Stat } from '../domain/stat.ts';
import type { Names } from '../upstream/names.ts';
import { ok } from './answer.ts';
import { formatOf, queryValue, TEXT_TYPE } from './answer-format.ts';
import { type CharacterRequestReader, errorOfUnanswered } from './character-request.ts';
import { encodeExplanation } from './explanation-document.ts';
import { explanationText } from './explanation-text.ts';
import { type FieldProblem, queryProblem } from './field-problem.ts';
import type { Handler } from './handling.ts';
import { namesIn, namingOf } from './naming.ts';
import { STATS_URL } from './stats-route.ts';
import { statOfWord } from './vocabulary.ts';

export const EXPLAIN_URL = `${STATS_URL}/explain`;

/** Why the effective stats of one character are what they are; `?format=text` for people, `?stat=max_hp` for one of them. */
export function createExplainHandler(
  explainer: Explainer,
  names: Pick<Names, 'of' | 'ensure'>,
  requestOf: CharacterRequestReader,
): Handler {
  return async (request) => {
    const { format, problems } = formatOf(request);
    const wanted = statOf(request);
    const { tenant, characterId, context } = requestOf(request, [...problems, ...wanted.problems]);
    const read = await explainer.explain(tenant, characterId, context);
    if (read.kind !== 'answer') throw errorOfUnanswered(read);
    const explanation = wanted.stat === undefined ? read.explanation : onlyStat(read.explanation, wanted.stat);
    const naming = await namingOf(names, { tenant, context }, namesIn(explanation));
    if (format === 'text') return ok(explanationText(explanation, naming), TEXT_TYPE);
    return ok(encodeExplanation(explanation, naming));
  };
}

/** undefined: all of them. */
function statOf(request: FastifyRequest): { readonly stat?: Stat; readonly problems: readonly FieldProblem[] } {
  const word = queryValue(request, 'stat');
  if (word === undefined) return { problems: [] };
  const stat = typeof word === 'string' ? statOfWord(word) : undefined;
  if (stat !== undefined) return { stat, problems: [] };
  return { problems: [queryProblem('stat', `one of ${STATS.join(', ')}`, String(word))] };
}

function onlyStat(explanation: Explanation, stat: Stat): Explanation {
  return { ...explanation, stats: explanation.stats.filter(({ name }) => name === stat), derived: [], idle: [] };
}
