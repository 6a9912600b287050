import type { Tracing } from '../../telemetry/tracing.ts';
import type { Service } from '../port.ts';
import type { ServiceClient } from './service-client.ts';

/**
 * Makes a span of each read, its attempts included. It is a child of the traceparent that the request would hand on, and the
 * request hands on the span's own.
 */
export function tracedClient(client: ServiceClient, tracing: Tracing | undefined, service: Service): ServiceClient {
  if (tracing === undefined) return client;
  return {
    async get(request, decode) {
      const parent = request.headers['traceparent'];
      const attributes = { 'peer.service': service, 'http.request.method': 'GET', 'url.path': request.path };
      const span = tracing.begin({ kind: 'client', name: `read ${service}`, parent, attributes });
      try {
        const headers = { ...request.headers, traceparent: span.traceparent };
        const answer = await client.get({ ...request, headers }, decode);
        span.end({ 'effective_stats.missing': answer === 'missing' });
        return answer;
      } catch (error) {
        span.end({}, error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
    close: () => client.close(),
  };
}
