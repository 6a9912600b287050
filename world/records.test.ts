import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, test } from 'node:test';
import { compareInstants } from '../src/domain/instant.ts';
import { createFakeClock } from '../test/support/fake-clock.ts';
import type { Format } from './model.ts';
import type { WorldRecord } from './producer.ts';
import { createWorld, WORLD_TENANT, type World } from './world.ts';

interface FixtureRecord {
  readonly step: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

function fixture(name: string): readonly FixtureRecord[] {
  const text = readFileSync(new URL(`../test/fixtures/${name}.json`, import.meta.url), 'utf8');
  return JSON.parse(text).kafka;
}

const BUFFS = fixture('atlas-buffs');
const INVENTORY = fixture('atlas-inventory');
const CHARACTER = fixture('atlas-character');

const WHO = { tenant: WORLD_TENANT, characterId: 12 };
const HASTE = {
  sourceId: 4101004,
  level: 20,
  duration: 200_000,
  changes: [
    { type: 'SPEED', amount: 40 },
    { type: 'JUMP', amount: 20 },
  ],
};
const ENERGY = { sourceId: 5110001, level: 20, duration: 0, changes: [{ type: 'ENERGY_CHARGE', amount: 3_000 }] };

let records: WorldRecord[];
let world: World;
const clock = createFakeClock();

function begin(format: Format): void {
  records = [];
  world = createWorld({ seed: 1, clock, emit: (record) => records.push(record), format });
  world.makeUp({ ...WHO, base: { level: 29, job: 400 } });
}

/** What the action sends, on the stream if one is named. */
function sent(action: () => void, stream?: string): readonly WorldRecord[] {
  records = [];
  action();
  return records.filter((record) => stream === undefined || record.stream === stream);
}

function values(action: () => void, stream?: string): readonly ReturnType<typeof JSON.parse>[] {
  return sent(action, stream).map((record) => JSON.parse(record.value.toString()));
}

/** The names of all fields in their order, and the types of what they hold. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]);
}

function assertLike(records: readonly WorldRecord[], captured: readonly FixtureRecord[]): void {
  assert.ok(captured.length > 0, 'the fixture has such a step');
  assert.deepEqual(
    records.map((record) => shapeOf(JSON.parse(record.value.toString()))),
    captured.map((record) => shapeOf(JSON.parse(record.value))),
  );
  for (const { key, headers } of records) {
    assert.equal(key.length, 8);
    assert.deepEqual(key.subarray(4), Buffer.alloc(4));
    assert.deepEqual(headers.map(([name]) => `${name}`).sort(), Object.keys(captured[0]?.headers ?? {}).sort());
  }
}

const step = (all: readonly FixtureRecord[], name: string): readonly FixtureRecord[] =>
  all.filter((record) => record.step.startsWith(name));

describe('given today’s Atlas, when something is done, then the records are built like the captured ones', () => {
  beforeEach(() => begin('T'));

  test('headers: the very bytes of the tenant, and a trace', () => {
    const [record] = sent(() => world.applyBuff(WHO, HASTE));
    const headers = Object.fromEntries(record?.headers.map(([name, value]) => [`${name}`, value]) ?? []);
    assert.equal(`${headers.TENANT_ID}`, '083839c6-c47c-42a6-9585-76492795d123');
    assert.equal(`${headers.REGION}`, 'GMS');
    assert.equal(headers.MAJOR_VERSION?.toString('hex'), '0053');
    assert.equal(headers.MINOR_VERSION?.toString('hex'), '0001');
    assert.match(`${headers.traceparent}`, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.equal(record?.key.toString('hex'), '0c00000000000000');
    assert.equal(record?.timestamp, clock.now());
  });

  test('buffs', () => {
    assertLike(
      sent(() => world.applyBuff(WHO, HASTE)),
      step(BUFFS, 'apply two'),
    );
    const { changes } = HASTE;
    assertLike(
      sent(() => world.applyBuff(WHO, { ...HASTE, changes: changes.slice(0, 1) })),
      step(BUFFS, 're-apply'),
    );
    assertLike(
      sent(() => world.applyBuff(WHO, ENERGY)),
      step(BUFFS, 'no expiry'),
    );
    assertLike(
      sent(() => world.updateBuff(WHO, 5110001, 20, [{ type: 'ENERGY_CHARGE', amount: 15_000 }])),
      step(BUFFS, 'stat value set'),
    );
    assertLike(
      sent(() => world.updateBuff(WHO, 15100004, 10, [{ type: 'ENERGY_CHARGE', amount: 500 }])),
      step(BUFFS, 'stat value created'),
    );
    const one = [{ type: 'WEAPON_DEFENSE', amount: 40 }];
    assertLike(
      sent(() => world.accumulateBuff(WHO, { sourceId: 1320009, level: 25, duration: 60_000, changes: one })),
      step(BUFFS, 'accumulating, first'),
    );
    assertLike(
      sent(() => world.expireBuff(WHO, 4101004)),
      step(BUFFS, 'cancel a source'),
    );
    assertLike(
      sent(() => world.expireBuff(WHO, 5110001)),
      step(BUFFS, 'cancel all').slice(-1),
    );
  });

  test('equipment', () => {
    const hat = world.give(WHO, 1002357);
    world.equip(WHO, hat);
    const sword = world.give(WHO, 1302000);
    assertLike(
      sent(() => world.equip(WHO, sword)),
      step(INVENTORY, 'equip into an empty'),
    );
    const other = world.give(WHO, 1302007);
    assertLike(
      sent(() => world.equip(WHO, other)),
      step(INVENTORY, 'equip into an occupied'),
    );
    assertLike(
      sent(() => world.scroll(WHO, other, { weaponAttack: 5 })),
      step(INVENTORY, 'modify'),
    );
    assertLike(
      sent(() => world.unequip(WHO, other)),
      step(INVENTORY, 'unequip'),
    );
    for (const templateId of [1040002, 1060002]) world.equip(WHO, world.give(WHO, templateId));
    const overall = world.give(WHO, 1050018);
    assertLike(
      sent(() => world.equip(WHO, overall)),
      step(INVENTORY, 'equip an overall'),
    );
    assertLike(
      sent(() => world.moveInBag(WHO, other)),
      step(INVENTORY, 'move within'),
    );
    const lost = sent(() => world.drop(WHO, hat));
    assertLike(lost, step(INVENTORY, 'destroy'));
    assert.equal(lost[0]?.key.readUInt32LE(), hat);
  });

  test('base stats', () => {
    world.login(WHO, 1);
    assertLike(
      sent(() => world.login(WHO, 1), 'character'),
      step(CHARACTER, 'session created'),
    );
    assertLike(
      sent(() => world.levelUp(WHO)),
      step(CHARACTER, 'level up'),
    );
    assertLike(
      sent(() => world.changeJob(WHO, 410)),
      step(CHARACTER, 'job change'),
    );
    assertLike(
      sent(() => world.spendAp(WHO, 'strength')),
      step(CHARACTER, 'distribute AP to strength'),
    );
    assertLike(
      sent(() => world.spendAp(WHO, 'max_hp')),
      step(CHARACTER, 'distribute AP to HP'),
    );
    assertLike(
      sent(() => world.transferAp(WHO, 'strength', 'luck')),
      step(CHARACTER, 'transfer'),
    );
  });
});

describe('given today’s Atlas, when something is done, then the records say what happened', () => {
  beforeEach(() => begin('T'));

  test('a login goes through the login server, whose sessions are nobody’s', () => {
    const events = values(() => world.login(WHO, 2), 'session');
    const [first, ...rest] = events;
    const login = { worldId: 0, channelId: 0, issuer: 'LOGIN', characterId: 0 };
    assert.partialDeepStrictEqual(first, { ...login, type: 'CREATED' });
    assert.partialDeepStrictEqual(
      rest.find(({ issuer }) => issuer === 'LOGIN'),
      { ...login, sessionId: first.sessionId, type: 'DESTROYED' },
    );
    assert.deepEqual(
      rest.find(({ issuer }) => issuer === 'CHANNEL'),
      { ...world.get(WHO).sessions[0], accountId: 12, characterId: 12, issuer: 'CHANNEL', type: 'CREATED' },
    );
    assert.equal(events.length, 3);
    assert.deepEqual(Object.keys(first), [
      'sessionId',
      'accountId',
      'characterId',
      'worldId',
      'channelId',
      'issuer',
      'type',
    ]);
  });

  test('a change of channel ends the old session before, after or long after the new one begins', () => {
    const typesOf = (events: readonly { type: string; sessionId: string }[]) => events.map(({ type }) => type);
    world.login(WHO, 0);
    const [old] = world.get(WHO).sessions;
    assert.deepEqual(typesOf(values(() => world.changeChannel(WHO, 1, 'destroyed-first'))), ['DESTROYED', 'CREATED']);
    assert.deepEqual(typesOf(values(() => world.changeChannel(WHO, 2, 'created-first'))), ['CREATED', 'DESTROYED']);
    const [held] = world.get(WHO).sessions;
    assert.deepEqual(typesOf(values(() => world.changeChannel(WHO, 3, 'destroyed-late'))), ['CREATED']);
    const late = values(() => world.sweepSessions());
    assert.deepEqual(
      late.map(({ sessionId, type }) => [sessionId, type]),
      [[held?.sessionId, 'DESTROYED']],
    );
    assert.notEqual(held?.sessionId, old?.sessionId);
    assert.equal(world.get(WHO).sessions.length, 1);
    assert.deepEqual(typesOf(values(() => world.logout(WHO), 'session')), ['DESTROYED']);
    assert.deepEqual(world.get(WHO).sessions, []);
  });

  test('an ended buff carries the times of the instance that ended', () => {
    const [applied] = values(() => world.applyBuff(WHO, HASTE));
    const [again] = values(() => world.applyBuff(WHO, HASTE));
    const [expired] = values(() => world.expireBuff(WHO, HASTE.sourceId));
    assert.ok(again.body.createdAt > applied.body.createdAt);
    assert.equal(expired.body.createdAt, again.body.createdAt);
    assert.match(expired.body.expiresAt, /^2026-01-01T00:03:20\.\d+Z$/);
    assert.equal(expired.type, 'EXPIRED');
  });

  test('buffs of one millisecond differ in their times, in the order in which they came', () => {
    const applied = Array.from({ length: 20 }, (_, index) => ({ ...HASTE, sourceId: index + 1 }));
    const events = values(() => {
      for (const application of applied) world.applyBuff(WHO, application);
    });
    const times = world.get(WHO).buffs.map(({ createdAt }) => createdAt);
    assert.equal(new Set(events.map(({ body }) => body.createdAt)).size, 20);
    assert.deepEqual(times.toSorted(compareInstants), times);
  });

  test('a stat that is updated keeps the times of its buff', () => {
    const [applied] = values(() => world.applyBuff(WHO, ENERGY));
    const [updated] = values(() =>
      world.updateBuff(WHO, ENERGY.sourceId, 20, [{ type: 'ENERGY_CHARGE', amount: 15_000 }]),
    );
    assert.equal(updated.type, 'STAT_UPDATED');
    assert.equal(updated.body.createdAt, applied.body.createdAt);
    assert.equal(world.get(WHO).buffs[0]?.changes[0]?.amount, 15_000);
  });

  test('an accumulating source gains and loses its stats one by one', () => {
    const hex = (type: string) =>
      world.accumulateBuff(WHO, { sourceId: 1320009, level: 25, duration: 60_000, changes: [{ type, amount: 10 }] });
    for (const type of ['ACCURACY', 'WEAPON_DEFENSE', 'ACCURACY']) hex(type);
    assert.equal(world.get(WHO).buffs.length, 2);
    const [expired] = values(() => world.expireBuff(WHO, 1320009, ['ACCURACY']));
    assert.deepEqual(expired.body.changes, [{ type: 'ACCURACY', amount: 10 }]);
    assert.deepEqual(
      world.get(WHO).buffs.map(({ changes }) => changes[0]?.type),
      ['WEAPON_DEFENSE'],
    );
  });

  test('the sweep ends what has lapsed, and nothing else', () => {
    world.applyBuff(WHO, HASTE);
    world.applyBuff(WHO, ENERGY);
    clock.pass(HASTE.duration - 1);
    assert.deepEqual(
      values(() => world.sweepBuffs()),
      [],
    );
    clock.pass(1);
    const ended = values(() => world.sweepBuffs());
    assert.deepEqual(
      ended.map(({ type, body }) => [type, body.sourceId]),
      [['EXPIRED', HASTE.sourceId]],
    );
    assert.equal(world.get(WHO).buffs.length, 1);
  });

  test('a cast is what the caster has learnt, also on others', () => {
    const other = world.makeUp({ ...WHO, characterId: 99 });
    assert.deepEqual(
      values(() => world.cast(other, 1301007, WHO)),
      [],
    );
    world.learnSkill(other, 1301007, 30);
    const [applied] = values(() => world.cast(other, 1301007, WHO));
    assert.partialDeepStrictEqual(applied, { characterId: 12, body: { fromId: 99, level: 30, duration: 300_000 } });
    assert.deepEqual(applied.body.changes, [
      { type: 'HYPER_BODY_HP', amount: 60 },
      { type: 'HYPER_BODY_MP', amount: 60 },
    ]);
    const [drunk] = values(() => world.consume(WHO, 2002004));
    assert.deepEqual([drunk.body.sourceId, drunk.body.changes], [-2002004, [{ type: 'WEAPON_ATTACK', amount: 5 }]]);
  });

  test('an item that is displaced goes to the bag without an event', () => {
    const [worn, put] = [world.give(WHO, 1302000), world.give(WHO, 1302007)];
    world.equip(WHO, worn);
    const events = values(() => world.equip(WHO, put));
    assert.deepEqual(
      events.map(({ assetId, slot, body }) => [assetId, slot, body.oldSlot]),
      [[put, -11, 2]],
    );
    const slots = new Map(world.get(WHO).assets.map(({ assetId, slot }) => [assetId, slot]));
    assert.deepEqual(
      slots,
      new Map([
        [worn, 2],
        [put, -11],
      ]),
    );
  });

  test('an overall takes the place of top and pants, pants that of an overall', () => {
    const [top, pants, overall] = [1040002, 1060002, 1050018].map((templateId) => world.give(WHO, templateId));
    assert.ok(top !== undefined && pants !== undefined && overall !== undefined);
    world.equip(WHO, top);
    world.equip(WHO, pants);
    const moves = values(() => world.equip(WHO, overall));
    assert.deepEqual(
      moves.map(({ assetId, slot, body }) => [assetId, slot, body.oldSlot]),
      [
        [overall, -5, 3],
        [pants, 1, -6],
      ],
    );
    assert.equal(world.get(WHO).assets.find(({ assetId }) => assetId === top)?.slot, 3);
    world.equip(WHO, pants);
    assert.ok((world.get(WHO).assets.find(({ assetId }) => assetId === overall)?.slot ?? 0) > 0);
  });

  test('items are lost in three ways, with the slot they had', () => {
    for (const loss of ['DELETED', 'EXPIRED', 'RELEASED'] as const) {
      const hat = world.give(WHO, 1002001);
      world.equip(WHO, hat);
      const [event] = values(() => world.drop(WHO, hat, loss));
      assert.deepEqual([event.type, event.slot], [loss, -1]);
      assert.deepEqual(world.get(WHO).assets, []);
    }
  });

  test('a scroll adds to the item', () => {
    const sword = world.give(WHO, 1302000);
    const [event] = values(() => world.scroll(WHO, sword, { weaponAttack: 5, luck: 1 }));
    assert.partialDeepStrictEqual(event.body, { weaponAttack: 22, luck: 1, strength: 0, slots: 6, level: 1 });
    assert.equal(world.get(WHO).assets[0]?.stats.weaponAttack, 22);
  });

  test('skills are created, updated and forgotten', () => {
    const events = [
      ...values(() => world.learnSkill(WHO, 1000001, 9)),
      ...values(() => world.learnSkill(WHO, 1000001, 10)),
    ];
    assert.deepEqual(world.get(WHO).skills, [{ skillId: 1000001, level: 10, masterLevel: 0 }]);
    events.push(...values(() => world.forgetSkill(WHO, 1000001)));
    assert.deepEqual(
      events.map(({ type, skillId, body }) => [type, skillId, body.level]),
      [
        ['CREATED', 1000001, 9],
        ['UPDATED', 1000001, 10],
        ['DELETED', 1000001, undefined],
      ],
    );
    assert.deepEqual(world.get(WHO).skills, []);
  });

  test('a level-up sends its values in a second event, and they are the truth', () => {
    const [levelChanged, first, second] = values(() => world.levelUp(WHO));
    assert.equal(levelChanged.body.current, 30);
    assert.equal(first.body.values, undefined);
    const { intelligence, max_hp, max_mp, level } = world.get(WHO).base;
    assert.deepEqual(second.body.values, { intelligence, max_hp, max_mp });
    assert.equal(level, 30);
  });

  test('without points nothing is spent, and what was never spent is not taken back', () => {
    assert.deepEqual(
      values(() => world.spendAp(WHO, 'luck')),
      [],
    );
    assert.deepEqual(
      values(() => world.transferAp(WHO, 'luck', 'strength')),
      [],
    );
  });

  test('noise changes nothing', () => {
    world.login(WHO, 1);
    const before = world.get(WHO);
    const noise = values(() => {
      for (let count = 0; count < 100; count++) world.sendIrrelevantEvent(WHO);
    });
    assert.equal(noise.length, 100);
    assert.equal(world.get(WHO), before);
    assert.ok(new Set(noise.map(({ type }) => type)).size >= 6);
  });
});

describe('given Atlas as at the seed, when something is done, then the records lack what it did not know', () => {
  beforeEach(() => begin('S'));

  test('buffs have neither a level nor a flag, and no STAT_UPDATED', () => {
    const [applied] = values(() => world.applyBuff(WHO, ENERGY));
    assert.deepEqual(Object.keys(applied.body), [
      'fromId',
      'sourceId',
      'duration',
      'changes',
      'createdAt',
      'expiresAt',
    ]);
    assert.equal(applied.body.expiresAt, '0001-01-01T00:00:00Z');
    const [updated] = values(() =>
      world.updateBuff(WHO, ENERGY.sourceId, 20, [{ type: 'ENERGY_CHARGE', amount: 15_000 }]),
    );
    assert.equal(updated.type, 'APPLIED');
  });

  test('moves have their slots swapped, and some never happened', () => {
    const sword = world.give(WHO, 1302000);
    const [rolledBack] = values(() => world.announceRolledBackEquip(WHO, sword));
    assert.deepEqual([rolledBack.slot, rolledBack.body.oldSlot], [1, -11]);
    assert.equal(world.get(WHO).assets[0]?.slot, 1);
    const [moved] = values(() => world.equip(WHO, sword));
    assert.deepEqual([moved.slot, moved.body.oldSlot], [1, -11]);
    assert.equal(world.get(WHO).assets[0]?.slot, -11);
  });

  test('base stats come without values', () => {
    for (const event of values(() => world.levelUp(WHO))) assert.equal(event.body.values, undefined);
  });
});
