import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodedFrom, SHARED } from '../../test/support/encoded-event.ts';

const SESSION_ID = '7f1c2a30-0b1d-4c5e-8f90-a1b2c3d4e5f6';
const CREATED = {
  sessionId: SESSION_ID,
  accountId: 1,
  characterId: 12,
  worldId: 3,
  channelId: 1,
  issuer: 'CHANNEL',
  type: 'CREATED',
};
const DESTROYED = { ...CREATED, type: 'DESTROYED' };

const decode = (value: object) => decodedFrom('session', value);
const dead = (what: string) => ({ type: 'dead', reason: 'invalid-field', detail: `invalid-field: ${what}` });
const skip = (reason: string) => ({ type: 'skip', reason });

describe('session events', () => {
  test('given CREATED of a channel, when decoded, then a session with its place is created', () => {
    const expected = { ...SHARED, type: 'session-created', sessionId: SESSION_ID, worldId: 3, channelId: 1 };
    assert.deepEqual(decode(CREATED), expected);
    assert.deepEqual(decode({ ...CREATED, sessionId: SESSION_ID.toUpperCase() }), expected);
  });

  test('given DESTROYED of a channel, when decoded, then that session is destroyed', () => {
    assert.deepEqual(decode(DESTROYED), { ...SHARED, type: 'session-destroyed', sessionId: SESSION_ID });
    const { worldId, channelId, ...placeless } = DESTROYED;
    assert.deepEqual(decode(placeless), { ...SHARED, type: 'session-destroyed', sessionId: SESSION_ID });
  });

  test('given another issuer, when decoded, then it is skipped, DESTROYED included', () => {
    for (const event of [CREATED, DESTROYED]) {
      assert.deepEqual(decode({ ...event, issuer: 'LOGIN' }), skip('other-issuer'));
      assert.deepEqual(decode({ ...event, issuer: 'LOGIN', characterId: 0 }), skip('other-issuer'));
      assert.deepEqual(decode({ ...event, issuer: null }), skip('other-issuer'));
    }
  });

  test('given character 0, when decoded, then it is skipped', () => {
    for (const event of [CREATED, DESTROYED]) {
      assert.deepEqual(decode({ ...event, characterId: 0 }), skip('no-character'));
      assert.deepEqual(decode({ ...event, characterId: null }), skip('no-character'));
    }
  });

  test('given an unknown type, when decoded, then it is skipped, whatever else it has', () => {
    assert.deepEqual(decode({ type: 'RENAMED', characterId: 'x' }), skip('other-type'));
  });

  test('given the largest ids, when decoded, then they are kept', () => {
    const decoded = decode({ ...CREATED, characterId: 4_294_967_295, worldId: 255, channelId: 255 });
    assert.deepEqual(decoded, {
      ...SHARED,
      type: 'session-created',
      characterId: 4_294_967_295,
      sessionId: SESSION_ID,
      worldId: 255,
      channelId: 255,
    });
  });

  test('given null for a place, when decoded, then it is 0, as Go reads it', () => {
    const decoded = decode({ ...CREATED, worldId: null, channelId: null });
    assert.deepEqual(decoded, {
      ...SHARED,
      type: 'session-created',
      sessionId: SESSION_ID,
      worldId: 0,
      channelId: 0,
    });
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['issuer', undefined, 'issuer: expected a string, got nothing'],
    ['characterId', undefined, 'characterId: expected uint32, got nothing'],
    ['characterId', '12', 'characterId: expected uint32, got a string'],
    ['characterId', -1, 'characterId: expected uint32, got an integer out of range'],
    ['characterId', 4_294_967_296, 'characterId: expected uint32, got an integer out of range'],
    ['characterId', 1.5, 'characterId: expected uint32, got a fraction'],
    ['characterId', true, 'characterId: expected uint32, got a boolean'],
    ['sessionId', undefined, 'sessionId: expected a UUID, got nothing'],
    ['sessionId', `${SESSION_ID}0`, 'sessionId: expected a UUID, got a string'],
    ['sessionId', '', 'sessionId: expected a UUID, got an empty string'],
    ['worldId', 256, 'worldId: expected byte, got an integer out of range'],
    ['channelId', [], 'channelId: expected byte, got a list of 0'],
    ['channelId', {}, 'channelId: expected byte, got an object'],
  ];
  for (const [key, value, what] of bad) {
    test(`given ${key} ${JSON.stringify(value)}, when decoded, then the record is dead`, () => {
      assert.deepEqual(decode({ ...CREATED, [key]: value }), dead(what));
    });
  }
});
