import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import type { HttpRouteObserver } from '../telemetry/metrics.ts';
import type { Answer } from './answer.ts';

export type Handler = (request: FastifyRequest) => Answer | Promise<Answer>;

export interface HandlingOptions {
  readonly handler: Handler;
  readonly answerOfError: (error: unknown, request: FastifyRequest) => Answer;
  readonly observer: HttpRouteObserver;
  readonly clock: Clock;
  /** The refusal of a request that was taken up at this monotonic ms; it answers undefined when there is none. */
  readonly refusalAt: ((now: number) => Answer | undefined) | undefined;
}

/**
 * Makes a route handler of a function from request to answer: what it throws goes through the error mapper, what it answers
 * is counted. Without hooks, and without a promise when the handler answers at once: the hottest route would feel each.
 */
export function handling({ handler, answerOfError, observer, clock, refusalAt }: HandlingOptions): RouteHandlerMethod {
  const finish = (reply: FastifyReply, answer: Answer, began: number): void => {
    send(reply, answer);
    observer.answered(answer.status, clock.mono() - began);
  };
  return (request, reply) => {
    const began = clock.mono();
    const refusal = refusalAt?.(began);
    if (refusal !== undefined) {
      finish(reply, refusal, began);
      return;
    }
    let answer: Answer | Promise<Answer>;
    try {
      answer = handler(request);
    } catch (error) {
      answer = answerOfError(error, request);
    }
    if (!(answer instanceof Promise)) {
      finish(reply, answer, began);
      return;
    }
    answer
      .catch((error: unknown) => answerOfError(error, request))
      .then((settled) => finish(reply, settled, began))
      .catch((error: unknown) => reply.send(error));
  };
}

/**
 * Through Node's response, not Fastify's: there is nothing left to find out about the answer, to add or to encode, and doing
 * so anew for each request cost more than everything else that the hottest route does.
 */
export function send(reply: FastifyReply, { status, headers, body }: Answer): void {
  reply.hijack();
  reply.raw.writeHead(status, headers).end(body);
}
