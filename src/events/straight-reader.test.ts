import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SHARED } from '../../test/support/encoded-event.ts';
import { propertySettings } from '../../test/support/property-settings.ts';
import { RecordContent } from '../wire/record-content.ts';
import { RecordHeaders } from '../wire/record-headers.ts';
import { Undecodable } from '../wire/undecodable.ts';
import { readParsed } from './parsing-reader.ts';
import { createStraightReader } from './straight-reader.ts';
import { STREAMS, type Stream } from './stream.ts';

const ID = '7f1c2a30-0b1d-4c5e-8f90-a1b2c3d4e5f6';
const CREATED_AT = '"createdAt":"2026-02-03T18:01:57.123456789Z"';
const envelope = (type: string, body: string): string =>
  `{"transactionId":"${ID}","worldId":0,"characterId":12,"type":"${type}","body":${body}}`;
const session = (type: string, issuer = 'CHANNEL'): string =>
  `{"sessionId":"${ID}","accountId":1,"characterId":12,"worldId":0,"channelId":1,"issuer":"${issuer}","type":"${type}"}`;
const buff = (type: string, body: string): string => `{"worldId":0,"characterId":12,"type":"${type}","body":${body}}`;
const asset = (type: string, slot: number, body: string): string =>
  `{"transactionId":"${ID}","characterId":12,"compartmentId":"${ID}","assetId":177,"templateId":1302000,"slot":${slot},"type":"${type}","body":${body}}`;
const skill = (type: string, body: string): string =>
  `{"transactionId":"${ID}","worldId":0,"characterId":12,"skillId":1000001,"type":"${type}","body":${body}}`;

/** As Go writes them, and what they are. */
const CANONICAL: readonly (readonly [Stream, string, string])[] = [
  ['session', session('CREATED'), 'session-created'],
  ['session', session('DESTROYED'), 'session-destroyed'],
  ['session', session('CREATED', 'LOGIN'), 'other-issuer'],
  ['session', session('STATE_CHANGED'), 'other-type'],
  [
    'buff',
    buff(
      'APPLIED',
      `{"fromId":13,"sourceId":-2002004,"level":20,"duration":200000,"changes":[{"type":"SPEED","amount":-10},{"type":"JUMP","amount":0}],${CREATED_AT},"expiresAt":"2026-02-03T18:05:17Z"}`,
    ),
    'buff-applied',
  ],
  [
    'buff',
    buff(
      'APPLIED',
      `{"fromId":13,"sourceId":7,"duration":0,"changes":null,${CREATED_AT},"expiresAt":"0001-01-01T00:00:00Z","noExpiry":true}`,
    ),
    'buff-applied',
  ],
  [
    'buff',
    buff(
      'EXPIRED',
      `{"sourceId":7,"duration":1,"changes":[],${CREATED_AT},"expiresAt":"2024-02-29T23:59:59.5Z","noExpiry":false}`,
    ),
    'buff-expired',
  ],
  [
    'buff',
    buff(
      'STAT_UPDATED',
      `{"sourceId":7,"level":1,"duration":0,"changes":[{"type":"X","amount":2147483647}],${CREATED_AT},"expiresAt":"0001-01-01T00:00:00Z"}`,
    ),
    'buff-stat-updated',
  ],
  ['buff', buff('BERSERK', '{"active":true,"levels":[1,2.5,-3],"more":{"none":null}}'), 'other-type'],
  ['asset', asset('MOVED', -11, '{"oldSlot":3,"createdAt":"2026-02-03T18:01:57Z"}'), 'asset-moved'],
  ['asset', asset('MOVED', 4, '{"oldSlot":3,"createdAt":"2026-02-03T18:01:57Z"}'), 'not-worn'],
  ['asset', asset('MOVED', 4, '{"oldSlot":-3,"createdAt":"","referenceType":"etc"}'), 'not-equipment'],
  ['asset', asset('UPDATED', 4, '{"strength":1}'), 'not-worn'],
  ['asset', asset('DELETED', 4, '{}'), 'not-worn'],
  ['character', envelope('LOGIN', '{"channelId":1,"mapId":0}'), 'other-type'],
  ['character', envelope('STAT_CHANGED', stats('["HP"]')), 'no-base-change'],
  ['character', envelope('STAT_CHANGED', stats('null')), 'no-base-change'],
  ['character', envelope('STAT_CHANGED', stats('["LEVEL","HP"]')), 'base-changed'],
  ['character', envelope('STAT_CHANGED', stats('["LUCK"]', '{"hp":1,"luck":5,"max_hp":30000}')), 'base-changed'],
  ['skill', skill('UPDATED', '{"level":10,"masterLevel":0,"expiration":"0001-01-01T00:00:00Z"}'), 'skill-changed'],
  ['skill', skill('COOLDOWN_APPLIED', '{"cooldownExpiresAt":"2026-02-03T18:01:57Z"}'), 'other-type'],
];

