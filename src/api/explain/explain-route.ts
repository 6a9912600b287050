import type { Explainer } from '../../answers/explainer.ts';
import type { Explanation } from '../../answers/explanation.ts';
import { STATS, type Stat } from '../../domain/stat.ts';
import type { Names } from '../../upstream/names.ts';
import type { AdminCheck } from '../admin-token.ts';
import { ok } from '../answer.ts';
import { acceptedFormat, formatParameter, TEXT_TYPE } from '../answer-format.ts';
import { type CharacterRequestReader, errorOfUnanswered } from '../character-request.ts';
import type { Handler } from '../handling.ts';
import { namesIn, namingOf } from '../naming.ts';
import { type ParameterReader, readQuery } from '../query.ts';
import { STATS_URL } from '../stats-route.ts';
import { statOfWord } from '../vocabulary.ts';
import { encodeExplanation } from './explanation-document.ts';
import { explanationText } from './explanation-text.ts';

export const EXPLAIN_URL = `${STATS_URL}/explain`;

/** Of the 36 characters of a UUID. */
const SHOWN_OF_SESSION = 8;

const PARAMETERS = { format: formatParameter, stat: statParameter };

/** Why the effective stats of one character are what they are; `?format=text` for people, `?stat=max_hp` for one of them. */
export function createExplainHandler(
  explainer: Explainer,
  names: Pick<Names, 'of' | 'ensure'>,
  requestOf: CharacterRequestReader,
  admin: Pick<AdminCheck, 'isAdmin'>,
): Handler {
  return async (request) => {
    const { values, problems } = readQuery(request, PARAMETERS);
    const isAdmin = admin.isAdmin(request);
    const { tenant, characterId, context } = requestOf(request, problems);
    const read = await explainer.explain(tenant, characterId, context);
    if (read.kind !== 'answer') throw errorOfUnanswered(read);
    const wanted = values.stat === undefined ? read.explanation : onlyStat(read.explanation, values.stat);
    const explanation = isAdmin ? wanted : withShortSessions(wanted);
    const naming = await namingOf(names, { tenant, context }, namesIn(explanation));
    const format = values.format ?? acceptedFormat(request);
    if (format === 'text') return ok(explanationText(explanation, naming), TEXT_TYPE);
    return ok(encodeExplanation(explanation, naming));
  };
}

/** Whoever has a whole session id could pass for its player. */
function withShortSessions(explanation: Explanation): Explanation {
  const sessions = explanation.sessions.map((session) => ({ ...session, sessionId: shortened(session.sessionId) }));
  return { ...explanation, sessions };
}

/** Enough to tell sessions apart, and a quarter of it at most. */
function shortened(sessionId: string): string {
  return `${sessionId.slice(0, Math.min(SHOWN_OF_SESSION, sessionId.length / 4))}…`;
}

function onlyStat(explanation: Explanation, stat: Stat): Explanation {
  return { ...explanation, stats: explanation.stats.filter(({ name }) => name === stat), derived: [], idle: [] };
}

function statParameter(word: string): ReturnType<ParameterReader<Stat>> {
  const value = statOfWord(word);
  return value === undefined ? { expected: `one of ${STATS.join(', ')}` } : { value };
}
