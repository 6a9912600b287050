import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { SERVICES } from '../src/upstream/port.ts';
import { createFakeClock, type FakeClock } from '../test/support/fake-clock.ts';
import { until } from '../test/support/wait.ts';
import type { Format } from './model.ts';
import { startUpstreamServer, type UpstreamServer } from './upstream-server.ts';
import { createWorld, WORLD_TENANT, type World } from './world.ts';

interface Captured {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

function captured(file: string, answer: string): Captured {
  const text = readFileSync(new URL(`../test/fixtures/${file}.json`, import.meta.url), 'utf8');
  return JSON.parse(text).rest[answer];
}

const WHO = { tenant: WORLD_TENANT, characterId: 12 };
const TENANT_HEADERS = {
  TENANT_ID: WORLD_TENANT.id,
  REGION: 'GMS',
  MAJOR_VERSION: '83',
  MINOR_VERSION: '1',
};

let clock: FakeClock;
let world: World;
let server: UpstreamServer;

async function begin(format: Format): Promise<void> {
  clock = createFakeClock();
  world = createWorld({ seed: 1, clock, emit: () => undefined, format });
  world.makeUp({ ...WHO, base: { level: 29, job: 400, strength: 25, max_hp: 500 } });
  server = await startUpstreamServer(world);
}

async function get(path: string, headers: Record<string, string> = TENANT_HEADERS) {
  const response = await fetch(`${server.url}${path}`, { headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function json(path: string): Promise<ReturnType<typeof JSON.parse>> {
  return JSON.parse((await get(path)).body);
}

/** The names of all fields in their order, and the types of what they hold. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]);
}

async function assertLike(path: string, { status, contentType, body }: Captured): Promise<void> {
  const answer = await get(path);
  assert.equal(answer.status, status);
  assert.equal(answer.headers.get('content-type'), contentType);
  if (body === '') assert.equal(answer.body, '');
  else assert.deepEqual(shapeOf(JSON.parse(answer.body)), shapeOf(JSON.parse(body)));
}

const BUFFS = 'characters/12/buffs';
const COMPARTMENT = 'characters/12/inventory/compartments?type=1&include=assets';

function applyHaste(): void {
  const changes = [{ type: 'SPEED', amount: 40 }];
  world.applyBuff(WHO, { sourceId: 4101004, level: 20, duration: 200_000, changes });
}

describe('given today’s Atlas, when asked, then the answers are built like the captured ones', () => {
  before(() => begin('T'));
  after(() => server.close());

  test('a character, and one that does not exist', async () => {
    await assertLike('characters/12', captured('atlas-character', 'a character'));
    await assertLike('characters/13', captured('atlas-character', 'missing'));
    const { data } = await json('characters/12');
    assert.partialDeepStrictEqual(data.attributes, { level: 29, jobId: 400, strength: 25, maxHp: 500 });
  });

  test('a compartment, worn and bagged items in it', async () => {
    const empty = await json(COMPARTMENT);
    assert.deepEqual(empty.data.relationships.assets.data, []);
    assert.equal('included' in empty, false);
    const sword = world.give(WHO, 1302000);
    world.equip(WHO, sword);
    await assertLike(COMPARTMENT, captured('atlas-inventory', 'before'));
    const { included } = await json(COMPARTMENT);
    assert.partialDeepStrictEqual(included[0], { id: `${sword}`, attributes: { slot: -11, weaponAttack: 17 } });
    await assertLike('characters/13/inventory/compartments?type=1', captured('atlas-inventory', 'unknown character'));
  });

  test('buffs: none ever, some, none any more', async () => {
    await assertLike(BUFFS, captured('atlas-buffs', 'never buffed'));
    applyHaste();
    await assertLike(BUFFS, captured('atlas-buffs', 'buffed'));
    world.expireAllBuffs(WHO);
    await assertLike(BUFFS, captured('atlas-buffs', 'after cancel all'));
    assert.equal((await get(BUFFS)).body, captured('atlas-buffs', 'after cancel all').body);
  });

  test('lists are paged, and refuse pages that are too big', async () => {
    for (let skillId = 1; skillId <= 7; skillId++) world.learnSkill(WHO, skillId, 1);
    const page = await json('characters/12/skills?page[number]=2&page[size]=3');
    assert.deepEqual(
      page.data.map(({ id }: { id: string }) => id),
      ['4', '5', '6'],
    );
    assert.deepEqual(page.meta, { page: { last: 3, number: 2, size: 3 }, total: 7 });
    assert.deepEqual(Object.keys(page.links), ['first', 'last', 'next', 'prev', 'self']);
    assert.equal((await json('characters/12/skills')).meta.page.size, 250);
    for (const query of ['page[size]=251', 'page[size]=0', 'page[number]=0', 'page[number]=x', 'limit=10']) {
      assert.equal((await get(`characters/12/skills?${query}`)).status, 400, query);
    }
  });

  test('data of skills and items, and 404 without a body for what is unknown', async () => {
    const thrust = await json('data/skills/3110000');
    assert.partialDeepStrictEqual(thrust.data, { type: 'skills', id: '3110000', attributes: { action: false } });
    assert.equal(thrust.data.attributes.effects.length, 20);
    assert.partialDeepStrictEqual(thrust.data.attributes.effects[4], {
      speed: 10,
      weaponAttack: 0,
      statups: [{ amount: 10 }],
    });
    const sword = await json('data/equipment/1302059');
    assert.equal(sword.data.type, 'statistics');
    assert.partialDeepStrictEqual(sword.data.attributes, {
      reqLevel: 90,
      reqJob: 1,
      reqStr: 270,
      reqDex: 80,
      cash: false,
    });
    for (const path of ['data/skills/1', 'data/equipment/1']) {
      assert.partialDeepStrictEqual(await get(path), { status: 404, body: '' });
    }
  });

  test('other tenants know nobody here, and nobody is served without one', async () => {
    const other = { ...TENANT_HEADERS, TENANT_ID: '11111111-1111-4111-8111-111111111111' };
    assert.equal((await get('characters/12', other)).status, 404);
    assert.equal((await get('characters/12', { ...TENANT_HEADERS, MINOR_VERSION: '2' })).status, 404);
    assert.equal((await get('characters/12', {})).status, 400);
    assert.equal((await get('characters/12', { ...TENANT_HEADERS, MAJOR_VERSION: '65536' })).status, 400);
  });

  test('answers are dated by the world’s clock', async () => {
    assert.equal((await get('characters/12')).headers.get('date'), new Date(clock.now()).toUTCString());
  });
});

describe('given Atlas as at the seed, when asked, then the answers lack what it did not know', () => {
  before(() => begin('S'));
  after(() => server.close());

  test('stats are nested, lists are whole, requirements and buff levels are absent', async () => {
    world.equip(WHO, world.give(WHO, 1302000));
    const { included } = await json(COMPARTMENT);
    assert.partialDeepStrictEqual(included[0].attributes, {
      slot: -11,
      referenceType: 'equipable',
      referenceData: { weaponAttack: 17 },
    });
    assert.equal('weaponAttack' in included[0].attributes, false);
    applyHaste();
    const buffs = await json(`${BUFFS}?page[size]=1000`);
    assert.deepEqual(Object.keys(buffs), ['data']);
    assert.deepEqual(Object.keys(buffs.data[0].attributes), [
      'sourceId',
      'duration',
      'changes',
      'createdAt',
      'expiresAt',
    ]);
    const { data } = await json('data/equipment/1302059');
    assert.equal('reqLevel' in data.attributes, false);
    assert.partialDeepStrictEqual(await get('data/equipment/1'), { status: 500, body: '' });
  });
});

describe('given a fault, when asked, then the service misbehaves in that way', () => {
  before(() => begin('T'));
  after(() => server.close());
  beforeEach(() => {
    for (const service of SERVICES) server.misbehaviour[service] = {};
  });

  test('an error status, of that service only', async () => {
    server.misbehaviour.buffs = { failure: { kind: 'status', status: 503, retryAfter: 2 } };
    const answer = await get(BUFFS);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '2');
    assert.deepEqual(JSON.parse(answer.body), { errors: [{ status: '503', title: 'temporarily unavailable' }] });
    assert.equal((await get('characters/12')).status, 200);
  });

  test('only for some ids', async () => {
    world.makeUp({ ...WHO, characterId: 14 });
    server.misbehaviour.characters = { failure: { kind: 'status', status: 500 }, ids: [14] };
    assert.equal((await get('characters/14')).status, 500);
    assert.equal((await get('characters/12')).status, 200);
  });

  test('only now and then', async () => {
    server.misbehaviour.characters = { failure: { kind: 'status', status: 500 }, probability: 0.5 };
    const answers = await Promise.all(Array.from({ length: 60 }, () => get('characters/12')));
    const failed = answers.filter(({ status }) => status === 500).length;
    assert.ok(failed > 10 && failed < 50, `${failed}`);
  });

  test('connections that end, before or amid the answer', async () => {
    for (const kind of ['reset', 'truncated'] as const) {
      server.misbehaviour.characters = { failure: { kind } };
      await assert.rejects(get('characters/12'), kind);
    }
  });

  test('no answer, until the server closes or the client gives up', async () => {
    server.misbehaviour.characters = { failure: { kind: 'hang' } };
    const abort = new AbortController();
    const counted = server.counts.characters;
    const hanging = fetch(`${server.url}characters/12`, { headers: TENANT_HEADERS, signal: abort.signal });
    await until('the request arrived', () => server.counts.characters === counted + 1);
    server.misbehaviour.characters = {};
    assert.equal((await get('characters/12')).status, 200);
    abort.abort();
    await assert.rejects(hanging);
  });

  test('bodies that are wrong in every way, with status 200', async () => {
    const withBody = async (body: 'not-json' | 'wrong-types' | 'other-id' | 'zeros', path: string): Promise<string> => {
      for (const service of SERVICES) server.misbehaviour[service] = { failure: { kind: 'wrong-body', body } };
      const answer = await get(path);
      assert.equal(answer.status, 200);
      return answer.body;
    };
    const notJson = await withBody('not-json', 'characters/12');
    assert.throws(() => JSON.parse(notJson));
    assert.equal(JSON.parse(await withBody('other-id', 'characters/12')).data.id, '13');
    const zeros = JSON.parse(await withBody('zeros', 'characters/12')).data;
    assert.equal(zeros.id, '0');
    assert.partialDeepStrictEqual(zeros.attributes, { level: 0, strength: 0, maxHp: 0, jobId: 0, name: 'Nr12' });
    assert.equal(JSON.parse(await withBody('wrong-types', 'characters/12')).data.attributes.level, 'strong');
    world.give(WHO, 1302000);
    assert.equal(JSON.parse(await withBody('zeros', COMPARTMENT)).included[0].attributes.weaponAttack, 'strong');
    assert.equal(JSON.parse(await withBody('wrong-types', 'characters/77/buffs')).data, 'none');
  });

  test('latency delays the answer', async () => {
    server.misbehaviour.characters = { latency: [30, 60] };
    const began = performance.now();
    assert.equal((await get('characters/12')).status, 200);
    // Timers may fire a little early.
    assert.ok(performance.now() - began >= 28);
  });

  test('lag answers what was true a while ago', async () => {
    const strength = async (): Promise<number> => (await json('characters/12')).data.attributes.strength;
    const before = await strength();
    clock.pass(1_000);
    world.transferAp(WHO, 'max_hp', 'strength');
    server.misbehaviour.characters = { lag: 500 };
    assert.equal(await strength(), before);
    clock.pass(500);
    assert.equal(await strength(), before + 1);
  });

  test('requests are counted by service', async () => {
    const counted = { ...server.counts };
    for (const path of [
      'characters/12',
      COMPARTMENT,
      BUFFS,
      'characters/12/skills',
      'data/skills/12',
      'data/equipment/1',
    ]) {
      await get(path);
    }
    for (const service of SERVICES) {
      assert.equal(server.counts[service] - counted[service], service === 'data' ? 2 : 1, service);
    }
  });
});
