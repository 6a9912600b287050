import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tenantOf } from '../src/domain/tenant.ts';
import { createDecoder } from '../src/events/decoder.ts';
import { encodedRecord } from '../test/support/encoded-event.ts';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { type Character, type Format, isOnline, wornAssets } from './model.ts';
import type { WorldRecord } from './producer.ts';
import { createRandomPlay } from './random-play.ts';
import { createWorld, FIRST_CHARACTER_ID, WORLD_TENANT, type World } from './world.ts';

/** A world in which a number of things happened, 100 ms apart. */
function lived(seed: number, actions: number, format: Format = 'T'): { world: World; records: WorldRecord[] } {
  const clock = createFakeClock();
  const records: WorldRecord[] = [];
  const world = createWorld({ seed, clock, emit: (record) => records.push(record), characters: 40, format });
  const play = createRandomPlay(world, { seed, actionsPerSecond: 1 });
  for (let count = 0; count < actions; count++) {
    play.act();
    clock.pass(100);
    if (count % 100 === 0) world.sweepBuffs();
  }
  return { world, records };
}

test('given equal seeds, when worlds live, then they and their records are equal to the byte; other seeds give others', () => {
  const [one, same, other] = [lived(5, 600), lived(5, 600), lived(6, 600)];
  assert.deepEqual(same.world.characters(), one.world.characters());
  assert.deepEqual(same.records, one.records);
  assert.notDeepEqual(other.world.characters(), one.world.characters());
});

test('given a world that lived for long, then everyone is still plausible and everything is announced', () => {
  for (const format of ['T', 'S'] as const) {
    const { world, records } = lived(7, 4_000, format);
    for (const character of world.characters()) assertPlausible(character);
    const online = world.characters().filter(isOnline).length;
    assert.ok(online >= 15 && online <= 30, `${online} of 40 are online`);

    const decoder = createDecoder({});
    const outcomes = new Set<string>();
    assert.ok(records.some(({ value }) => JSON.parse(value.toString()).type === 'LOGOUT'));
    for (const record of records) {
      const decoded = decoder.decode(encodedRecord(record), undefined);
      assert.notEqual(decoded.type, 'dead', JSON.stringify(decoded));
      outcomes.add(decoded.type === 'skip' ? decoded.reason : decoded.type);
    }
    const expected = [
      'session-created',
      'session-destroyed',
      'buff-applied',
      'buff-expired',
      'asset-moved',
      'asset-updated',
      'asset-removed',
      'base-changed',
      'skill-changed',
      'other-issuer',
      'other-type',
      'no-base-change',
      'not-worn',
    ];
    for (const outcome of expected) assert.ok(outcomes.has(outcome), `${format}: ${outcome} never came`);
  }
});

function assertPlausible({ base, assets, skills, buffs, sessions, ap }: Character): void {
  const { level, strength, dexterity, luck, intelligence, max_hp, max_mp } = base;
  assert.ok(level >= 1 && level <= 200);
  for (const ability of [strength, dexterity, luck, intelligence]) assert.ok(ability >= 4 && ability < 1_300);
  for (const pool of [max_hp, max_mp]) assert.ok(pool >= 5 && pool <= 30_000);
  assert.ok(ap >= 0);
  assert.equal(new Set(assets.map(({ slot }) => slot)).size, assets.length, 'no two items in one slot');
  assert.equal(new Set(assets.map(({ assetId }) => assetId)).size, assets.length);
  assert.ok(assets.every(({ slot }) => slot !== 0));
  assert.equal(new Set(skills.map(({ skillId }) => skillId)).size, skills.length);
  const types = buffs.flatMap(({ sourceId, changes }) => changes.map(({ type }) => `${sourceId} ${type}`));
  assert.equal(new Set(types).size, types.length, 'one buff per source and stat type');
  assert.ok(sessions.length <= 1);
}

test('given two tenants, when someone acts, then the namesake of the other tenant does not change', () => {
  const other = tenantOf('11111111-1111-4111-8111-111111111111', 'GMS', 83, 1);
  const emit = () => undefined;
  const world = createWorld({ seed: 1, clock: createFakeClock(), emit, tenants: [WORLD_TENANT, other], characters: 3 });
  const [who, namesake] = [WORLD_TENANT, other].map((tenant) => world.get({ tenant, characterId: FIRST_CHARACTER_ID }));
  assert.ok(who !== undefined && namesake !== undefined);
  assert.notDeepEqual(who.base, namesake.base);
  world.levelUp(who);
  assert.equal(world.get(who).base.level, who.base.level + 1);
  assert.equal(world.get(namesake), namesake);
});

test('given changes over time, when the past is asked for, then it is what was true then, for a minute', () => {
  const clock = createFakeClock();
  const world = createWorld({ seed: 1, clock, emit: () => undefined });
  const who = world.makeUp({ tenant: WORLD_TENANT, characterId: 1 });
  const levelAgo = (ago: number) => world.find(who, ago)?.base.level;
  for (let level = 2; level <= 4; level++) {
    clock.pass(1_000);
    world.levelUp(who);
  }
  clock.pass(500);
  assert.deepEqual([0, 499, 501, 1_501, 2_501, 99_000].map(levelAgo), [4, 4, 3, 2, 1, 1]);
  clock.pass(60_000);
  world.levelUp(who);
  assert.deepEqual([0, 1, 59_000, 62_500].map(levelAgo), [5, 4, 4, 4]);
  assert.equal(world.find({ ...who, characterId: 2 }), undefined);
  assert.throws(() => world.get({ ...who, characterId: 2 }), /there is no character/);
});

test('given characters as they are born, then most wear several items and know several skills', () => {
  const world = createWorld({ seed: 9, clock: createFakeClock(), emit: () => undefined, characters: 100 });
  const dressed = world.characters().filter((character) => wornAssets(character).length >= 4).length;
  const skilled = world.characters().filter((character) => character.skills.length >= 2).length;
  assert.ok(dressed >= 80 && skilled >= 60, `${dressed} dressed, ${skilled} skilled`);
  assert.ok(new Set(world.characters().map(({ base }) => base.job)).size >= 25);
});
