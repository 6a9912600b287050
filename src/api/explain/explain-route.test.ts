import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { createStubApi, TENANT_HEADERS } from '../../../test/support/stub-api.ts';
import type { ExplanationRead } from '../../answers/explainer.ts';
import type { Explanation } from '../../answers/explanation.ts';
import { ErrorDocument, ExplanationDocument } from '../openapi.ts';
import { widthOf } from '../text-form.ts';

const URL = '/api/worlds/0/channels/1/characters/12/stats/explain';
const AT = Date.UTC(2026, 1, 3, 18, 0, 0);

const NEVER = {
  asOf: undefined,
  staleSince: undefined,
  staleReason: undefined,
  settlesAt: undefined,
  readingSince: undefined,
  nextReadAt: undefined,
  waitsFor: undefined,
  failures: 0,
} as const;

/** Someone with a helmet of 150 MaxHP, a Hyper Body beyond the limit, a weaker Rage, and a buff without a stat. */
const SESSION_ID = '7f1c0000-aaaa-4bbb-8ccc-123456789012';

const EXPLANATION: Explanation = {
  characterId: 12,
  now: AT,
  version: 1_772_000_000_000,
  ruleset: 'gms-v83',
  degraded: ['buffs', 'passives'],
  resident: true,
  place: { worldId: 0, channelId: 1, since: AT - 60_000 },
  sessions: [{ sessionId: SESSION_ID, createdAt: AT - 60_000, worldId: 0, channelId: 1 }],
  parts: [
    { ...NEVER, part: 'base', state: 'fresh', asOf: AT - 1_000 },
    { ...NEVER, part: 'equipment', state: 'settling', asOf: AT - 500, settlesAt: AT + 1_500, nextReadAt: AT + 1_500 },
    {
      ...NEVER,
      part: 'buffs',
      state: 'stale',
      asOf: AT - 2_000,
      staleSince: AT - 800,
      staleReason: 'buff lapsed',
      readingSince: AT - 10,
      waitsFor: 'buff/0',
      failures: 2,
    },
    { ...NEVER, part: 'passives', state: 'unloaded', failures: 1 },
  ],
  stats: [
    {
      name: 'max_hp',
      value: 30_000,
      uncapped: 32_240,
      phases: [
        {
          name: 'base',
          lines: [
            {
              source: { kind: 'base' },
              origin: { how: 'read', at: AT },
              form: 'amount',
              raw: 20_000,
              applied: 20_000,
              total: 20_000,
              reason: undefined,
            },
          ],
        },
        {
          name: 'equipment',
          lines: [
            {
              source: { kind: 'equipment', id: 177, templateId: 1_002_357, slot: -1 },
              origin: { how: 'read', at: AT },
              form: 'amount',
              raw: 150,
              applied: 150,
              total: 20_150,
              reason: undefined,
            },
          ],
        },
        {
          name: 'Hyper Body',
          lines: [
            {
              source: { kind: 'buff', id: 1_301_007, statType: 'HYPER_BODY_HP', level: 30, expiresAt: AT + 60_000 },
              origin: { how: 'heard', at: AT },
              form: 'percent',
              raw: 60,
              applied: 12_090,
              total: 32_240,
              reason: undefined,
            },
          ],
        },
        {
          name: 'limits',
          lines: [
            {
              source: { kind: 'rule' },
              origin: undefined,
              form: 'amount',
              raw: 30_000,
              applied: -2_240,
              total: 30_000,
              reason: { code: 'capped', text: 'at most 30000' },
            },
          ],
        },
      ],
    },
  ],
  derived: [{ name: 'magic', value: 4, uncapped: 4, phases: [] }],
  idle: [
    {
      source: { kind: 'buff', id: -2_022_003, statType: 'STANCE', level: undefined, expiresAt: undefined },
      reason: { code: 'inert', text: 'this type grants no stat' },
    },
    {
      source: { kind: 'passive', id: 1_300_000, level: 3 },
      reason: { code: 'unknown', text: 'skill data not loaded' },
    },
  ],
};

