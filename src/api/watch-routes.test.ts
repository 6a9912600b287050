import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, it, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { Value } from 'typebox/value';
import { createStubApi, TENANT_HEADERS } from '../../test/support/stub-api.ts';
import { until } from '../../test/support/wait.ts';
import { STATS } from '../domain/stat.ts';
import { tenantOf } from '../domain/tenant.ts';
import { systemClock } from '../lib/clock.ts';
import { type ChangeLog, createChangeLog } from '../watch/change-log.ts';
import type { Roll } from '../watch/roll.ts';
import {
  ChangeDocument,
  ErrorDocument,
  HistoryDocument,
  ItemsDocument,
  RollDocument,
  TenantsDocument,
} from './openapi.ts';

const TENANT = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
const HISTORY = '/api/worlds/0/channels/1/characters/12/changes';

/** The API over a change log whose characters have what strength a test gives them. */
function bench() {
  const strengths = new Map<number, number>();
  const roll: Roll = {
    tenants: () => [{ tenant: TENANT, held: 2 }],
    list: () => [],
    look(_tenant, id) {
      const strength = strengths.get(id);
      if (strength === undefined) return undefined;
      return { values: STATS.map((_s, index) => (index === 0 ? strength : 0)), degraded: [], worldId: 0 };
    },
  };
  const changes = createChangeLog({ roll, clock: systemClock, maxBytes: 1e6 });
  const rollReader = {
    read: async () => ({
      rows: [
        {
          ...{ characterId: 12, name: '<b>Tris</b>', resident: true, worldId: 0, channelId: 1, level: 95, job: 131 },
          ...{ maxHp: 7_659, maxMp: 1_216, degraded: ['buffs'] as const },
        },
        {
          ...{ characterId: 13, name: undefined, resident: false, worldId: undefined, channelId: undefined },
          ...{ level: undefined, job: undefined, maxHp: undefined, maxMp: undefined, degraded: undefined },
        },
      ],
      total: 120,
      nameless: 1,
    }),
  };
  const { app } = createStubApi({
    watch: { roll, rollReader, changes, run: 'abc' },
    names: {
      of: () => 'Tristan',
      ensure: async () => undefined,
      findItems: async (_target, text) => [{ templateId: 1_302_020, name: text }],
    },
  });
  const become = (id: number, strength: number): void => {
    strengths.set(id, strength);
    const cause = {
      kind: 'event',
      type: 'buff-applied',
      recordTime: 5,
      topic: 'buff',
      partition: 0,
      offset: 7,
    } as const;
    changes.record({ tenant: TENANT, characterId: id }, cause);
  };
  return { app, changes, become };
}

const get = (app: FastifyInstance, url: string) => app.inject({ url, headers: TENANT_HEADERS });

describe('who is held', () => {
  it('symptom: links to other pages lose what is searched for behind a question mark', async () => {
    const { app } = bench();
    const document = (await get(app, '/api/effective-stats?search=a?b')).json();
    assert.match(document.links.first, /search=a%3Fb&/);
  });

  it('given people, when they are listed, then a page of resources comes, with links to the others', async () => {
    const { app } = bench();
    const response = await get(app, '/api/effective-stats?filter[world]=0&page[size]=50&page[number]=2');
    assert.equal(response.statusCode, 200);
    const document = response.json();
    assert.deepEqual(Value.Errors(RollDocument, document), []);
    assert.deepEqual(document.meta, { page: { number: 2, size: 50, last: 3 }, total: 120, nameless: 1 });
    assert.deepEqual(document.data[1].attributes, { resident: false, degraded: ['base'] });
    assert.match(decodeURIComponent(document.links.next), /filter\[world\]=0&page\[size\]=50&page\[number\]=3$/);
  });

  for (const [query, parameter] of [
    ['filter[world]=256', 'filter[world]'],
    ['filter[degraded]=yes', 'filter[degraded]'],
    ['page[size]=251', 'page[size]'],
    ['page[number]=0', 'page[number]'],
    ['search=', 'search'],
    ['search=a&search=b', 'search'],
    ['serch=a', 'serch'],
    ['__proto__=a', '__proto__'],
  ]) {
    it(`given ?${query}, when people are listed, then 400 names the parameter`, async () => {
      const response = await get(bench().app, `/api/effective-stats?${query}`);
      assert.equal(response.statusCode, 400);
      const { errors } = Value.Parse(ErrorDocument, response.json());
      assert.deepEqual(errors[0]?.source, { parameter });
    });
  }

  it('given no tenant, when people are listed, then 400; when there is one for the unnamed, then his are', async () => {
    const { app } = bench();
    assert.equal((await app.inject('/api/effective-stats')).statusCode, 400);
    const demo = createStubApi({ page: { mode: 'demo', unnamedTenant: TENANT } }).app;
    assert.equal((await demo.inject('/api/effective-stats')).statusCode, 200);
    const partly = await demo.inject({ url: '/api/effective-stats', headers: { region: 'GMS' } });
    assert.equal(partly.statusCode, 400, 'a header that was forgotten is an error all the same');
  });

  it('given tenants and items, when they are listed, then as their documents say', async () => {
    const { app } = bench();
    const tenants = (await app.inject('/api/effective-stats/tenants')).json();
    assert.deepEqual(Value.Errors(TenantsDocument, tenants), []);
    assert.equal(tenants.data[0].attributes.held, 2);
    const items = (await get(app, '/api/effective-stats/items?search=maple%20s')).json();
    assert.deepEqual(Value.Errors(ItemsDocument, items), []);
    assert.deepEqual(items.data, [{ type: 'items', id: '1302020', attributes: { name: 'maple s' } }]);
    assert.deepEqual((await get(app, '/api/effective-stats/items')).json(), { data: [] });
  });
});

