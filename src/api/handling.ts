import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import type { HttpRouteObserver } from '../telemetry/metrics.ts';
import type { Answer } from './answer.ts';

export type Handler<R = FastifyRequest> = (request: R) => Answer | Promise<Answer>;

export interface HandlingOptions<R> {
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
export function handling<R>({ handler, answerOfError, observer, clock, refusalAt }: HandlingOptions<R>) {
  return (request: R, response: ServerResponse): void => {
    const began = clock.mono();
    const finish = (answer: Answer): void => {
      write(response, answer);
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

/** A route of Fastify's that a function responds to. */
export function routed(respond: (request: FastifyRequest, response: ServerResponse) => void): RouteHandlerMethod {
  return (request, reply) => {
    reply.hijack();
    respond(request, reply.raw);
  };
}

/**
 * Through Node's response, not Fastify's. The answer is complete; to find that out anew for each request cost more than all
 * the rest of the hottest route.
 */
export function send(reply: FastifyReply, answer: Answer): void {
  reply.hijack();
  write(reply.raw, answer);
}

function write(response: ServerResponse, { status, headers, body, encoding }: Answer): void {
  response.writeHead(status, headers).end(body, encoding);
}
