import type { AppError } from '../../lib/app-error.ts';
import { Undecodable } from '../../wire/undecodable.ts';
import type { Service } from '../port.ts';
import { invalidAnswer, refused, stranger, timedOut, unreachable } from '../upstream-errors.ts';
import { decompressed } from './content-encoding.ts';
import type { ExchangeFailure, HttpAnswer } from './exchange.ts';
import { ForeignDocument, strangeness } from './owner.ts';
import { REDIRECTS_MAX } from './redirects.ts';

/** How one request ended; `missing` is a 404 that its owner gave, `stranger` an answer that it did not give. */
export type RequestOutcome = 'ok' | 'missing' | 'failed' | 'invalid' | 'stranger' | 'timeout';

interface Success<T> {
  readonly outcome: 'ok' | 'missing';
  readonly value: T | 'missing';
}

/** The service sends elsewhere: to another origin, or round and round (undefined). */
export interface Astray {
  readonly failed: 'astray';
  readonly where: string | undefined;
}

/** `pause`: ms to wait at least before another attempt; undefined: none is worth making. */
interface Failure {
  readonly error: AppError;
  readonly outcome: 'failed' | 'invalid' | 'stranger' | 'timeout';
  readonly pause: number | undefined;
}

export type RequestResult<T> = Success<T> | Failure;

export const ANSWER_MAX_BYTES = 8 * 1024 * 1024;
const RETRY_AFTER_MAX_MS = 2_000;

/** What it means that no answer came, or none of the service's. `deadline`: ms that the request had. */
export function failureOf(service: Service, failure: ExchangeFailure | Astray, deadline: number): Failure {
  switch (failure.failed) {
    case 'timeout':
      return { outcome: 'timeout', error: timedOut(service, deadline), pause: undefined };
    case 'unreachable':
      return { outcome: 'failed', error: unreachable(service, failure.cause), pause: 0 };
    case 'cut':
      return { outcome: 'invalid', error: invalidAnswer(service, 'it was cut off', failure.cause), pause: 0 };
    case 'astray':
      return failure.where === undefined
        ? invalid(service, `more than ${REDIRECTS_MAX} redirects`)
        : foreign(service, `a redirect to ${failure.where}`);
  }
}

/** What an answer means: whether it is its owner's, and what `decode` makes of it. Rejects with what is a defect of ours. */
export async function resultOf<T>(
  service: Service,
  answer: HttpAnswer,
  decode: (document: unknown) => T,
): Promise<RequestResult<T>> {
  if (answer.status !== 200 && answer.status !== 404) {
    const pause = answer.status === 503 ? retryAfter(answer) : undefined;
    return { outcome: 'failed', error: refused(service, answer.status), pause };
  }
  let body: string;
  try {
    const bytes = await decompressed(answer.body, answer.headers['content-encoding'], ANSWER_MAX_BYTES);
    body = bytes.toString('utf8');
  } catch (cause) {
    return invalid(service, 'its body cannot be decompressed', cause);
  }
  const strange = strangeness(answer, body);
  if (strange !== undefined) return foreign(service, strange);
  if (answer.status === 404) return { outcome: 'missing', value: 'missing' };
  return decoded(service, body, decode);
}

function decoded<T>(service: Service, body: string, decode: (document: unknown) => T): RequestResult<T> {
  try {
    return { outcome: 'ok', value: decode(JSON.parse(body)) };
  } catch (cause) {
    if (cause instanceof ForeignDocument) return foreign(service, cause.message);
    if (cause instanceof Undecodable) return invalid(service, cause.message, cause);
    if (cause instanceof SyntaxError) return invalid(service, 'it is not JSON', cause);
    throw cause;
  }
}

function invalid(service: Service, why: string, cause?: unknown): Failure {
  return { outcome: 'invalid', error: invalidAnswer(service, why, cause), pause: undefined };
}

function foreign(service: Service, why: string): Failure {
  return { outcome: 'stranger', error: stranger(service, why), pause: undefined };
}

/** Ms; 0 when the answer does not say in whole seconds. */
function retryAfter({ headers }: HttpAnswer): number {
  const text = headers['retry-after'];
  const seconds = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return Math.min(RETRY_AFTER_MAX_MS, seconds * 1_000);
}
