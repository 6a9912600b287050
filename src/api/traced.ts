import type { RouteHandlerMethod } from 'fastify';
import type { Tracing } from '../telemetry/tracing.ts';

/**
 * Makes a span of each request to a route. What the request causes is below it: the handler finds the span's traceparent in
 * place of the caller's.
 */
export function traced(handle: RouteHandlerMethod, route: string, tracing: Tracing | undefined): RouteHandlerMethod {
  if (tracing === undefined) return handle;
  return function (request, reply) {
    const { headers } = request.raw;
    const parent = headers['traceparent'];
    const span = tracing.begin({
      kind: 'server',
      name: `${request.method} ${route}`,
      parent: typeof parent === 'string' ? parent : undefined,
      attributes: { 'http.request.method': request.method, 'http.route': route, 'url.path': request.url },
    });
    headers['traceparent'] = span.traceparent;
    const answer = reply.raw;
    answer.once('close', () => {
      const { statusCode } = answer;
      const failed = statusCode >= 500 ? `${statusCode}` : undefined;
      span.end({ 'http.response.status_code': statusCode }, answer.writableFinished ? failed : 'the client hung up');
    });
    return handle.call(this, request, reply);
  };
}
