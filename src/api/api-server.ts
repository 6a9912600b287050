import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '../lib/app-error.ts';
import { createServer } from '../lib/node-http.ts';
import type { Answer } from './answer.ts';
import { answerBytes } from './connection-refusal.ts';

/** Bytes of request line and headers together: cookies of web clients come along. */
export const REQUEST_HEADERS_MAX = 16_384;

/** In ms, but connections. */
export const LIMITS = {
  /** How long a request, and its headers, may take to arrive. */
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  /** How long a connection may do nothing within a request: more than the longest READ_WAIT. */
  connectionTimeout: 75_000,
  /** Longer than the 60 s for which common ingresses keep idle connections, so that they end them and not we. */
  keepAliveTimeout: 72_000,
  /** Far more than the services of one installation open; 60 MB when all are idle (about 6 KB each, measured). */
  connections: 10_000,
} as const;

/**
 * A server that refuses with `answerOf` what Node would by itself with an empty answer: a request without Host (RFC 9112 §3.2),
 * one that expects what nobody knows (RFC 9110 §10.1.1), and one for a tunnel.
 */
export function createApiServer(handler: RequestListener, answerOf: (error: AppError) => Answer): Server {
  const refuse = (response: ServerResponse, error: AppError): void => {
    const { status, headers, body } = answerOf(error);
    response.writeHead(status, { ...headers, connection: 'close' }).end(body);
  };
  const server = createServer(
    {
      requestTimeout: LIMITS.requestTimeout,
      headersTimeout: LIMITS.headersTimeout,
      keepAliveTimeout: LIMITS.keepAliveTimeout,
      maxHeaderSize: REQUEST_HEADERS_MAX,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false,
    },
    (request, response) => {
      if (request.headers.host === undefined && request.httpVersion === '1.1') {
        refuse(response, new AppError('INVALID_REQUEST', 'Host: expected a host, got nothing'));
      } else handler(request, response);
    },
  );
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    refuse(response, new AppError('EXPECTATION_FAILED', 'Expect: expected 100-continue, got something else'));
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    const error = new AppError('METHOD_NOT_ALLOWED', 'CONNECT is not among the methods of any resource.', {
      details: { allow: 'GET, HEAD, POST' },
    });
    socket.on('error', () => socket.destroy());
    socket.end(answerBytes(answerOf(error)));
  });
  server.setTimeout(LIMITS.connectionTimeout);
  server.maxConnections = LIMITS.connections;
  return server;
}
