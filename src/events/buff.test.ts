import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodedFrom, SHARED } from '../../test/support/encoded-event.ts';

const BODY = {
  fromId: 12,
  sourceId: 2311003,
  level: 20,
  duration: 200000,
  changes: [{ type: 'WEAPON_ATTACK', amount: 10 }],
  createdAt: '2026-02-03T18:01:57.123456789Z',
  expiresAt: '2026-02-03T18:05:17Z',
};
const CREATED_AT = { ms: Date.parse('2026-02-03T18:01:57.123Z'), ns: 456_789 };
const EXPIRES_AT = Date.parse('2026-02-03T18:05:17Z');
const APPLIED = {
  ...SHARED,
  type: 'buff-applied',
  sourceId: 2311003,
  level: 20,
  changes: [{ type: 'WEAPON_ATTACK', amount: 10 }],
  createdAt: CREATED_AT,
  expiresAt: EXPIRES_AT,
};

const decode = (type: string, body: unknown = BODY, envelope: object = {}) =>
  decodedFrom('buff', { worldId: 0, characterId: 12, type, body, ...envelope });
const applied = (body: object) => decode('APPLIED', { ...BODY, ...body });
const dead = (what: string) => ({ type: 'dead', reason: 'invalid-field', detail: `invalid-field: ${what}` });
const skip = (reason: string) => ({ type: 'skip', reason });

