import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { createStubApi, TENANT_HEADERS } from '../../../test/support/stub-api.ts';
import type { Contributor, ExplainedLine } from '../../answers/explanation.ts';
import type { Preview, Trial } from '../../answers/preview.ts';
import type { Previewer, PreviewRead } from '../../answers/previewer.ts';
import type { Reason } from '../../domain/ruleset.ts';
import { AppError } from '../../lib/app-error.ts';
import { ErrorDocument, PreviewDocument } from '../openapi.ts';
import { PREVIEW_REQUEST_EXAMPLE } from './preview-schema.ts';

const URL = '/api/worlds/0/channels/1/characters/12/stats/preview';
const NO_STATS = { bonuses: [], missing: { templateIds: [], skillIds: [], buffSkillIds: [] } };

function line(source: Contributor, applied: number, total: number, reason?: Reason): ExplainedLine {
  return {
    source,
    origin: undefined,
    form: 'amount',
    raw: source.kind === 'rule' ? total : applied,
    applied,
    total,
    reason,
  };
}

const PREVIEW: Preview = {
  characterId: 12,
  now: Date.UTC(2026, 1, 3, 18),
  version: 1_772_000_000_000,
  ruleset: 'atlas',
  degraded: ['requirements'],
  before: { ...NO_STATS, values: [10, 20, 30, 40, 500, 600, 7, 8, 9, 10, 11, 12, 13, 14] },
  after: { ...NO_STATS, values: [11, 18, 30, 40, 500, 600, 7, 8, 9, 10, 11, 12, 13, 14] },
  explained: {
    stats: [
      {
        name: 'strength',
        value: 11,
        uncapped: 13,
        phases: [
          {
            name: 'flat',
            lines: [
              line({ kind: 'base' }, 10, 10),
              line({ kind: 'equipment', id: -1, templateId: 1_302_000, slot: -11 }, 2, 12),
              line({ kind: 'equipment', id: -3, templateId: 0, slot: -12 }, 1, 13),
              line({ kind: 'rule' }, -2, 11, { code: 'capped', text: 'at most 11' }),
            ],
          },
        ],
      },
    ],
    derived: [],
    idle: [],
  },
  putOn: [
    {
      assetId: undefined,
      templateId: 1_302_000,
      slot: -11,
      reason: { code: 'unqualified', text: 'strength 11 of 40' },
    },
    { assetId: 9, templateId: 1_002_001, slot: -1, reason: undefined },
  ],
  takenOff: [{ assetId: 1, templateId: 1_002_357, slot: -1, displacedBy: 1 }],
  stopQualifying: [
    { assetId: 3, templateId: 1_302_001, slot: -11, reason: { code: 'unqualified', text: 'level 1 of 5' } },
  ],
  startQualifying: [{ assetId: 4, templateId: 1_102_001, slot: -9 }],
  idleBuffs: [{ sourceId: 7, statType: 'STR', reason: { code: 'inert', text: 'this type grants no stat' } }],
};

function setUp(read: PreviewRead = { kind: 'answer', preview: PREVIEW }) {
  const tried: Trial[] = [];
  const previewer: Previewer = {
    async preview(_tenant, _characterId, _context, trial) {
      tried.push(trial);
      return read;
    },
  };
  const { app } = createStubApi({ previewer });
  const post = (payload: string | object, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: URL,
      headers: { ...TENANT_HEADERS, 'content-type': 'application/json', ...headers },
      payload,
    });
  return { app, post, tried, previewer };
}

function errorsOf(body: string) {
  return Value.Parse(ErrorDocument, JSON.parse(body)).errors;
}

