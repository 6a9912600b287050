import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import {
  answerWith,
  createStubbedUpstream,
  STUB_TENANT,
  type StubHandler,
  startUpstreamStub,
} from '../../../test/support/upstream-stub.ts';
import { until } from '../../../test/support/wait.ts';
import type { EventContext } from '../../domain/event.ts';
import { PARTS } from '../../domain/part.ts';
import { AppError, type ErrorCode } from '../../lib/app-error.ts';
import type { HttpUpstreamOptions } from './http-upstream.ts';

const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function setUp(handler: StubHandler, options: Partial<HttpUpstreamOptions> = {}) {
  const stub = await startUpstreamStub(handler);
  cleanUps.push(() => stub.close());
  const stubbed = createStubbedUpstream(stub.url, options);
  cleanUps.push(() => stubbed.upstream.close());
  const target = (characterId: number, context?: EventContext) => ({ tenant: STUB_TENANT, characterId, context });
  return { ...stubbed, stub, target };
}

const failsWith = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;
const missing = answerWith('', 404);

describe('the requests to the upstream services', () => {
  const TRACE = '0af7651916cd43dd8448eb211c80319c';
  const PARENT = 'b7ad6b7169203331';

  it('given each part, then its service is asked by its path', async () => {
    const { upstream, stub, target } = await setUp(missing);
    for (const part of PARTS) await upstream.fetch(part, target(12));
    await upstream.ensureStaticData({
      tenant: STUB_TENANT,
      skillIds: [1_000_001],
      templateIds: [1_302_000],
      context: {},
    });
    assert.deepEqual(
      stub.requests.map((request) => request.path),
      [
        '/api/characters/12',
        '/api/characters/12/inventory/compartments?type=1&include=assets',
        '/api/characters/12/buffs?page[number]=1&page[size]=250',
        '/api/characters/12/skills?page[number]=1&page[size]=250',
        '/api/data/skills/1000001',
        '/api/data/equipment/1302000',
      ],
    );
  });

  it('given an event’s context, then the request carries the tenant, the trace under a new span, and the environment', async () => {
    const { upstream, stub, target } = await setUp(missing, { environment: 'green' });
    const context = { traceparent: `00-${TRACE}-${PARENT}-01`, environment: 'blue' };
    await upstream.fetch('base', target(12, context));
    await upstream.fetch('base', target(12, context));
    const [headers, again] = stub.requests.map((request) => request.headers);
    assert.equal(headers?.tenant_id, '083839c6-c47c-42a6-9585-76492795d123');
    assert.equal(headers?.region, 'GMS');
    assert.equal(headers?.major_version, '83');
    assert.equal(headers?.minor_version, '1');
    assert.equal(headers?.environment, 'blue');
    assert.match(String(headers?.traceparent), new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    assert.ok(!String(headers?.traceparent).includes(PARENT));
    assert.notEqual(headers?.traceparent, again?.traceparent);
  });

  it('given no context, then a trace is begun, and the configured environment is named, if there is one', async () => {
    for (const environment of ['green', undefined]) {
      const { upstream, stub, target } = await setUp(missing, { environment });
      await upstream.fetch('base', target(12));
      const headers = stub.requests[0]?.headers;
      assert.match(String(headers?.traceparent), /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/);
      assert.equal(headers?.environment, environment);
    }
  });

  it('given randomness at its ends, then trace and span ids are well-formed all the same', async () => {
    for (const value of [0, 1 - 2 ** -53]) {
      const { upstream, stub, target } = await setUp(missing, { random: () => value });
      await upstream.fetch('base', target(12));
      assert.match(
        String(stub.requests[0]?.headers.traceparent),
        /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/,
      );
    }
  });
});

describe('a fetch', () => {
  it('given a 404, then the character is missing, and has no equipment, buffs or skills', async () => {
    const { upstream, target } = await setUp(missing);
    assert.equal(await upstream.fetch('base', target(12)), 'missing');
    assert.deepEqual(await upstream.fetch('equipment', target(12)), { part: 'equipment', assets: [] });
    assert.deepEqual(await upstream.fetch('buffs', target(12)), { part: 'buffs', buffs: [] });
    assert.deepEqual(await upstream.fetch('passives', target(12)), { part: 'passives', skills: [] });
  });

  it('given a malformed answer, then every part rejects: a value is never made up', async () => {
    const { upstream, target, outcomes } = await setUp(answerWith({ data: { attributes: {} } }));
    for (const part of PARTS) {
      await assert.rejects(upstream.fetch(part, target(12)), failsWith('UPSTREAM_INVALID_ANSWER'));
    }
    assert.deepEqual(
      outcomes.map(({ service, outcome }) => `${service} ${outcome}`),
      ['characters invalid', 'inventory invalid', 'buffs invalid', 'skills invalid'],
    );
  });
});

describe('a list in pages', () => {
  /** Skills 1…total, `size` to a page, as today's services answer; more than 250 and `limit` are a 400. */
  const paged =
    (total: () => number): StubHandler =>
    (request, response, url) => {
      const number = Number(url.searchParams.get('page[number]'));
      const size = Number(url.searchParams.get('page[size]'));
      if (size > 250 || url.searchParams.has('limit')) return answerWith('', 400)(request, response, url);
      const count = total();
      const last = Math.ceil(count / size);
      const ids = Array.from({ length: count }, (_, index) => index + 1).slice((number - 1) * size, number * size);
      const data = ids.map((id) => ({ type: 'skills', id: String(id), attributes: { level: 1 } }));
      answerWith({ data, meta: { page: { last, number, size }, total: count } })(request, response, url);
    };

  it('given three pages, then all are read, each once', async () => {
    const { upstream, stub, target } = await setUp(paged(() => 600));
    const snapshot = await upstream.fetch('passives', target(12));
    assert.ok(snapshot !== 'missing' && snapshot.part === 'passives');
    assert.deepEqual(
      snapshot.skills.map((skill) => skill.skillId),
      Array.from({ length: 600 }, (_, index) => index + 1),
    );
    assert.deepEqual(
      stub.requests.map((request) => new URL(request.path, 'http://stub').searchParams.get('page[number]')),
      ['1', '2', '3'],
    );
  });

  it('given exactly 250 or none, then one request is made', async () => {
    for (const total of [250, 0]) {
      const { upstream, stub, target } = await setUp(paged(() => total));
      await upstream.fetch('passives', target(12));
      assert.equal(stub.requests.length, 1);
    }
  });

  it('given a list that changes while it is read, then the answer is invalid: something may have slipped through', async () => {
    let total = 601;
    const { upstream, target } = await setUp(paged(() => total--));
    await assert.rejects(upstream.fetch('passives', target(12)), failsWith('UPSTREAM_INVALID_ANSWER'));
  });

  it('given a last page that moves while there is no total, then the answer is invalid', async () => {
    let last = 3;
    const { upstream, target } = await setUp((request, response, url) =>
      answerWith({ data: [], meta: { page: { last: last-- } } })(request, response, url),
    );
    await assert.rejects(upstream.fetch('buffs', target(12)), failsWith('UPSTREAM_INVALID_ANSWER'));
  });

  it('given fewer resources than the total, then the answer is invalid', async () => {
    const { upstream, target } = await setUp(answerWith({ data: [], meta: { page: { last: 1 }, total: 3 } }));
    await assert.rejects(upstream.fetch('buffs', target(12)), failsWith('UPSTREAM_INVALID_ANSWER'));
  });

  it('given an absurd last page, then no other page is asked for', async () => {
    const { upstream, stub, target } = await setUp(answerWith({ data: [], meta: { page: { last: 1_000_000 } } }));
    await assert.rejects(upstream.fetch('buffs', target(12)), failsWith('UPSTREAM_INVALID_ANSWER'));
    assert.equal(stub.requests.length, 1);
  });

  it('given a format S answer of more than 250, then it is all in one', async () => {
    const data = Array.from({ length: 300 }, (_, index) => ({ id: String(index + 1), attributes: { level: 1 } }));
    const { upstream, stub, target } = await setUp(answerWith({ data }));
    const snapshot = await upstream.fetch('passives', target(12));
    assert.ok(snapshot !== 'missing' && snapshot.part === 'passives' && snapshot.skills.length === 300);
    assert.equal(stub.requests.length, 1);
  });
});

describe('a fetch and the gate of its service', () => {
  const broken = answerWith('', 500);

  async function setUpOpen(handler: StubHandler, options: Partial<HttpUpstreamOptions> = {}) {
    const clock = createFakeClock();
    const bench = await setUp(broken, { clock, random: () => 0.5, ...options });
    for (const id of [1, 2, 3, 4, 5]) await assert.rejects(bench.upstream.fetch('buffs', bench.target(id)));
    assert.equal(bench.upstream.gates.buffs.state, 'open');
    bench.stub.handler = handler;
    return { ...bench, clock, before: bench.stub.requests.length };
  }

  it('given one bad character, then the gate stays closed; given five, then only that of the service opens', async () => {
    const { upstream, target } = await setUp(broken);
    for (let count = 0; count < 10; count += 1) await assert.rejects(upstream.fetch('buffs', target(1)));
    assert.equal(upstream.gates.buffs.state, 'closed');
    for (const id of [2, 3, 4, 5]) await assert.rejects(upstream.fetch('buffs', target(id)));
    assert.equal(upstream.gates.buffs.state, 'open');
    assert.equal(upstream.gates.skills.state, 'closed');
  });

  it('given 404s of many characters, then the gate stays closed', async () => {
    const { upstream, target } = await setUp(missing);
    for (let id = 1; id <= 10; id += 1) await upstream.fetch('base', target(id));
    assert.equal(upstream.gates.characters.state, 'closed');
  });

  it('given an open gate, when a fetch did not enter, then it is held back without a request', async () => {
    const { upstream, stub, target, before } = await setUpOpen(missing);
    await assert.rejects(upstream.fetch('buffs', target(6)), failsWith('UPSTREAM_GATE_OPEN'));
    assert.equal(stub.requests.length, before);
  });

  it('given a probe that is due, when it is answered, then the gate closes', async () => {
    const { upstream, clock, target } = await setUpOpen(missing);
    clock.pass(1_000);
    assert.equal(upstream.gates.buffs.tryEnter(STUB_TENANT, 6), true);
    await upstream.fetch('buffs', target(6));
    assert.equal(upstream.gates.buffs.state, 'closed');
  });

  it('given a probe that fails with a transport error, then it is not repeated', async () => {
    const reset: StubHandler = (request) => request.socket.resetAndDestroy();
    const { upstream, stub, clock, target, before } = await setUpOpen(reset);
    clock.pass(1_000);
    upstream.gates.buffs.tryEnter(STUB_TENANT, 6);
    await assert.rejects(upstream.fetch('buffs', target(6)), failsWith('UPSTREAM_UNREACHABLE'));
    assert.equal(stub.requests.length, before + 1);
    assert.equal(upstream.gates.buffs.state, 'open');
  });

  it('given a time-out that is longer than 2 s, then a probe is given up after 2 s', async () => {
    const { upstream, clock, target } = await setUpOpen(() => undefined, { timeout: 30_000 });
    clock.pass(1_000);
    upstream.gates.buffs.tryEnter(STUB_TENANT, 6);
    const began = performance.now();
    await assert.rejects(upstream.fetch('buffs', target(6)), failsWith('UPSTREAM_TIMEOUT'));
    const took = performance.now() - began;
    assert.ok(took >= 1_990 && took < 4_000, `${took} ms`);
  });
});

describe('static data over HTTP', () => {
  const SKILL_IDS = Array.from({ length: 60 }, (_, index) => 1_000_000 + index);

  it('given a cold cache, then it fills within the budget; warm, then nothing is asked', async () => {
    let underWay = 0;
    let most = 0;
    const { upstream, stub } = await setUp((request, response, url) => {
      underWay += 1;
      most = Math.max(most, underWay);
      const id = url.pathname.split('/').at(-1) ?? '';
      setImmediate(() => {
        underWay -= 1;
        answerWith({ data: { type: 'skills', id, attributes: { action: false, effects: [] } } })(
          request,
          response,
          url,
        );
      });
    });
    const wanted = { tenant: STUB_TENANT, skillIds: SKILL_IDS, templateIds: [], context: undefined };
    await Promise.all([upstream.ensureStaticData(wanted), upstream.ensureStaticData(wanted)]);
    assert.equal(stub.requests.length, 60);
    assert.ok(most > 1 && most <= 4, `${most} at once`);
    assert.ok(SKILL_IDS.every((id) => upstream.staticData(STUB_TENANT).skill(id) !== undefined));
    await upstream.ensureStaticData(wanted);
    assert.equal(stub.requests.length, 60);
    assert.equal(upstream.staticDataCounts.size, 60);
  });

  it('given a service that comes back, then what failed is loaded without anybody asking', async () => {
    const { upstream, stub } = await setUp(answerWith('', 500));
    const wanted = { tenant: STUB_TENANT, skillIds: [], templateIds: [1], context: undefined };
    await upstream.ensureStaticData(wanted);
    assert.equal(upstream.staticData(STUB_TENANT).requirements(1), undefined);
    stub.handler = missing;
    await until('it is known to be missing', () => upstream.staticData(STUB_TENANT).requirements(1) === null);
  });
});