function api(read: ExplanationRead | Promise<ExplanationRead> = { kind: 'answer', explanation: EXPLANATION }) {
  return createStubApi({ explainer: { explain: () => read } });
}

function errorsOf(body: string) {
  return Value.Parse(ErrorDocument, JSON.parse(body)).errors;
}

for (const query of ['', '?format=json']) {
  test(`given an explanation, when it is asked for with "${query}", then the document tells all of it`, async () => {
    const response = await api().app.inject({ url: `${URL}${query}`, headers: TENANT_HEADERS });
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['content-type'], 'application/json');
    const document: unknown = response.json();
    assert.deepEqual(Value.Errors(ExplanationDocument, document), []);
    assert.partialDeepStrictEqual(document, {
      data: {
        id: '12',
        attributes: {
          now: '2026-02-03T18:00:00.000Z',
          version: 1_772_000_000_000,
          ruleset: 'gms-v83',
          resident: true,
          place: { worldId: 0, channelId: 1, since: '2026-02-03T17:59:00.000Z' },
          sessions: [{ sessionId: '7f1c0000…', createdAt: '2026-02-03T17:59:00.000Z' }],
          parts: [
            { part: 'base', state: 'fresh', asOf: '2026-02-03T17:59:59.000Z', failures: 0 },
            { part: 'equipment', state: 'settling', settlesAt: '2026-02-03T18:00:01.500Z' },
            { part: 'buffs', state: 'stale', staleReason: 'buff lapsed', waitsFor: 'buff/0', failures: 2 },
            { part: 'passives', state: 'unloaded', failures: 1 },
          ],
          stats: [
            {
              statType: 'max_hp',
              value: 30_000,
              uncapped: 32_240,
              phases: [
                { phase: 'base', lines: [{ source: 'base', form: 'amount', raw: 20_000, total: 20_000 }] },
                { phase: 'equipment', lines: [{ source: 'equipment:177', templateId: 1_002_357, slot: -1 }] },
                {
                  phase: 'Hyper Body',
                  lines: [
                    {
                      source: 'buff:1301007',
                      statType: 'HYPER_BODY_HP',
                      level: 30,
                      expiresAt: '2026-02-03T18:01:00.000Z',
                      form: 'percent',
                      heardAt: '2026-02-03T18:00:00.000Z',
                      raw: 60,
                      applied: 12_090,
                    },
                  ],
                },
                { phase: 'limits', lines: [{ source: 'rule', applied: -2_240, reason: { code: 'capped' } }] },
              ],
            },
          ],
          derived: [{ name: 'magic', value: 4 }],
          idle: [
            { source: 'buff:-2022003', statType: 'STANCE', reason: { code: 'inert' } },
            { source: 'passive:1300000', level: 3, reason: { code: 'unknown' } },
          ],
        },
      },
      meta: { degraded: ['buffs', 'passives'] },
    });
  });
}

const NAMES = new Map([
  ['character 12', 'Tristan'],
  ['item 1002357', 'Zakum Helmet'],
  ['skill 1301007', 'Hyper Body'],
  ['item 2022003', 'Unagi'],
]);

