import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodedFrom, SHARED } from '../../test/support/encoded-event.ts';

const decode = (body: unknown, envelope: object = {}) =>
  decodedFrom('character', { worldId: 0, characterId: 12, type: 'STAT_CHANGED', body, ...envelope });
const changed = (values: object, incomplete: boolean) => ({ ...SHARED, type: 'base-changed', values, incomplete });
const dead = (what: string) => ({ type: 'dead', reason: 'invalid-field', detail: `invalid-field: ${what}` });
const skip = (reason: string) => ({ type: 'skip', reason });

const KEY_OF_UPDATE = {
  STRENGTH: 'strength',
  DEXTERITY: 'dexterity',
  INTELLIGENCE: 'intelligence',
  LUCK: 'luck',
  MAX_HP: 'max_hp',
  MAX_MP: 'max_mp',
  LEVEL: 'level',
  JOB: 'job',
  FAME: 'fame',
};

describe('character events', () => {
  for (const [update, key] of Object.entries(KEY_OF_UPDATE)) {
    test(`given ${update} with its value, when decoded, then the value is carried`, () => {
      assert.deepEqual(decode({ updates: [update], values: { [key]: 38 } }), changed({ [key]: 38 }, false));
    });

    test(`given ${update} without its value, when decoded, then a read is needed`, () => {
      for (const values of [undefined, null, {}, { [key]: null }]) {
        assert.deepEqual(decode({ updates: ['HP', update], values }), changed({}, true));
      }
    });

    test(`given a value of ${key} that no update names, when decoded, then it counts`, () => {
      assert.deepEqual(decode({ values: { [key]: 0 } }), changed({ [key]: 0 }, false));
    });

    test(`given ${key} of a wrong type or range, when decoded, then the event is dead as a whole`, () => {
      for (const value of ['strong', true, [], {}, 1.5, 1e300, -32_769]) {
        const decoded = decode({ updates: ['STRENGTH'], values: { strength: 1, [key]: value } });
        assert.equal(decoded.type, 'dead');
        assert.match('detail' in decoded ? decoded.detail : '', new RegExp(`^invalid-field: body.values.${key}: `));
      }
    });
  }

  test('given values at the bounds of their Go types, when decoded, then they are carried', () => {
    const values = { strength: 4_294_967_295, max_hp: 4_294_967_295, level: 255, job: 65_535, fame: -32_768 };
    assert.deepEqual(decode({ values }), changed(values, false));
  });

  test('given values beyond the bounds of their Go types, when decoded, then they are dead', () => {
    for (const [key, value, type] of [
      ['strength', -5, 'uint32'],
      ['max_mp', 4_294_967_296, 'uint32'],
      ['level', 256, 'byte'],
      ['job', 65_536, 'uint16'],
      ['fame', 32_768, 'int16'],
    ] as const) {
      const what = `body.values.${key}: expected ${type}, got an integer out of range`;
      assert.deepEqual(decode({ values: { [key]: value } }), dead(what));
    }
  });

  test('given some values of those named, when decoded, then they are carried and a read is needed', () => {
    const body = { updates: ['MAX_HP', 'LUCK', 'JOB'], values: { max_hp: 500, luck: 38 } };
    assert.deepEqual(decode(body), changed({ max_hp: 500, luck: 38 }, true));
  });

  test('given nothing that concerns base, when decoded, then it is skipped', () => {
    for (const body of [
      { channelId: 1, updates: ['HP', 'MP', 'EXPERIENCE', 'MESO', 'AVAILABLE_AP', 'strength'] },
      { updates: [], values: { hp: 'x', STRENGTH: 'x' } },
      { updates: null, values: null },
      { exclRequestSent: true },
      {},
      null,
      undefined,
    ]) {
      assert.deepEqual(decode(body), skip('no-base-change'));
    }
    assert.deepEqual(decode({ updates: ['HP'] }, { characterId: 'x' }), skip('no-base-change'));
  });

  test('given keys of values that name prototypes, when decoded, then they carry nothing', () => {
    const text = '{"type":"STAT_CHANGED","characterId":12,"body":{"values":{"__proto__":{"strength":5}}}}';
    assert.deepEqual(decodedFrom('character', text), skip('no-base-change'));
  });

  test('given another type, when decoded, then it is skipped, whatever else it has', () => {
    for (const type of ['LOGIN', 'LEVEL_CHANGED', 'JOB_CHANGED', 'MAP_CHANGED']) {
      assert.deepEqual(decode('x', { type, characterId: 'x' }), skip('other-type'));
    }
  });

  test('given character 0 or none, when decoded, then it is skipped or dead', () => {
    const body = { values: { luck: 4 } };
    assert.deepEqual(decode(body, { characterId: 0 }), skip('no-character'));
    assert.deepEqual(decode(body, { characterId: undefined }), dead('characterId: expected uint32, got nothing'));
  });

  test('given a body of a wrong shape, when decoded, then it is dead', () => {
    assert.deepEqual(decode('x'), dead('body: expected an object, got a string'));
    assert.deepEqual(decode({ updates: 'LUCK' }), dead('body.updates: expected a list, got a string'));
    assert.deepEqual(decode({ values: [] }), dead('body.values: expected an object, got a list of 0'));
  });
});
