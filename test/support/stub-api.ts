import type { FastifyInstance } from 'fastify';
import { type ApiDeps, createApi } from '../../src/api/api.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

export interface LoggedLine {
  readonly level: 'debug' | 'error';
  readonly details: object;
  readonly message: string;
}

const CURRENT = { current: true, reason: undefined };
const STREAMS_CURRENT = { session: CURRENT, buff: CURRENT, asset: CURRENT, character: CURRENT, skill: CURRENT };

/** The API on stubs, for specs and for its generated description: ready, knows one answer, consumes nothing. */
export function createStubApi(deps: Partial<ApiDeps> = {}): { app: FastifyInstance; log: LoggedLine[] } {
  const log: LoggedLine[] = [];
  const app = createApi({
    reader: { read: () => ({ kind: 'answer', body: '{"data":{}}', version: 1, asOf: 0 }) },
    explainer: { explain: () => ({ kind: 'unknown' }) },
    previewer: { preview: async () => ({ kind: 'unknown' }) },
    names: { of: () => undefined, ensure: async () => undefined, findItems: async () => [] },
    watch: {
      roll: { tenants: () => [], list: () => [], look: () => undefined },
      rollReader: { read: async () => ({ rows: [], total: 0, nameless: 0 }) },
      changes: {
        history: () => ({ changes: [], since: 0 }),
        subscribe: () => undefined,
        after: () => ({ changes: [], complete: true }),
      },
      run: 'stub',
    },
    page: { mode: 'kafka', unnamedTenant: undefined },
    feed: { health: () => ({ current: true, reason: undefined, streams: STREAMS_CURRENT }), positions: () => [] },
    readiness: () => ({ ready: true, degraded: [] }),
    deadLetters: { list: () => [], total: 0, evicted: 0 },
    operatorActions: {
      reread: () => false,
      flushStaticData: () => undefined,
      redrive: async () => ({ tried: 0, applied: 0, stillDead: 0, incomplete: 0 }),
      drift: () => [],
    },
    metrics: createMetrics(),
    adminToken: undefined,
    logger: {
      debug: (details, message) => log.push({ level: 'debug', details, message }),
      error: (details, message) => log.push({ level: 'error', details, message }),
    },
    clock: { now: () => 0, mono: () => 0 },
    replica: { name: 'stats-0.1a2b', shard: undefined },
    ...deps,
  });
  return { app, log };
}

export const TENANT_HEADERS = {
  tenant_id: '083839c6-c47c-42a6-9585-76492795d123',
  region: 'GMS',
  major_version: '83',
  minor_version: '1',
} as const;
