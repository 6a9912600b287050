import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import type { HttpRouteObserver } from '../telemetry/metrics.ts';
import type { Answer } from './answer.ts';

export type Handler<R = FastifyRequest> = (request: R) => Answer | Promise<Answer>;

export interface HandlingOptions<R, T> {
  /** Gives the answer to whoever waits for it. */
  readonly send: (to: T, answer: Answer) => void;
  readonly handler: Handler<R>;
  /** Must not throw. */
  readonly answerOfError: (error: unknown, request: R) => Answer;
  readonly observer: HttpRouteObserver;
  readonly clock: Clock;
  /** The refusal of a request that was taken up at this monotonic ms; it answers undefined when there is none. */
  readonly refusalAt: ((now: number) => Answer | undefined) | undefined;
}

/**
 * Makes a function from request to answer respond: what it throws goes through the error mapper, what it answers is counted.
 * Without hooks, and without a promise when the handler answers at once: the hottest route would feel each.
 */
export function handling<R, T>({ handler, send, answerOfError, observer, clock, refusalAt }: HandlingOptions<R, T>) {
  return (request: R, to: T): void => {
    const began = clock.mono();
    const finish = (answer: Answer): void => {
      try {
        send(to, answer);
      } catch (error) {
        // Nobody else would catch it, and it would end the service. The mapper logs it.
        answerOfError(error, request);
      }
      observer.answered(answer.status, clock.mono() - began);
    };
    const refusal = refusalAt?.(began);
    if (refusal !== undefined) {
      finish(refusal);
      return;
    }
    let answer: Answer | Promise<Answer>;
    try {
      answer = handler(request);
    } catch (error) {
      answer = answerOfError(error, request);
    }
    if (answer instanceof Promise) answer.catch((error: unknown) => answerOfError(error, request)).then(finish);
    else finish(answer);
  };
}

/** Through the framework, as bytes: to the type of a text it would add a charset, which JSON has none of. */
export function send(reply: FastifyReply, { status, headers, body, encoding }: Answer): void {
  reply
    .code(status)
    .headers(headers)
    .send(body === '' ? undefined : Buffer.from(body, encoding));
}