test('given names, when an explanation is asked for, then they stand beside the ids that have one', async () => {
  const asked: unknown[] = [];
  const { app } = createStubApi({
    explainer: { explain: () => ({ kind: 'answer', explanation: EXPLANATION }) },
    names: {
      of: (kind, _tenant, id) => NAMES.get(`${kind} ${id}`),
      ensure: async (_target, wanted) => void asked.push(wanted),
      findItems: async () => [],
    },
  });
  const document: unknown = (await app.inject({ url: URL, headers: TENANT_HEADERS })).json();
  assert.deepEqual(asked, [{ character: [12], item: [1_002_357, 2_022_003], skill: [1_301_007, 1_300_000] }]);
  assert.deepEqual(Value.Errors(ExplanationDocument, document), []);
  const text = JSON.stringify(document);
  assert.match(text, /"attributes":\{"name":"Tristan"/);
  assert.match(text, /"source":"equipment:177","name":"Zakum Helmet"/);
  assert.match(text, /"source":"buff:1301007","name":"Hyper Body"/);
  assert.match(text, /"source":"buff:-2022003","name":"Unagi"/);
  assert.match(text, /"source":"passive:1300000","level"/);
});

const TEXT = `Tristan (12), resident, world 0, channel 1
session 7f1c0000… since 2026-02-03T17:59:00.000Z
ruleset gms-v83, state 1772000000000, computed 2026-02-03T18:00:00.000Z
degraded: buffs, passives

base       fresh; read 2026-02-03T17:59:59.000Z
equipment  fresh, to be confirmed; read 2026-02-03T17:59:59.500Z; next read
           2026-02-03T18:00:01.500Z
buffs      may have changed; read 2026-02-03T17:59:58.000Z; since
           2026-02-03T17:59:59.200Z: buff lapsed; being read since
           2026-02-03T17:59:59.990Z; waits for buff/0 to catch up; failed reads:
           2
passives   never read; failed reads: 1

                                                        carries     adds   total

max_hp = 30,000 (32,240 without limits)
  base
    base                                                 20,000  +20,000  20,000
  equipment
    Zakum Helmet (1002357), hat                             150     +150  20,150
  Hyper Body
    Hyper Body (1301007), ends in 1:00                     60 %  +12,090  32,240
      heard 2026-02-03T18:00:00.000Z, not confirmed yet
  limits
    rule                                                 30,000   -2,240  30,000
      capped: at most 30000

magic = 4

bears on nothing
  Unagi (2022003), no end
    inert: this type grants no stat
  1300000, level 3
    unknown: skill data not loaded

sources, as a preview takes them
  equipment:177                        Zakum Helmet (1002357), hat
  buff:1301007 HYPER_BODY_HP level 30  Hyper Body (1301007), ends in 1:00
  buff:-2022003 STANCE                 Unagi (2022003), no end
  passive:1300000                      1300000, level 3
`;

const named = {
  of: (kind: string, _tenant: unknown, id: number) => NAMES.get(`${kind} ${id}`),
  ensure: async () => {},
  findItems: async () => [],
};

function textApi(explanation: Explanation, names: Partial<Parameters<typeof createStubApi>[0]> = { names: named }) {
  return createStubApi({ explainer: { explain: () => ({ kind: 'answer', explanation }) }, ...names }).app;
}

test('given an explanation, when it is asked for as text, then it is a table', async () => {
  const response = await textApi(EXPLANATION).inject({ url: `${URL}?format=text`, headers: TENANT_HEADERS });
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(response.body, TEXT);
});

test('given several items, when they are shown as text, then those that give most come first, and totals follow', async () => {
  const line = (id: number, applied: number) => ({
    source: { kind: 'equipment', id, templateId: 1_000_000 + id, slot: -id } as const,
    origin: undefined,
    form: 'amount' as const,
    raw: applied,
    applied,
    total: 0,
    reason: undefined,
  });
  const stats = [
    {
      name: 'luck' as const,
      value: 60,
      uncapped: 60,
      phases: [{ name: 'equipment', lines: [line(1, 10), line(2, 50)] }],
    },
  ];
  const app = textApi({ ...EXPLANATION, stats, derived: [], idle: [] });
  const { body } = await app.inject({ url: `${URL}?format=text`, headers: TENANT_HEADERS });
  assert.match(body, /1000002, face accessory +50 +\+50 +50\n +1000001, hat +10 +\+10 +60\n/);
});

test('given one stat, when it is asked for by either of its names, then only it is told', async () => {
  for (const stat of ['max_hp', 'maxHP']) {
    const { app } = api();
    const { data } = (await app.inject({ url: `${URL}?stat=${stat}`, headers: TENANT_HEADERS })).json();
    assert.deepEqual(
      data.attributes.stats.map(({ statType }: { statType: string }) => statType),
      ['max_hp'],
    );
    assert.deepEqual([data.attributes.derived, data.attributes.idle], [[], []]);
  }
  const response = await api().app.inject({ url: `${URL}?stat=hp`, headers: TENANT_HEADERS });
  assert.equal(response.statusCode, 400);
  assert.deepEqual(errorsOf(response.body)[0]?.source, { parameter: 'stat' });
});

test('given names and numbers without end, when they are shown as text, then every line fits into 80 columns', async () => {
  const huge = EXPLANATION.stats.flatMap((breakdown) =>
    breakdown.phases.map((phase) => ({
      ...phase,
      lines: phase.lines.map((line) => ({
        ...line,
        raw: -2_147_483_648,
        applied: 4_294_967_295,
        reason: { code: 'unqualified', text: 'strength 11 of 40, '.repeat(9) } as const,
      })),
    })),
  );
  const statType = 'X'.repeat(64);
  const explanation: Explanation = {
    ...EXPLANATION,
    sessions: [{ sessionId: 's'.repeat(200), createdAt: AT, worldId: 0, channelId: 1 }],
    stats: [{ name: 'max_hp', value: 4_294_967_295, uncapped: 9_007_199_254_740_991, phases: huge }],
    idle: [
      {
        source: { kind: 'buff', id: -2_147_483_648, statType, level: 255, expiresAt: AT + 1e9 },
        reason: { code: 'inert', text: 'this type grants no stat' },
      },
    ],
  };
  for (const name of ['Sword '.repeat(20), 'S'.repeat(64), '드래곤카라벨라'.repeat(9), '😀'.repeat(64)]) {
    const app = textApi(explanation, { names: { of: () => name, ensure: async () => {}, findItems: async () => [] } });
    const { body } = await app.inject({ url: `${URL}?format=text`, headers: TENANT_HEADERS });
    assert.ok(body.includes('(1301007), ends in 1:00'), 'ids and ends are not cut');
    for (const line of body.split('\n')) assert.ok(widthOf(line) <= 80, line);
  }
});

test('given a record time that is no date, when it is shown, then it is left out', async () => {
  const explanation: Explanation = {
    ...EXPLANATION,
    place: { worldId: 0, channelId: 1, since: 9e15 },
    sessions: [{ sessionId: 'odd', createdAt: Number.NEGATIVE_INFINITY, worldId: 0, channelId: 1 }],
  };
  for (const format of ['json', 'text']) {
    const url = `${URL}?format=${format}`;
    const { app } = api({ kind: 'answer', explanation });
    assert.equal((await app.inject({ url, headers: TENANT_HEADERS })).statusCode, 200);
  }
});

for (const query of ['format=xml', 'format=', 'format=text&format=json', 'format=JSON']) {
  test(`given ?${query}, when an explanation is asked for, then 400 names the parameter`, async () => {
    const response = await api().app.inject({ url: `${URL}?${query}`, headers: TENANT_HEADERS });
    assert.equal(response.statusCode, 400);
    const [error, ...others] = errorsOf(response.body);
    assert.equal(others.length, 0);
    assert.match(error?.detail ?? '', /^format: expected (json or text|one value), got "/);
    assert.deepEqual(error?.source, { parameter: 'format' });
  });
}

test('given everything wrong, when an explanation is asked for, then every field is named at once', async () => {
  const url = '/api/worlds/a/channels/0/characters/-1/stats/explain?format=1';
  const errors = errorsOf((await api().app.inject(url)).body);
  assert.deepEqual(
    errors.map(({ detail }) => detail.split(':')[0]),
    ['worldId', 'characterId', 'TENANT_ID', 'REGION', 'MAJOR_VERSION', 'MINOR_VERSION', 'format'],
  );
});

test('given no answer, when an explanation is asked for, then it fails as the stats do', async () => {
  for (const [read, status, code] of [
    [{ kind: 'unknown' }, 404, 'CHARACTER_UNKNOWN'],
    [Promise.resolve({ kind: 'unavailable' } as const), 503, 'BASE_UNAVAILABLE'],
  ] as const) {
    const response = await api(read).app.inject({ url: URL, headers: TENANT_HEADERS });
    assert.equal(response.statusCode, status);
    assert.equal(errorsOf(response.body)[0]?.code, code);
  }
});

test('symptom: explain shows session ids whole to everybody', async () => {
  const { app } = createStubApi({
    explainer: { explain: () => ({ kind: 'answer', explanation: EXPLANATION }) },
    adminToken: 'secret',
  });
  const ask = (query: string, headers: Record<string, string> = {}) =>
    app.inject({ url: `${URL}${query}`, headers: { ...TENANT_HEADERS, ...headers } });
  for (const query of ['', '?format=text', '?stat=luck']) {
    const { body } = await ask(query);
    assert.ok(body.includes('7f1c0000…') && !body.includes(SESSION_ID), query);
    assert.ok((await ask(query, { authorization: 'Bearer secret' })).body.includes(SESSION_ID), query);
    assert.equal((await ask(query, { authorization: 'Bearer guess' })).statusCode, 401);
  }
});

test('symptom: a buff type with control and direction characters drives the terminal and forges lines', async () => {
  const statType = 'STR\u001b[2J\u009b1m\nmax_hp = 1\u202e';
  const reason = { code: 'inert', text: 'this type grants no stat' } as const;
  const idle = [{ source: { kind: 'buff', id: 5, statType, level: 1, expiresAt: undefined } as const, reason }];
  const hostile: Explanation = { ...EXPLANATION, idle };
  const names = { of: () => 'A\u001b]0;x\u0007\u202e', ensure: async () => undefined, findItems: async () => [] };
  for (const query of ['?format=text', '']) {
    const { body } = await textApi(hostile, { names }).inject({ url: `${URL}${query}`, headers: TENANT_HEADERS });
    assert.doesNotMatch(body.replaceAll('\n', ''), /[\p{Cc}\u202a-\u202e]/u);
    assert.doesNotMatch(body, /^max_hp = 1$/m);
    assert.match(body, /STR\\u001b\[2J\\u009b1m\\/);
  }
});

for (const [accept, type] of [
  ['text/plain', 'text/plain; charset=utf-8'],
  ['text/plain, */*;q=0.1', 'text/plain; charset=utf-8'],
  ['text/*;q=0.5', 'text/plain; charset=utf-8'],
  ['*/*', 'application/json'],
  ['application/json, text/plain, */*', 'application/json'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
  ['text/plain;q=0.1, application/json', 'application/json'],
] as const) {
  test(`given Accept ${accept}, when an explanation is asked for, then it is ${type}, unless format says otherwise`, async () => {
    const { app } = api();
    const headers = { ...TENANT_HEADERS, accept };
    assert.equal((await app.inject({ url: URL, headers })).headers['content-type'], type);
    const json = await app.inject({ url: `${URL}?format=json`, headers });
    assert.equal(json.headers['content-type'], 'application/json');
  });
}

test('symptom: query parameters that nobody knows are ignored in silence', async () => {
  const { app } = createStubApi({ adminToken: 'secret' });
  const character = '/api/worlds/0/channels/1/characters/12';
  for (const [method, url] of [
    ['GET', URL],
    ['POST', `${character}/stats/preview`],
    ['POST', `${character}/stats/reread`],
    ['GET', `${character}/changes`],
    ['GET', '/api/effective-stats'],
    ['GET', '/api/effective-stats/tenants'],
    ['GET', '/api/effective-stats/items'],
    ['GET', '/api/debug/dead-letters'],
    ['GET', '/api/debug/drift'],
    ['GET', '/api/debug/consumers'],
    ['POST', '/api/debug/static-data/flush'],
    ['POST', '/api/debug/dead-letters/redrive'],
  ] as const) {
    const headers = { ...TENANT_HEADERS, authorization: 'Bearer secret' };
    const response = await app.inject({ method, url: `${url}?fromat=text`, headers });
    assert.equal(response.statusCode, 400, url);
    assert.ok(
      errorsOf(response.body).some(({ source }) => source !== undefined && 'parameter' in source),
      url,
    );
  }
  const stats = await app.inject({ url: `${character}/stats?fields[x]=y&fromat=text`, headers: TENANT_HEADERS });
  assert.equal(stats.statusCode, 200);
});