function stats(updates: string, values?: string): string {
  const given = values === undefined ? '' : `,"values":${values}`;
  return `{"channelId":1,"exclRequestSent":true,"updates":${updates}${given}}`;
}

const { tenant, recordTime: timestamp } = SHARED;
const headers = new RecordHeaders();
const ORIGIN = { tenant, headers, timestamp, behind: undefined, replayed: false };
const readHeld = createStraightReader(() => true);
const readAbsent = createStraightReader(() => false);

/** What parsing makes of it; undefined: it is dead. */
function parsed(stream: Stream, value: Buffer) {
  try {
    return readParsed(stream, value, ORIGIN);
  } catch (error) {
    if (error instanceof Undecodable) return undefined;
    throw error;
  }
}

/** Both ways agree, as far as the straight one goes. Tells whether it does. */
function agree(stream: Stream, value: Buffer): boolean {
  // Records lie within what a fetch brought: what is around them must not be read.
  const around = Buffer.concat([Buffer.from('"'), value, Buffer.from('}}0,"')]);
  const within = new RecordContent(around, 0, 1, 1 + value.length);
  const straight = readHeld(stream, within, ORIGIN, false);
  const ofAbsent = readAbsent(stream, within, ORIGIN, false);
  // Whoever is held is read to the end, also in haste. Of others what is wrong may be overlooked, and nothing is told otherwise.
  assert.deepEqual(readHeld(stream, within, ORIGIN, true), straight);
  const inHaste = readAbsent(stream, within, ORIGIN, true);
  if (inHaste?.type !== 'not-held' || ofAbsent !== undefined) assert.deepEqual(inHaste, ofAbsent);
  assert.equal(straight === undefined, ofAbsent === undefined);
  if (straight === undefined) return false;
  assert.deepEqual(straight, parsed(stream, value), value.toString());
  if (ofAbsent?.type === 'not-held') assert.equal(ofAbsent.event, straight.type);
  else assert.deepEqual(ofAbsent, straight);
  return true;
}

describe('events that are read straight from their bytes', () => {
  for (const [stream, value, expected] of CANONICAL) {
    test(`given ${value}, as Go writes it, then it is ${expected}, as parsing tells`, () => {
      const straight = readHeld(stream, RecordContent.of([], Buffer.from(value)), ORIGIN, false);
      assert.equal(straight?.type === 'skip' ? straight.reason : straight?.type, expected);
      assert.ok(agree(stream, Buffer.from(value)));
    });
  }

  test('given what the real services sent, then all of it but worn items that change is read so', () => {
    const streams = {
      'atlas-buffs.json': 'buff',
      'atlas-character.json': 'character',
      'atlas-inventory.json': 'asset',
    };
    const fixtures = new URL('../../test/fixtures/', import.meta.url);
    let left = 0;
    for (const [file, stream] of Object.entries(streams)) {
      const { kafka } = JSON.parse(readFileSync(new URL(file, fixtures), 'utf8'));
      for (const { value } of kafka) if (!agree(stream as Stream, Buffer.from(value))) left += 1;
    }
    assert.equal(left, 3);
  });
});