test('given a preview, when it is asked for, then the document tells all of it', async () => {
  const { post } = setUp();
  const response = await post({});
  assert.equal(response.statusCode, 200, response.body);
  assert.equal(response.headers['content-type'], 'application/json');
  assert.deepEqual(Value.Errors(PreviewDocument, response.json()), []);
  assert.partialDeepStrictEqual(response.json(), {
    data: {
      id: '12',
      attributes: {
        now: '2026-02-03T18:00:00.000Z',
        version: 1_772_000_000_000,
        before: { strength: 10, dexterity: 20, maxHP: 500 },
        after: { strength: 11, dexterity: 18, maxHP: 500 },
        difference: { strength: 1, dexterity: -2, maxHP: 0 },
        putOn: [
          { templateId: 1_302_000, slot: -11, qualifies: false, reason: { text: 'strength 11 of 40' } },
          { assetId: 9, qualifies: true },
        ],
        takenOff: [{ assetId: 1, displacedBy: 1 }],
        stopQualifying: [{ assetId: 3, reason: { text: 'level 1 of 5' } }],
        startQualifying: [{ assetId: 4, slot: -9 }],
        idleBuffs: [{ source: 'buff:7', statType: 'STR', reason: { code: 'inert' } }],
      },
    },
    meta: { degraded: ['requirements'] },
  });
  const { explained } = response.json().data.attributes;
  assert.deepEqual(
    explained.stats[0].phases[0].lines.map(({ source, templateId }: Record<string, unknown>) => [source, templateId]),
    [
      ['base', undefined],
      ['putOn:0', 1_302_000],
      ['putOn:2', undefined],
      ['rule', undefined],
    ],
  );
});

test('given the example and every field, when they are posted, then they are tried as written, whatever their type', async () => {
  const { post, tried } = setUp();
  await post(PREVIEW_REQUEST_EXAMPLE, { 'content-type': 'application/x-www-form-urlencoded' });
  assert.partialDeepStrictEqual(tried[0], {
    putOn: [{ templateId: 1_402_039 }, { slot: -12, stats: { max_hp: 25, weapon_attack: 3, strength: 0 } }],
    addBuffs: [{ sourceId: 1_101_006, level: 20, changes: [{ type: 'WEAPON_ATTACK', amount: 12 }] }],
    base: { level: 105 },
    takeOff: [],
    removeBuffs: [],
  });
  const base = {
    strength: 1,
    dexterity: 2,
    luck: 3,
    intelligence: 4,
    maxHP: 5,
    maxMP: 6,
    level: 7,
    jobId: 8,
    fame: -9,
    gm: 1,
  };
  await post({ takeOff: [1, 2], removeBuffs: [-3], base });
  assert.deepEqual(tried[1], {
    takeOff: [1, 2],
    putOn: [],
    addBuffs: [],
    removeBuffs: [-3],
    base: {
      strength: 1,
      dexterity: 2,
      luck: 3,
      intelligence: 4,
      max_hp: 5,
      max_mp: 6,
      level: 7,
      job: 8,
      fame: -9,
      gm: 1,
    },
  });
});

test("given explain's words, when a preview is asked for with them, then they mean what the schema's do", async () => {
  const { post, tried } = setUp();
  const stats = { max_hp: 25, weaponAttack: 3 };
  const words = {
    takeOff: ['equipment:7', 8],
    removeBuffs: ['buff:-2002004', 'buff:1301007', 5],
    addBuffs: [{ sourceId: 'buff:-3', changes: [{ type: 'PAD', amount: 5 }] }],
    putOn: [
      { slot: 'ring 2', stats },
      { assetId: 'equipment:9', slot: 'cash hat' },
    ],
    base: { max_hp: 5, job: 8, strength: 1 },
  };
  const response = await post(words);
  assert.equal(response.statusCode, 200, response.body);
  assert.partialDeepStrictEqual(tried[0], {
    takeOff: [7, 8],
    removeBuffs: [-2_002_004, 1_301_007, 5],
    addBuffs: [{ sourceId: -3 }],
    putOn: [
      { slot: -13, stats: { max_hp: 25, weapon_attack: 3 } },
      { assetId: 9, slot: -101 },
    ],
    base: { max_hp: 5, job: 8, strength: 1 },
  });
  for (const [body, pointer] of [
    [{ takeOff: ['buff:7'] }, '/takeOff/0'],
    [{ takeOff: ['equipment:99999999999'] }, '/takeOff/0'],
    [{ putOn: [{ templateId: 1, slot: 'nose' }] }, '/putOn/0/slot'],
    [{ base: { max_hp: 1, maxHP: 2 } }, '/base/max_hp'],
    [{ base: { __proto__: null, constructor: 1 } }, '/base/constructor'],
  ] as const) {
    const refused = await post(body);
    assert.equal(refused.statusCode, 400, JSON.stringify(body));
    assert.deepEqual(errorsOf(refused.body)[0]?.source, { pointer });
  }
});

