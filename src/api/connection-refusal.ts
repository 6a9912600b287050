import type { Socket } from 'node:net';
import type { HttpRouteObserver } from '../telemetry/metrics.ts';
import type { Answer } from './answer.ts';
import { answerOfError, errorOfConnection } from './error-mapper.ts';

/** Answers, and ends, a connection on which Node's HTTP parser gave up: there is no request and no reply to go through. */
export function refuseConnection(cause: { readonly code?: string }, socket: Socket, observer: HttpRouteObserver): void {
  const error = errorOfConnection(cause.code);
  if (error === undefined || !socket.writable) {
    socket.destroy();
    return;
  }
  const answer = answerOfError(error);
  observer.answered(answer.status, 0);
  socket.end(answerBytes(answer), () => socket.destroy());
}

/** An answer with which the connection ends, as it goes over the wire. */
export function answerBytes({ head, body }: Answer): string {
  return `${head}Connection: close\r\n\r\n${body}`;
}
