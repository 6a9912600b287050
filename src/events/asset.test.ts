import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodedFrom, SHARED } from '../../test/support/encoded-event.ts';

const ENVELOPE = {
  transactionId: 'ed3f822e-d785-4fac-8911-2b6acb1063bb',
  characterId: 12,
  compartmentId: '6c1f0c3e-5a55-4b0c-9d2e-0a4f6f0f1a01',
  assetId: 177,
  templateId: 1302000,
  slot: -11,
};
const STATS = {
  ...{ strength: 1, dexterity: 2, luck: 3, intelligence: 4, hp: 5, mp: 6, weaponAttack: 7, weaponDefense: 8 },
  ...{ magicAttack: 9, magicDefense: 10, accuracy: 11, avoidability: 12, speed: 13, jump: 14, hands: 15 },
};
const ROW = {
  ...{ strength: 1, dexterity: 2, luck: 3, intelligence: 4, max_hp: 5, max_mp: 6, weapon_attack: 7, weapon_defense: 8 },
  ...{ magic_attack: 9, magic_defense: 10, accuracy: 11, avoidability: 12, speed: 13, jump: 14 },
};

const decode = (type: string, body: unknown, envelope: object = {}) =>
  decodedFrom('asset', { ...ENVELOPE, type, body, ...envelope });
const move = (slot: number, oldSlot: number, body: object = {}) => decode('MOVED', { oldSlot, ...body }, { slot });
const dead = (what: string) => ({ type: 'dead', reason: 'invalid-field', detail: `invalid-field: ${what}` });
const skip = (reason: string) => ({ type: 'skip', reason });

describe('asset events: MOVED', () => {
  const moved = (slot: number, oldSlot: number) => ({
    ...SHARED,
    type: 'asset-moved',
    assetId: 177,
    templateId: 1302000,
    slot,
    oldSlot,
  });

  test('given either slot below 0, when decoded, then the asset moved', () => {
    for (const [slot, oldSlot] of [
      [-11, 3],
      [3, -11],
      [-1, -2],
      [0, -1],
      [-32_768, 32_767],
    ] as const) {
      assert.deepEqual(move(slot, oldSlot), moved(slot, oldSlot));
    }
  });

  test('given both slots in the bag, when decoded, then it is skipped', () => {
    assert.deepEqual(move(7, 9), skip('not-worn'));
    assert.deepEqual(move(0, 1), skip('not-worn'));
  });

  test('given a reference type of equipment or none, when decoded, then it counts', () => {
    for (const referenceType of ['equipable', 'cash_equipable', 'cash-equipable', '', null, undefined]) {
      assert.deepEqual(move(-11, 3, { referenceType }), moved(-11, 3));
    }
  });

  test('given another reference type, when decoded, then it is skipped, whatever the type', () => {
    for (const referenceType of ['consumable', 'pet', 'EQUIPABLE']) {
      assert.deepEqual(move(-11, 3, { referenceType }), skip('not-equipment'));
      for (const type of ['UPDATED', 'DELETED', 'ACCEPTED']) {
        assert.deepEqual(decode(type, { referenceType }), skip('not-equipment'));
      }
    }
  });

  test('given a value that cannot be, when decoded, then it is dead', () => {
    assert.deepEqual(decode('MOVED', null), dead('body: expected an object, got null'));
    assert.deepEqual(decode('MOVED', {}), dead('body.oldSlot: expected int16, got nothing'));
    assert.deepEqual(move(-32_769, 3), dead('slot: expected int16, got an integer out of range'));
    assert.deepEqual(move(-1, 32_768), dead('body.oldSlot: expected int16, got an integer out of range'));
    assert.deepEqual(move(-1, 3, { referenceType: 1 }), dead('body.referenceType: expected a string, got an integer'));
    const body = { oldSlot: 3 };
    for (const key of ['characterId', 'assetId', 'templateId']) {
      assert.deepEqual(decode('MOVED', body, { [key]: undefined }), dead(`${key}: expected uint32, got nothing`));
    }
  });
});