describe('whatever a value holds', () => {
  const fragments = [
    ...[
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      ' ',
      '\n',
      '\ufeff',
      '0',
      '00',
      '-0',
      '-',
      '+1',
      '.5',
      '1.0',
      'e2',
      '1E400',
    ],
    ...[
      'null',
      'true',
      '"x"',
      '""',
      '\u0000',
      '\u007f',
      'é',
      '漢',
      '\\u0041',
      '\\"',
      '99999999999',
      '9007199254740993',
    ],
    ...[
      '-2147483649',
      '4294967296',
      '255',
      '256',
      '65536',
      '2026-02-30T00:00:00Z',
      '0001-01-01T00:00:00Z',
      '.1234567890Z',
    ],
    ...['"characterId":13,', '"CharacterId":13,', ',"characterId":0', '"type":"EXPIRED",', '"__proto__":{"luck":1},'],
    ...[
      ',"luck":6',
      '"max_hp":-1,',
      ',"noExpiry":null',
      '"level":300,',
      '{"type":"SPEED","amount":1},',
      '"LUCK",',
      '1,',
    ],
  ];
  const edit = fc.record({
    at: fc.nat({ max: 400 }),
    removed: fc.oneof(fc.constant(0), fc.nat({ max: 30 })),
    fragment: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 4 }), fc.constant('')),
  });
  const mutated = fc.tuple(fc.constantFrom(...CANONICAL), fc.array(edit, { maxLength: 3 }));

  test('given any changes of an event, then parsing reads alike what is read straight', () => {
    let read = 0;
    let left = 0;
    fc.assert(
      fc.property(mutated, ([[stream, canonical], edits]) => {
        let text = canonical;
        for (const { at, removed, fragment } of edits) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + fragment + text.slice(from + removed);
        }
        if (agree(stream, Buffer.from(text))) read += 1;
        else left += 1;
      }),
      propertySettings({ numRuns: 20_000 }),
    );
    assert.ok(read > 2_000 && left > 2_000, `${read} read, ${left} left`);
  });

  test('given any numbers, words and times in the places of an event’s own, then parsing reads alike', () => {
    const number = fc.oneof(
      fc.integer().map(String),
      fc.double().map(String),
      fc.constantFrom('-0', '00', '1e2', '1.0', '4294967295', '4294967296', '-2147483648', '2147483648', '0', 'null'),
    );
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('SPEED', 'LEVEL', 'luck', 'fame', 'STAT_CHANGED', 'x'.repeat(65)),
    );
    const time = fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.constantFrom(
        '0001-01-01T00:00:00Z',
        '2023-02-29T00:00:00Z',
        '2026-02-03T24:00:00Z',
        '2026-02-03T18:01:57.1+01:00',
      ),
      fc
        .tuple(fc.nat({ max: 12 }), fc.nat())
        .map(([digits, n]) => `2026-02-03T18:01:57.${`${n}`.padStart(digits, '0')}Z`),
    );
    let read = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...CANONICAL),
        fc.array(number, { minLength: 12, maxLength: 12 }),
        fc.array(word, { minLength: 6, maxLength: 6 }),
        fc.array(time, { minLength: 2, maxLength: 2 }),
        fc.nat({ max: 31 }),
        ([stream, canonical], numbers, words, times, place) => {
          let at = 0;
          // One place of its own is filled in anew: with all of them changed, next to nothing would be sound.
          const text = canonical.replaceAll(/"\d{4}-[^"]*Z"|"[A-Z_]+"|"[a-z_]+"(?=:\d)|-?\d+(?=[,}])/g, (found) => {
            at += 1;
            if (at % 32 !== place % 32 && at !== (place % 10) + 1) return found;
            if (/^"\d/.test(found)) return `"${times[at % 2]}"`;
            if (found.startsWith('"')) return JSON.stringify(words[at % 6]);
            return numbers[at % 12] ?? '0';
          });
          if (agree(stream, Buffer.from(text))) read += 1;
        },
      ),
      propertySettings({ numRuns: 20_000 }),
    );
    assert.ok(read > 2_000, `${read} read`);
  });

  test('given any bytes, then it is left to parsing', () => {
    fc.assert(
      fc.property(fc.constantFrom<Stream>(...STREAMS), fc.uint8Array({ maxLength: 80 }), (stream, bytes) => {
        assert.ok(!agree(stream, Buffer.from(bytes)));
      }),
    );
  });
});
