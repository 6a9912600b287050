import type { Service } from '../src/upstream/port.ts';
import { type Answer, errorAnswer, type Question } from './answers.ts';
import type { Format } from './model.ts';

/**
 * What is wrong with a body whose status is 200.
 * - `not-json`: a proxy's page.
 * - `wrong-types`: every number in the attributes is a word, and an empty list is a word.
 * - `other-id`: about another id than was asked for.
 * - `zeros`: how format S answers while its database is broken: id "0", every number 0.
 *
 * The last two are for services whose answers name the id (characters and data); the others send `wrong-types`, because
 * nobody could tell such an answer from a true one.
 */
export type WrongBody = 'not-json' | 'wrong-types' | 'other-id' | 'zeros';

export type Failure =
  | { readonly kind: 'status'; readonly status: number /** Seconds. */; readonly retryAfter?: number }
  | { readonly kind: 'wrong-body'; readonly body: WrongBody }
  /** Half of the body, then the connection ends. */
  | { readonly kind: 'truncated' }
  /** The connection ends without an answer. */
  | { readonly kind: 'reset' }
  /** Nothing, until the client gives up. */
  | { readonly kind: 'hang' };

/** How one service misbehaves. */
export interface Misbehaviour {
  /** Ms that every answer takes, or the least and the most. The truth is read at some moment in between. */
  readonly latency?: number | readonly [number, number];
  /** Ms that the truth is older than it should be: what was announced is not committed yet. */
  readonly lag?: number;
  readonly failure?: Failure;
  /** Share of the requests that fail, 0–1; all when left out. */
  readonly probability?: number;
  /** Only requests for these ids (character, skill or template) fail; all when left out. */
  readonly ids?: readonly number[];
}

/** By service, changeable at any time; an empty misbehaviour is none. */
export type Misbehaviours = Record<Service, Misbehaviour>;

export function noMisbehaviour(): Misbehaviours {
  return { characters: {}, inventory: {}, buffs: {}, skills: {}, data: {} };
}

/** What is sent instead of the true answer, byte for byte; `broken` sends half of it and ends the connection. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly retryAfter?: number;
  readonly broken: boolean;
}

export function replyOf(answer: Answer, failure: Failure | undefined, question: Question, format: Format): Reply {
  switch (failure?.kind) {
    case 'status': {
      const { status, retryAfter } = failure;
      const title = status === 503 ? 'temporarily unavailable' : 'internal server error';
      const body = format === 'S' ? '' : encoded(errorAnswer(status, title).document);
      return { status, body, broken: false, ...(retryAfter === undefined ? {} : { retryAfter }) };
    }
    case 'wrong-body':
      return { status: 200, body: wrongBody(answer, failure.body, question), broken: false };
    case 'truncated':
      return { status: answer.status, body: encoded(answer.document), broken: true };
    default:
      return { status: answer.status, body: encoded(answer.document), broken: false };
  }
}

/** Go's encoder writes these as escapes. */
function encoded(document: object | undefined): string {
  if (document === undefined) return '';
  return JSON.stringify(document).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

function wrongBody(answer: Answer, body: WrongBody, { service, id }: Question): string {
  if (body === 'not-json') return '<html><body><h1>502 Bad Gateway</h1></body></html>';
  const namesId = service === 'characters' || service === 'data';
  const text = encoded(answer.document ?? { data: [] });
  if (body === 'other-id' && namesId) return text.replace(`"id":"${id}"`, `"id":"${id + 1}"`);
  if (body === 'zeros' && namesId) {
    return text.replace(`"id":"${id}"`, '"id":"0"').replaceAll(/:-?\d[\d.e+-]*(?=[,}])/g, ':0');
  }
  return text.replaceAll(/:-?\d[\d.e+-]*(?=[,}])/g, ':"strong"').replace('"data":[]', '"data":"none"');
}