describe('buff events', () => {
  test('given APPLIED of today, when decoded, then its instance is applied', () => {
    assert.deepEqual(decode('APPLIED'), APPLIED);
  });

  test('given APPLIED of the seed, when decoded, then the level is not known', () => {
    const { level, ...body } = BODY;
    assert.deepEqual(decode('APPLIED', body, { channelId: 1 }), { ...APPLIED, level: undefined });
  });

  test('given a negative source, when decoded, then it is kept', () => {
    assert.deepEqual(applied({ sourceId: -2_147_483_648 }), { ...APPLIED, sourceId: -2_147_483_648 });
  });

  test('given noExpiry, when decoded, then it never expires, whatever expiresAt says', () => {
    const forever = { ...APPLIED, expiresAt: undefined };
    assert.deepEqual(applied({ noExpiry: true }), forever);
    assert.deepEqual(applied({ noExpiry: true, expiresAt: undefined }), forever);
    assert.deepEqual(applied({ noExpiry: false }), APPLIED);
    assert.deepEqual(applied({ noExpiry: null }), APPLIED);
  });

  test('given the zero time as expiresAt, when decoded, then it never expires', () => {
    assert.deepEqual(applied({ expiresAt: '0001-01-01T00:00:00Z' }), { ...APPLIED, expiresAt: undefined });
    assert.deepEqual(applied({ expiresAt: null }), { ...APPLIED, expiresAt: undefined });
  });

  test('given times with an offset, when decoded, then they are the same moments', () => {
    const times = { createdAt: '2026-02-03T20:01:57.123456789+02:00', expiresAt: '2026-02-03T13:05:17-05:00' };
    assert.deepEqual(applied(times), APPLIED);
  });

  test('given no changes, when decoded, then the list is empty', () => {
    for (const changes of [null, undefined, []]) assert.deepEqual(applied({ changes }), { ...APPLIED, changes: [] });
  });

  test('given one stat type several times, when decoded, then the last amount counts', () => {
    const changes = [
      { type: 'SPEED', amount: 1 },
      { type: 'JUMP', amount: 2 },
      { type: 'SPEED', amount: 3 },
    ];
    const expected = [
      { type: 'SPEED', amount: 3 },
      { type: 'JUMP', amount: 2 },
    ];
    assert.deepEqual(applied({ changes }), { ...APPLIED, changes: expected });
    const expired = decode('EXPIRED', { ...BODY, changes });
    assert.deepEqual('statTypes' in expired && expired.statTypes, ['SPEED', 'JUMP']);
  });

  test('given amounts at the bounds of int32, null or -0, when decoded, then they are kept as Go reads them', () => {
    for (const [given, amount] of [
      ['2147483647', 2_147_483_647],
      ['-2147483648', -2_147_483_648],
      ['null', 0],
      ['-0', 0],
    ] as const) {
      const text = JSON.stringify({ worldId: 0, characterId: 12, type: 'APPLIED', body: BODY });
      const decoded = decodedFrom('buff', text.replace('"amount":10', `"amount":${given}`));
      assert.deepEqual(decoded, { ...APPLIED, changes: [{ type: 'WEAPON_ATTACK', amount }] });
    }
  });

  test('given keys in another case, when decoded, then they count', () => {
    const { sourceId, createdAt, changes, ...body } = BODY;
    const shouted = { ...body, SOURCEID: sourceId, createdat: createdAt, Changes: [{ TYPE: 'SPEED', Amount: 4 }] };
    assert.deepEqual(decode('APPLIED', shouted), { ...APPLIED, changes: [{ type: 'SPEED', amount: 4 }] });
  });

  test('given EXPIRED, when decoded, then the stat types of its instance end', () => {
    const expired = {
      ...SHARED,
      type: 'buff-expired',
      sourceId: 2311003,
      statTypes: ['WEAPON_ATTACK'],
      createdAt: CREATED_AT,
    };
    assert.deepEqual(decode('EXPIRED'), expired);
    assert.deepEqual(decode('EXPIRED', { ...BODY, changes: null }), { ...expired, statTypes: [] });
    assert.deepEqual(decode('EXPIRED', { ...BODY, expiresAt: undefined }), expired);
  });

  test('given STAT_UPDATED, when decoded, then it carries values without times of its own', () => {
    const updated = {
      ...SHARED,
      type: 'buff-stat-updated',
      sourceId: 2311003,
      level: 20,
      changes: [{ type: 'WEAPON_ATTACK', amount: 10 }],
      createdAt: CREATED_AT,
    };
    assert.deepEqual(decode('STAT_UPDATED', { ...BODY, expiresAt: '0001-01-01T00:00:00Z' }), updated);
    assert.deepEqual(decode('STAT_UPDATED', { ...BODY, level: null }), { ...updated, level: undefined });
  });

  test('given types that change no stat, when decoded, then they are skipped, whatever else they have', () => {
    for (const type of ['BERSERK', 'PERIODIC_EFFECT', 'APPLIED2', '']) {
      assert.deepEqual(decode(type, 'x', { characterId: 'x' }), skip('other-type'));
    }
  });

  test('given character 0, when decoded, then it is skipped', () => {
    assert.deepEqual(decode('APPLIED', BODY, { characterId: 0 }), skip('no-character'));
  });

  test('given as many changes as are taken, when decoded, then all count', () => {
    const changes = Array.from({ length: 128 }, (_, index) => ({ type: `${index}`.padEnd(64, 'X'), amount: index }));
    assert.deepEqual(applied({ changes }), { ...APPLIED, changes });
  });

  const change = { type: 'SPEED', amount: 1 };
  const bad: readonly (readonly [object, string])[] = [
    [{ sourceId: undefined }, 'body.sourceId: expected int32, got nothing'],
    [{ sourceId: 2_147_483_648 }, 'body.sourceId: expected int32, got an integer out of range'],
    [{ level: -1 }, 'body.level: expected a level from 0 to 2147483647, got an integer out of range'],
    [{ level: '20' }, 'body.level: expected a level from 0 to 2147483647, got a string'],
    [{ changes: {} }, 'body.changes: expected a list, got an object'],
    [{ changes: Array(129).fill(change) }, 'body.changes: expected at most 128 entries, got a list of 129'],
    [{ changes: [null] }, 'body.changes[0]: expected an object, got null'],
    [{ changes: [change, { amount: 1 }] }, 'body.changes[1].type: expected 1 to 64 characters, got nothing'],
    [{ changes: [{ type: '', amount: 1 }] }, 'body.changes[0].type: expected 1 to 64 characters, got an empty string'],
    [
      { changes: [{ type: 'X'.repeat(65), amount: 1 }] },
      'body.changes[0].type: expected 1 to 64 characters, got a string',
    ],
    [{ changes: [{ type: 'SPEED' }] }, 'body.changes[0].amount: expected int32, got nothing'],
    [{ changes: [{ ...change, amount: 'x' }] }, 'body.changes[0].amount: expected int32, got a string'],
    [{ changes: [{ ...change, amount: 0.5 }] }, 'body.changes[0].amount: expected int32, got a fraction'],
    [
      { changes: [{ ...change, amount: 2_147_483_648 }] },
      'body.changes[0].amount: expected int32, got an integer out of range',
    ],
    [{ createdAt: undefined }, 'body.createdAt: expected an RFC 3339 time, got nothing'],
    [{ createdAt: 'yesterday' }, 'body.createdAt: expected an RFC 3339 time, got a string'],
    [{ createdAt: 1 }, 'body.createdAt: expected an RFC 3339 time, got an integer'],
    [{ createdAt: null }, 'body.createdAt: expected a time, got the zero time'],
    [{ createdAt: '0001-01-01T00:00:00Z' }, 'body.createdAt: expected a time, got the zero time'],
    [{ expiresAt: undefined }, 'body.expiresAt: expected an RFC 3339 time, got nothing'],
    [{ expiresAt: '2026-02-30T00:00:00Z' }, 'body.expiresAt: expected an RFC 3339 time, got a string'],
    [{ noExpiry: 'true' }, 'body.noExpiry: expected a boolean, got a string'],
  ];
  for (const [body, what] of bad) {
    test(`given APPLIED with ${what.replace('expected', 'not')}, when decoded, then it is dead`, () => {
      assert.deepEqual(applied(body), dead(what));
    });
  }

  test('given no body or no character, when decoded, then it is dead', () => {
    assert.deepEqual(decode('EXPIRED', null), dead('body: expected an object, got null'));
    assert.deepEqual(decode('EXPIRED', []), dead('body: expected an object, got a list of 0'));
    const nobody = decode('EXPIRED', BODY, { characterId: undefined });
    assert.deepEqual(nobody, dead('characterId: expected uint32, got nothing'));
  });
});