interface OpenStream {
  readonly response: IncomingMessage;
  text(): string;
}

async function openStream(origin: string, path = '', headers: Record<string, string> = {}): Promise<OpenStream> {
  const url = `${origin}/api/effective-stats/changes${path}`;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(url, { headers: { ...TENANT_HEADERS, ...headers } }, resolve)
      .on('error', reject)
      .end();
  });
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  response.on('error', () => undefined);
  return { response, text: () => text };
}

describe('changes', () => {
  it('given a history, when it is asked for, then it tells since when, and what came from where', async () => {
    const { app, become, changes } = bench();
    become(12, 10);
    await get(app, HISTORY);
    become(12, 11);
    const document = (await get(app, HISTORY)).json();
    assert.deepEqual(Value.Errors(HistoryDocument, document), []);
    assert.partialDeepStrictEqual(document.data.attributes.changes[0], {
      id: 'abc-1',
      characterId: 12,
      name: 'Tristan',
      cause: { kind: 'event', type: 'buff-applied', topic: 'buff', partition: 0, offset: 7 },
      stats: [{ statType: 'strength', from: 10, to: 11 }],
    });
    changes.close();
  });

  it('given streams, when something changes, then those hear it whom it concerns, and a closing API ends them', async (t) => {
    const { app, become, changes } = bench();
    t.after(() => app.close());
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    const all = await openStream(origin);
    const one = await openStream(origin, '?character=13');
    assert.equal(all.response.headers['content-type'], 'text/event-stream; charset=utf-8');
    for (const [id, strength] of [
      [12, 10],
      [12, 11],
      [13, 5],
      [13, 6],
    ] as const)
      become(id, strength);
    await until('both have heard', () => all.text().includes('abc-2') && one.text().includes('abc-2'));
    assert.ok(all.text().includes('abc-1') && !one.text().includes('abc-1'));
    const data = /^data: (.*)$/m.exec(all.text())?.[1] ?? '';
    assert.deepEqual(Value.Errors(ChangeDocument, JSON.parse(data)), []);

    const again = await openStream(origin, '', { 'last-event-id': 'abc-1' });
    await until('it was resumed', () => again.text().includes('id: abc-2'));
    assert.ok(!again.text().includes('id: abc-1') && !again.text().includes('missed'));
    const restarted = await openStream(origin, '', { 'last-event-id': 'xyz-1' });
    await until('it was told', () => restarted.text().includes('event: missed\ndata: {"missed":null}'));

    await app.close();
    await until('all have ended', () => [all, one, again, restarted].every(({ response }) => response.complete));
    changes.close();
  });

  it('given a reader who does not read, when very much changes, then it misses some and is told how many', async (t) => {
    const told: ((change: Parameters<Parameters<ChangeLog['subscribe']>[1]>[0]) => void)[] = [];
    const { app: other } = createStubApi({
      watch: {
        roll: { tenants: () => [], list: () => [], look: () => undefined },
        rollReader: { read: async () => ({ rows: [], total: 0, nameless: 0 }) },
        changes: {
          history: () => ({ changes: [], since: 0 }),
          after: () => ({ changes: [], complete: true }),
          subscribe(_filter, onChange) {
            told.push(onChange);
            return { end: () => undefined };
          },
        },
        run: 'abc',
      },
    });
    t.after(() => other.close());
    const origin = await other.listen({ port: 0, host: '127.0.0.1' });
    const { response, text } = await openStream(origin);
    response.pause();
    const change = {
      ...{ at: 0, tenant: TENANT, characterId: 12, worldId: 0, cause: { kind: 'lapse' as const }, merged: 0 },
      ...{ moves: STATS.map((stat) => ({ stat, from: 0, to: 1 })), degraded: [] },
    } as const;
    let number = 0;
    for (let round = 0; round < 40; round += 1) {
      for (let count = 0; count < 500; count += 1) told[0]?.({ ...change, number: ++number });
      await new Promise(setImmediate);
    }
    response.resume();
    const got = () => text().match(/^event: change$/gm)?.length ?? 0;
    const missed = () => [...text().matchAll(/"missed":(\d+)/g)].reduce((sum, [, lost]) => sum + Number(lost), 0);
    await until('all are accounted for', () => got() + missed() === number);
    assert.ok(missed() > 0);
    response.destroy();
  });

  it('symptom: HEAD of a stream hangs, and takes the place of one', async (t) => {
    const { app, changes } = bench();
    t.after(() => app.close());
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    const response = await fetch(`${origin}/api/effective-stats/changes`, { method: 'HEAD', headers: TENANT_HEADERS });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(changes.watching, false);
  });

  it('symptom: a stream that is asked for while the API closes keeps it from closing', async (t) => {
    const { app } = bench();
    const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
    const socket = connect(Number(port), '127.0.0.1');
    t.after(() => socket.destroy());
    let got = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      got += chunk;
    });
    const headers = Object.entries({ host: 'stats', ...TENANT_HEADERS }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    // What is under way keeps the connection while the rest closes.
    socket.write('GET /api/livez HTTP/1.1\r\nhost: stats\r\n\r\nGET /api/effective-stats/changes HTTP/1.1\r\n');
    await until('the first is answered', () => got.includes('200 OK'));
    let isClosed = false;
    const closing = app.close().then(() => {
      isClosed = true;
    });
    await new Promise(setImmediate);
    socket.write(`${headers.join('')}\r\n`);
    await until('it has closed', () => isClosed);
    await closing;
    assert.match(got, /HTTP\/1\.1 503 [\s\S]*The service is stopping\./);
  });

  it('given a bad filter, when a stream is asked for, then 400, and none is open', async () => {
    const { app, changes } = bench();
    const response = await get(app, '/api/effective-stats/changes?world=x');
    assert.equal(response.statusCode, 400);
    assert.equal(changes.watching, false);
  });
});

