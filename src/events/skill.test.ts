import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodedFrom, SHARED } from '../../test/support/encoded-event.ts';

const BODY = { level: 10, masterLevel: 0, expiration: '0001-01-01T00:00:00Z' };

const decode = (type: string, body: unknown = BODY, envelope: object = {}) =>
  decodedFrom('skill', { worldId: 0, characterId: 12, skillId: 1000001, type, body, ...envelope });
const changed = (skillId: number, level: number | undefined) => ({ ...SHARED, type: 'skill-changed', skillId, level });
const dead = (what: string) => ({ type: 'dead', reason: 'invalid-field', detail: `invalid-field: ${what}` });
const skip = (reason: string) => ({ type: 'skip', reason });

describe('skill events', () => {
  for (const type of ['CREATED', 'UPDATED']) {
    test(`given ${type} with a level, when decoded, then the level is carried`, () => {
      assert.deepEqual(decode(type), changed(1000001, 10));
      assert.deepEqual(decode(type, { level: 0 }), changed(1000001, 0));
    });

    test(`given ${type} without a level, when decoded, then it is not known`, () => {
      for (const body of [{}, { level: null }, null]) assert.deepEqual(decode(type, body), changed(1000001, undefined));
    });
  }

  test('given DELETED, when decoded, then the skill is forgotten', () => {
    for (const body of [BODY, {}, null]) assert.deepEqual(decode('DELETED', body), changed(1000001, 0));
  });

  test('given SP_TRANSFERRED, when decoded, then no level is known, nor needs the skill be', () => {
    assert.deepEqual(decode('SP_TRANSFERRED'), changed(1000001, undefined));
    assert.deepEqual(decode('SP_TRANSFERRED', 'x', { skillId: undefined }), changed(0, undefined));
  });

  test('given cooldowns and unknown types, when decoded, then they are skipped, whatever else they have', () => {
    for (const type of ['COOLDOWN_APPLIED', 'COOLDOWN_EXPIRED', 'NOVELTY']) {
      assert.deepEqual(decode(type, 'x', { characterId: 'x' }), skip('other-type'));
    }
  });

  test('given character 0, when decoded, then it is skipped', () => {
    assert.deepEqual(decode('UPDATED', BODY, { characterId: 0 }), skip('no-character'));
  });

  test('given a value that cannot be, when decoded, then it is dead', () => {
    const level = 'body.level: expected a level from 0 to 2147483647, got';
    assert.deepEqual(decode('UPDATED', { level: -1 }), dead(`${level} an integer out of range`));
    assert.deepEqual(decode('UPDATED', { level: '10' }), dead(`${level} a string`));
    assert.deepEqual(decode('UPDATED', 'x'), dead('body: expected an object, got a string'));
    for (const key of ['characterId', 'skillId']) {
      assert.deepEqual(decode('UPDATED', BODY, { [key]: undefined }), dead(`${key}: expected uint32, got nothing`));
      assert.deepEqual(decode('UPDATED', BODY, { [key]: 'x' }), dead(`${key}: expected uint32, got a string`));
    }
  });
});
