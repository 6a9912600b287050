import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { tenantOf } from '../../src/domain/tenant.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createHttpUpstream, type HttpUpstreamOptions } from '../../src/upstream/http/http-upstream.ts';
import type { Service } from '../../src/upstream/port.ts';

export type StubHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

export interface StubRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** A local HTTP server whose every answer the test decides. */
export interface UpstreamStub {
  readonly port: number;
  /** Ends in `/api/`. */
  readonly url: string;
  readonly requests: readonly StubRequest[];
  handler: StubHandler;
  close(): Promise<void>;
}

export const STUB_TENANT = tenantOf('083839C6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);

export async function startUpstreamStub(handler: StubHandler): Promise<UpstreamStub> {
  const requests: StubRequest[] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    stub.handler(request, response, new URL(request.url ?? '/', 'http://stub'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stub = {
    port,
    url: `http://127.0.0.1:${port}/api/`,
    requests,
    handler,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return stub;
}

/** Answers with the document, or with the text as it is. */
export function answerWith(body: object | string, status = 200, headers: Record<string, string> = {}): StubHandler {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };
}

/** The real client on one server for all services, with what it reported. */
export function createStubbedUpstream(url: string, options: Partial<HttpUpstreamOptions> = {}) {
  const dates: { service: Service; date: number; sentAt: number; receivedAt: number }[] = [];
  const ends: { service: Service; error: unknown }[] = [];
  const outcomes: { service: Service; outcome: string; seconds: number }[] = [];
  const upstream = createHttpUpstream({
    baseUrls: { characters: url, inventory: url, buffs: url, skills: url, data: url },
    timeout: 1_000,
    concurrency: 8,
    staticDataMax: 1_000,
    environment: undefined,
    clock: systemClock,
    random: Math.random,
    onEnvironmentRefused: () => undefined,
    onEnd: (service, error) => ends.push({ service, error }),
    onDate: (service, date, sentAt, receivedAt) => dates.push({ service, date, sentAt, receivedAt }),
    observe: (service, outcome, seconds) => outcomes.push({ service, outcome, seconds }),
    ...options,
  });
  return { upstream, dates, ends, outcomes };
}
