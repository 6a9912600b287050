import { hash } from 'node:crypto';
import type { StatsAnswer, StatsRead, StatsReader } from '../answers/stats-reader.ts';
import { Answer } from './answer.ts';
import {
  CHARACTER_URL,
  type CharacterRequest,
  type CharacterRequestReader,
  errorOfUnanswered,
} from './character-request.ts';
import type { Handler } from './handling.ts';
import { timeText } from './time-text.ts';

export const STATS_URL = `${CHARACTER_URL}/stats`;

/**
 * The two answers that one state has: whole, and for a client that has it already.
 *
 * The tag is of the body's bytes: it changes whenever they do, whyever, and is the same after a restart. `no-cache` has
 * caches ask each time, so that none answers a tenant, which is named in headers only, with another's stats.
 */
class Answers {
  readonly read: StatsAnswer;
  readonly tag: string;
  readonly whole: Answer;
  readonly unchanged: Answer;

  constructor(read: StatsAnswer) {
    const { body, version, asOf } = read;
    this.read = read;
    this.tag = `"${hash('sha1', body, 'base64url')}"`;
    const since = timeText(asOf);
    const headers = {
      etag: this.tag,
      'cache-control': 'no-cache',
      'state-version': String(version),
      ...(since === undefined ? {} : { 'state-as-of': since }),
    };
    this.whole = new Answer(200, body, headers);
    this.unchanged = new Answer(304, '', headers);
  }
}

/** The answer to who asks for a character's stats and may have them already. Throws an AppError when there are none. */
export type StatsAnswers = (asked: CharacterRequest, ifNoneMatch: string | undefined) => Answer | Promise<Answer>;

/** What can be made of an answer is made once, not per request. */
export function createStatsAnswers(reader: StatsReader): StatsAnswers {
  const answerOf = (read: StatsRead, ifNoneMatch: string | undefined): Answer => {
    if (read.kind !== 'answer') throw errorOfUnanswered(read);
    const answers = answersOf(read);
    return ifNoneMatch !== undefined && matches(ifNoneMatch, answers.tag) ? answers.unchanged : answers.whole;
  };

  return ({ tenant, characterId, context }, ifNoneMatch) => {
    const read = reader.read(tenant, characterId, context);
    return read instanceof Promise ? read.then((late) => answerOf(late, ifNoneMatch)) : answerOf(read, ifNoneMatch);
  };
}

/** Effective stats of one character. */
export function createStatsHandler(answersOf: StatsAnswers, requestOf: CharacterRequestReader): Handler {
  return (request) => answersOf(requestOf(request), request.raw.headers['if-none-match']);
}

/** A copy of an answer carries what was made of the first. */
function answersOf(read: StatsAnswer): Answers {
  const { sent } = read;
  if (sent instanceof Answers && sent.read === read) return sent;
  const answers = new Answers(read);
  read.sent = answers;
  return answers;
}

/** Whether an If-None-Match names the tag; a weak form of it counts (RFC 9110 §13.1.2). */
function matches(ifNoneMatch: string, tag: string): boolean {
  if (ifNoneMatch === tag) return true;
  return ifNoneMatch.split(',').some((entry) => {
    const candidate = entry.trim();
    return candidate === '*' || candidate === tag || candidate === `W/${tag}`;
  });
}