const PREVIEW_TEXT = `Tristan (12), ruleset atlas
state 1772000000000, computed 2026-02-03T18:00:00.000Z
degraded: requirements

on      1302000, weapon; does not count: strength 11 of 40
on      1002001, hat, equipment:9
off     1002357, hat, equipment:1; displaced
stops   1302001, weapon, equipment:3; level 1 of 5
counts  Pink Gaia Cape (1102001), cape, equipment:4
idle    buff:7 STR; inert: this type grants no stat

strength         10 → 11 (+1) (13 without limits)
dexterity        20 → 18 (−2)
luck             30
intelligence     40
max_hp          500
max_mp          600
weapon_attack     7
weapon_defense    8
magic_attack      9
magic_defense    10
accuracy         11
avoidability     12
speed            13
jump             14

                                                            carries  adds  total

strength = 11 (13 without limits)
  flat
    base                                                         10   +10     10
    1302000, weapon                                               2    +2     12
    an item without a template, ring                              1    +1     13
    rule                                                         11    -2     11
      capped: at most 11
`;

test('given a preview, when it is asked for as text, then it tells what changes and what stays', async () => {
  const { previewer } = setUp();
  const { app } = createStubApi({
    previewer,
    names: {
      of: (kind, _tenant, id) =>
        new Map([
          ['character 12', 'Tristan'],
          ['item 1102001', 'Pink Gaia Cape'],
        ]).get(`${kind} ${id}`),
      ensure: async () => undefined,
      findItems: async () => [],
    },
  });
  const response = await app.inject({
    method: 'POST',
    url: `${URL}?format=text`,
    headers: TENANT_HEADERS,
    payload: '{}',
  });
  assert.equal(response.headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(response.body, PREVIEW_TEXT);
});

const DEEP = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;

const BAD: readonly (readonly [string, string, readonly string[]])[] = [
  ['nothing', '', ['the body: expected a JSON object, got ""']],
  ['no JSON', '{oops', ['the body: expected a JSON object, got "{oops"']],
  ['a list', '[]', ['the body: expected an object, got a list of 0']],
  ['null', 'null', ['the body: expected an object, got null']],
  ['an unknown field', '{"puton":[]}', ['puton: expected no field of this name, got a list of 0']],
  ['a wrong type', '{"takeOff":7}', ['takeOff: expected a list of 0 to 64 entries, got 7']],
  [
    'several',
    '{"takeOff":[-1,"x"],"base":{"level":1.5}}',
    [
      'takeOff/0: expected an integer from 0 to 4294967295, got -1',
      'takeOff/1: expected an integer from 0 to 4294967295, got "x"',
      'base/level: expected an integer from 0 to 255, got 1.5',
    ],
  ],
  [
    'fields that are missing',
    '{"addBuffs":[{}]}',
    [
      'addBuffs/0/sourceId: expected an integer from -2147483648 to 2147483647, got nothing',
      'addBuffs/0/changes: expected a list of 1 to 32 entries, got nothing',
    ],
  ],
  [
    'a text that is empty',
    '{"addBuffs":[{"sourceId":1,"changes":[{"type":"","amount":1}]}]}',
    ['addBuffs/0/changes/0/type: expected a text of 1 to 64 characters, got ""'],
  ],
  [
    'a slot of the bag',
    '{"putOn":[{"assetId":1,"slot":3}]}',
    ['putOn/0/slot: expected an integer from -32768 to -1, got 3'],
  ],
  [
    'an item of nothing',
    '{"putOn":[{"slot":-1}]}',
    ['putOn/0: expected assetId, templateId, or stats with slot, got an object'],
  ],
  [
    'stats without a slot',
    '{"putOn":[{"stats":{}}]}',
    ['putOn/0/slot: expected a slot for stats without a template, got nothing'],
  ],
  [
    'an asset of other stats',
    '{"putOn":[{"templateId":1},{"assetId":1,"templateId":2,"stats":{}}]}',
    [
      'putOn/1/templateId: expected nothing beside assetId, got 2',
      'putOn/1/stats: expected nothing beside assetId, got an object',
    ],
  ],
  ['great depth', `{"putOn":${DEEP}}`, ['putOn/0: expected an object, got a list of 1']],
  ['a proto', '{"__proto__":1}', ['__proto__: expected no field of this name, got 1']],
];

for (const [what, body, details] of BAD) {
  test(`given a body with ${what}, when it is posted, then 400 names each field and what was expected`, async () => {
    const { post, tried } = setUp();
    const response = await post(body);
    assert.equal(response.statusCode, 400);
    const errors = errorsOf(response.body);
    assert.deepEqual(
      errors.map(({ detail }) => detail),
      details,
    );
    for (const { source, detail } of errors) {
      const field = detail.slice(0, detail.indexOf(':'));
      assert.deepEqual(source, { pointer: field === 'the body' ? '' : `/${field}` });
    }
    assert.deepEqual(tried, []);
  });
}

test('given everything wrong, when it is posted, then path, headers and body are named at once', async () => {
  const { app } = createStubApi();
  const response = await app.inject({ method: 'POST', url: URL.replace('/12/', '/x/'), payload: '{"base":1}' });
  assert.deepEqual(
    errorsOf(response.body).map(({ detail }) => detail.split(':')[0]),
    ['characterId', 'TENANT_ID', 'REGION', 'MAJOR_VERSION', 'MINOR_VERSION', 'base'],
  );
});

test('given a body of 64 KB and one that is larger, when they are posted, then only that is refused', async () => {
  const { post } = setUp();
  assert.equal((await post(`{}${' '.repeat(65_534)}`)).statusCode, 200);
  const response = await post(`{}${' '.repeat(65_535)}`);
  assert.equal(response.statusCode, 413);
  assert.equal(errorsOf(response.body)[0]?.code, 'REQUEST_TOO_LARGE');
});

test('given a trial of what is not there, when it is posted, then 400 says where', async () => {
  const problems = [{ pointer: '/takeOff/1', expected: 'the asset id of an item that is worn', got: 8 }];
  const { post } = setUp({ kind: 'impossible', problems });
  const response = await post({});
  assert.equal(response.statusCode, 400);
  assert.deepEqual(errorsOf(response.body), [
    {
      status: '400',
      code: 'INVALID_REQUEST',
      title: 'Invalid request',
      detail: 'takeOff/1: expected the asset id of an item that is worn, got 8',
      source: { pointer: '/takeOff/1' },
    },
  ]);
});

test('given no answer, when a preview is asked for, then it fails as the stats do, or names the upstream', async () => {
  for (const [read, code] of [
    [{ kind: 'unknown' }, '404 CHARACTER_UNKNOWN'],
    [{ kind: 'unavailable' }, '503 BASE_UNAVAILABLE'],
  ] as const) {
    const response = await setUp(read).post({});
    assert.deepEqual(
      errorsOf(response.body).map((error) => `${error.status} ${error.code}`),
      [code],
    );
  }
  const previewer = { preview: () => Promise.reject(new AppError('UPSTREAM_TIMEOUT', 'slow', { retryable: true })) };
  const { app } = createStubApi({ previewer });
  const response = await app.inject({ method: 'POST', url: URL, headers: TENANT_HEADERS, payload: '{}' });
  assert.equal(response.statusCode, 503);
  assert.equal(response.headers['retry-after'], '1');
});

for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'] as const) {
  test(`given the preview, when ${method} comes, then 405 says that it takes POST`, async () => {
    const response = await setUp().app.inject({ method, url: URL, headers: TENANT_HEADERS });
    assert.equal(response.statusCode, 405);
    assert.equal(response.headers.allow, 'POST');
  });
}

test('symptom: of many wrong fields only the first eight are named', async () => {
  const { post } = setUp();
  const changes = Array.from({ length: 12 }, () => ({ type: '', amount: 'x' }));
  const { errors } = Value.Parse(ErrorDocument, (await post({ addBuffs: [{ sourceId: 1, changes }], base: 1 })).json());
  assert.equal(errors.length, 25);
  const endless = await post(`{"takeOff":[${'-1,'.repeat(20_000)}-1]}`);
  assert.equal(endless.statusCode, 400);
  const named = errorsOf(endless.body);
  assert.ok(named.length > 200 && named.length < 300, String(named.length));
  assert.match(named.at(-1)?.detail ?? '', /more/);
});
