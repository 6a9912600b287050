import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpRouteObserver } from '../telemetry/metrics.ts';
import { answerOfError, errorOfConnection } from './error-mapper.ts';

/** Answers, and ends, a connection on which Node's HTTP parser gave up: there is no request and no reply to go through. */
export function refuseConnection(cause: Error & { code?: string }, socket: Socket, observer: HttpRouteObserver): void {
  const error = errorOfConnection(cause.code);
  if (error === undefined || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = answerOfError(error);
  observer.answered(status, 0);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
