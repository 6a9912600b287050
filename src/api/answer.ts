import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import type { HttpRouteObserver } from '../telemetry/metrics.ts';

/** What goes back to a client, complete. */
export interface Answer {
  readonly status: number;
  /** Sent exactly as given. */
  readonly contentType: string;
  /** Empty: none. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: FastifyRequest) => Answer | Promise<Answer>;

export const JSON_TYPE = 'application/json';

export function ok(body: string, contentType = JSON_TYPE): Answer {
  return { status: 200, contentType, body };
}

export interface HandlingOptions {
  readonly handler: Handler;
  readonly answerOfError: (error: unknown, request: FastifyRequest) => Answer;
  readonly observer: HttpRouteObserver;
  readonly clock: Clock;
}

/**
 * Makes a route handler of a function from request to answer: what it throws goes through the error mapper, what it answers
 * is counted. Without hooks, and without a promise when the handler answers at once: the hottest route would feel each.
 */
export function handling({ handler, answerOfError, observer, clock }: HandlingOptions): RouteHandlerMethod {
  const finish = (reply: FastifyReply, answer: Answer, began: number): void => {
    send(reply, answer);
    observer.answered(answer.status, clock.mono() - began);
  };
  return (request, reply) => {
    const began = clock.mono();
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

export function send(reply: FastifyReply, { status, contentType, body, headers }: Answer): void {
  // Bodies are encoded already; a serializer of our own also keeps Fastify from adding a charset (contract §3).
  reply.serializer(asIs).code(status).header('content-type', contentType);
  if (headers !== undefined) reply.headers(headers);
  // A 304 has no body and tells no length of one.
  reply.send(status === 304 ? undefined : body);
}

function asIs(payload: unknown): string {
  return String(payload);
}