describe('asset events: UPDATED', () => {
  const updated = (stats: object | undefined) => ({
    ...SHARED,
    type: 'asset-updated',
    assetId: 177,
    templateId: 1302000,
    slot: -11,
    stats,
  });

  test('given a worn asset with flat stats, when decoded, then each grants its stat', () => {
    assert.deepEqual(decode('UPDATED', STATS), updated(ROW));
  });

  test('given stats under referenceData, as the seed writes them, when decoded, then they are the same', () => {
    const body = { referenceId: 9, referenceType: 'equipable', referenceData: STATS };
    assert.deepEqual(decode('UPDATED', body), updated(ROW));
  });

  test('given zero and negative stats, when decoded, then they are left out', () => {
    assert.deepEqual(decode('UPDATED', { strength: 0, luck: -5, hp: 47 }), updated({ max_hp: 47 }));
    assert.deepEqual(decode('UPDATED', { strength: 0 }), updated({}));
  });

  test('given no stats at all, when decoded, then they are not known', () => {
    for (const body of [{}, null, undefined, { quantity: 1 }, { referenceData: null }, { referenceData: {} }]) {
      assert.deepEqual(decode('UPDATED', body), updated(undefined));
    }
  });

  test('given an asset in the bag, when decoded, then it is skipped', () => {
    assert.deepEqual(decode('UPDATED', STATS, { slot: 3 }), skip('not-worn'));
  });

  test('given a value that cannot be, when decoded, then it is dead as a whole', () => {
    const flat = decode('UPDATED', { ...STATS, hp: '5' });
    assert.deepEqual(flat, dead('body.hp: expected int32, got a string'));
    const nested = decode('UPDATED', { referenceData: { hp: 2 ** 31 } });
    assert.deepEqual(nested, dead('body.referenceData.hp: expected int32, got an integer out of range'));
    const list = decode('UPDATED', { referenceData: [] });
    assert.deepEqual(list, dead('body.referenceData: expected an object, got a list of 0'));
    assert.deepEqual(decode('UPDATED', STATS, { slot: 'x' }), dead('slot: expected int16, got a string'));
  });
});

describe('asset events: an end', () => {
  for (const type of ['DELETED', 'EXPIRED', 'RELEASED']) {
    test(`given ${type} of a worn asset, when decoded, then it is removed`, () => {
      const removed = { ...SHARED, type: 'asset-removed', assetId: 177 };
      for (const body of [{}, null, undefined]) assert.deepEqual(decode(type, body), removed);
    });

    test(`given ${type} of an asset in the bag, when decoded, then it is skipped`, () => {
      assert.deepEqual(decode(type, {}, { slot: 1 }), skip('not-worn'));
    });

    test(`given ${type} without slot, asset or character, when decoded, then it is dead`, () => {
      assert.deepEqual(decode(type, {}, { slot: undefined }), dead('slot: expected int16, got nothing'));
      assert.deepEqual(decode(type, {}, { assetId: undefined }), dead('assetId: expected uint32, got nothing'));
      assert.deepEqual(decode(type, {}, { characterId: 'x' }), dead('characterId: expected uint32, got a string'));
    });
  }
});

describe('asset events: other types', () => {
  const touched = { ...SHARED, type: 'equipment-touched' };

  test('given a slot below 0, now or before, when decoded, then equipment is touched', () => {
    for (const type of ['ACCEPTED', 'CREATED', 'QUANTITY_CHANGED', 'NOVELTY']) {
      assert.deepEqual(decode(type, {}), touched);
      assert.deepEqual(decode(type, null), touched);
      assert.deepEqual(decode(type, { oldSlot: -5 }, { slot: 5 }), touched);
    }
  });

  test('given no slot below 0, when decoded, then it is skipped, whatever else it has', () => {
    assert.deepEqual(decode('ACCEPTED', {}, { slot: 4 }), skip('not-worn'));
    assert.deepEqual(decode('NOVELTY', { oldSlot: 3 }, { slot: undefined }), skip('not-worn'));
    assert.deepEqual(decode('NOVELTY', 'x', { slot: 'x', characterId: 'x' }), skip('not-worn'));
  });

  test('given character 0, when decoded, then it is skipped, whatever the type', () => {
    for (const type of ['MOVED', 'UPDATED', 'DELETED', 'ACCEPTED']) {
      assert.deepEqual(decode(type, { oldSlot: 3 }, { characterId: 0 }), skip('no-character'));
    }
  });

  test('given keys in another case, when decoded, then they count', () => {
    const decoded = decode('ACCEPTED', { OLDSLOT: -3 }, { slot: undefined, Slot: 4 });
    assert.deepEqual(decoded, touched);
  });
});
