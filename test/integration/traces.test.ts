/** What a collector gets of the service: a GET with the reads that it waits for, a batch, and what an event causes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WORLD_TENANT } from '../../world/world.ts';
import { encodedHeaders, TENANT_HEADERS } from '../support/encoded-event.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { freePort } from '../support/process-guard.ts';
import { type ServiceProcess, startService, tenantHeaders } from '../support/service-process.ts';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from '../support/trace-collector.ts';
import { until } from '../support/wait.ts';
import { startWorldOnKafka, type WorldOnKafka } from '../support/world-on-kafka.ts';

const CALLER = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };
const PRODUCER = { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7' };
const UNSAMPLED = '1af7651916cd43dd8448eb211c80319c';
const SERVICES = ['buffs', 'characters', 'inventory', 'skills'];

describe('traces', () => {
  let broker: KafkaBroker;
  let atlas: WorldOnKafka;
  let collector: TraceCollector;
  let service: ServiceProcess;

  before(async () => {
    broker = await provisionKafka();
    atlas = await startWorldOnKafka(broker.brokers);
    for (const characterId of [12, 13, 14]) atlas.world.makeUp({ tenant: WORLD_TENANT, characterId });
    collector = await startTraceCollector();
    service = await startService({ ...atlas.variables, SERVICE_NAME: 'stats', TRACE_ENDPOINT: collector.endpoint });
  });

  after(async () => {
    await service?.end();
    await collector?.close();
    await atlas?.close();
    await broker?.close();
  });

  const inTrace = (traceId: string) => collector.spans().filter((span) => span.traceId === traceId);
  const get = (characterId: number, traceparent: string) =>
    service.get(`/api/worlds/0/channels/1/characters/${characterId}/stats`, {
      ...tenantHeaders(WORLD_TENANT),
      traceparent,
    });
  const readsOf = (spans: readonly CollectedSpan[]) =>
    spans.filter(({ kind }) => kind === 'client').map(({ attributes }) => attributes['peer.service']);

  it('given a GET of somebody who is not held, when it was answered, then its reads are below it, and it below its caller', async () => {
    assert.equal((await get(13, `00-${CALLER.trace}-${CALLER.span}-01`)).status, 200);
    await until('its spans are here', () => inTrace(CALLER.trace).some(({ kind }) => kind === 'server'));
    const spans = inTrace(CALLER.trace);
    const server = spans.find(({ kind }) => kind === 'server');
    assert.partialDeepStrictEqual(server, {
      service: 'stats',
      parentSpanId: CALLER.span,
      name: 'GET /api/worlds/:worldId/channels/:channelId/characters/:characterId/stats',
      attributes: { 'http.response.status_code': 200, 'url.path': '/api/worlds/0/channels/1/characters/13/stats' },
      failed: undefined,
    });
    assert.deepEqual([...new Set(readsOf(spans))].sort(), SERVICES);
    for (const read of spans.filter(({ kind }) => kind === 'client')) assert.equal(read.parentSpanId, server?.spanId);
  });

  it("given an event, when it was applied, then its batch is linked to the event's trace, and the reads that it caused are in it", async () => {
    const value = {
      sessionId: '7f1c1e9a-52d4-4b8e-9d3c-0f6a7b8c9d0e',
      ...{ accountId: 1, characterId: 12, worldId: 0, channelId: 1, issuer: 'CHANNEL', type: 'CREATED' },
    };
    const traceparent = `00-${PRODUCER.trace}-${PRODUCER.span}-01`;
    await atlas.kafka.produce(atlas.topics.session, [
      { value: Buffer.from(JSON.stringify(value)), headers: encodedHeaders({ ...TENANT_HEADERS, traceparent }) },
    ]);
    const reads = await until('its reads are here', () => {
      const found = readsOf(inTrace(PRODUCER.trace));
      return new Set(found).size === SERVICES.length ? found : undefined;
    });
    assert.deepEqual([...new Set(reads)].sort(), SERVICES);
    for (const read of inTrace(PRODUCER.trace)) assert.equal(read.parentSpanId, PRODUCER.span);
    const batch = await until('its batch is here', () =>
      collector.spans().find(({ links }) => links.includes(`${PRODUCER.trace}/${PRODUCER.span}`)),
    );
    assert.partialDeepStrictEqual(batch, {
      kind: 'consumer',
      name: 'apply events',
      attributes: { 'messaging.destination.name': atlas.topics.session, 'messaging.batch.message_count': 1 },
    });
  });

  it('given a caller that does not sample, when it asks, then no span is sent, and one that samples is not held up by it', async () => {
    assert.equal((await get(14, `00-${UNSAMPLED}-${CALLER.span}-00`)).status, 200);
    const later = { ...CALLER, trace: '2af7651916cd43dd8448eb211c80319c' };
    assert.equal((await get(14, `00-${later.trace}-${later.span}-01`)).status, 200);
    await until('the later one is here', () => inTrace(later.trace).length > 0);
    assert.deepEqual(inTrace(UNSAMPLED), []);
  });

  it('given a ratio of 0, when somebody asks without a trace, then none begins', async () => {
    const own = await startTraceCollector();
    const quiet = await startService({ TRACE_ENDPOINT: own.endpoint, TRACE_SAMPLING_RATIO: '0' });
    try {
      const path = '/api/worlds/0/channels/1/characters/999/stats';
      await quiet.get(path, tenantHeaders(WORLD_TENANT));
      await quiet.get(path, { ...tenantHeaders(WORLD_TENANT), traceparent: `00-${CALLER.trace}-${CALLER.span}-01` });
      // The demo's events are in traces that their producers sample; requests and batches begin theirs here.
      const begun = () => own.spans().filter(({ kind }) => kind !== 'client');
      await until('the one with a trace is here', () => begun().length > 0);
      assert.deepEqual(new Set(begun().map(({ traceId }) => traceId)), new Set([CALLER.trace]));
    } finally {
      assert.equal(await quiet.end(), 0);
      await own.close();
    }
  });

  it('given a collector that is away, when spans cannot be sent, then the service answers, and says so once', async () => {
    const lonely = await startService({ TRACE_ENDPOINT: `127.0.0.1:${await freePort()}` });
    const path = '/api/worlds/0/channels/1/characters/999/stats';
    const told = () => lonely.output().split('traces cannot be sent').length - 1;
    await until(
      'it has been told',
      async () => {
        assert.equal((await lonely.get(path, tenantHeaders(WORLD_TENANT))).status, 200);
        return told() > 0;
      },
      30_000,
    );
    assert.equal(told(), 1);
    assert.equal(await lonely.end(), 0);
  });

  it('given no endpoint, when the service runs, then the libraries are not loaded', async () => {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const script = `
      import { openOutside } from './src/app/outside.ts';
      import { createApp } from './src/app.ts';
      import { parseConfig } from './src/config/config.ts';
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
      const silent = { debug() {}, info() {}, warn() {}, error() {} };
      const { config } = parseConfig({ REST_PORT: '0', ...(process.env.TRACED ? { TRACE_ENDPOINT: '127.0.0.1:1' } : {}) });
      const surroundings = { clock: { now: Date.now, mono: () => performance.now() }, random: Math.random, logger: silent };
      createApp(config, { ...surroundings, ...(await openOutside(config, surroundings)) });
      console.log(loaded.filter((url) => url.includes('opentelemetry')).length);
      process.exit(0);
    `;
    const load = async (env: Record<string, string>) => {
      const args = ['--input-type=module', '--eval', script];
      const { PATH = '' } = process.env;
      return Number((await promisify(execFile)(process.execPath, args, { env: { PATH, ...env } })).stdout);
    };
    assert.equal(await load({}), 0);
    assert.ok((await load({ TRACED: 'yes' })) > 10);
  });
});