test('symptom: names and reasons with control and direction characters drive the terminal of whoever asks with curl', async () => {
  const hostile = 'A\u009b2J\u007f\u202eB';
  const change = { ...{ number: 1, at: 0, tenant: TENANT, characterId: 12, worldId: 0, merged: 1 } };
  const recorded = { ...change, cause: { kind: 'lapse' } as const, moves: [], degraded: [] };
  const row = { ...{ characterId: 12, name: hostile, resident: true, worldId: 0, channelId: 1, level: 1, job: 0 } };
  const letter = { stream: 'buff', topic: 'T', partition: 0, offset: 0, timestamp: 0, reason: hostile } as const;
  const { app } = createStubApi({
    watch: {
      roll: { tenants: () => [], list: () => [], look: () => undefined },
      rollReader: {
        read: async () => ({ rows: [{ ...row, maxHp: 1, maxMp: 1, degraded: [] }], total: 1, nameless: 0 }),
      },
      changes: {
        history: () => ({ changes: [recorded], since: 0 }),
        subscribe: () => undefined,
        after: () => ({ changes: [], complete: true }),
      },
      run: 'abc',
    },
    names: {
      of: () => hostile,
      ensure: async () => undefined,
      findItems: async () => [{ templateId: 1, name: hostile }],
    },
    deadLetters: {
      list: () => [{ ...letter, headers: [], headerCount: 0, value: null, valueLength: 0 }],
      total: 1,
      evicted: 0,
    },
    readiness: () => ({ ready: true, degraded: [{ what: 'data', reason: hostile }] }),
  });
  const urls = [HISTORY, '/api/effective-stats', '/api/effective-stats/items?search=a'];
  for (const url of [...urls, '/api/debug/dead-letters', '/api/readyz']) {
    const { body } = await get(app, url);
    assert.ok(body.includes('A\\u009b2J\\u007f\\u202eB'), `${url}: ${body}`);
    assert.doesNotMatch(body, /[\p{Cc}\u202a-\u202e]/u, url);
  }
});
