import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodedFrom, encodedEvent } from '../../test/support/encoded-event.ts';
import { propertySettings } from '../../test/support/property-settings.ts';
import { glanceCharacterId } from './character-glance.ts';
import { createDecoder } from './decoder.ts';
import { STREAMS, type Stream } from './stream.ts';

const SESSION_ID = '7f1c2a30-0b1d-4c5e-8f90-a1b2c3d4e5f6';
/** One valid event per stream, as Atlas writes it. */
const VALID: Readonly<Record<Stream, string>> = {
  session: `{"sessionId":"${SESSION_ID}","accountId":1,"characterId":12,"worldId":0,"channelId":1,"issuer":"CHANNEL","type":"CREATED"}`,
  buff: '{"worldId":0,"characterId":12,"type":"APPLIED","body":{"fromId":13,"sourceId":7,"level":20,"duration":200000,"changes":[{"type":"WEAPON_ATTACK","amount":10}],"createdAt":"2026-02-03T18:01:57.123456789Z","expiresAt":"2026-02-03T18:05:17Z","noExpiry":true}}',
  asset: `{"transactionId":"${SESSION_ID}","characterId":12,"compartmentId":"${SESSION_ID}","assetId":177,"templateId":1302000,"slot":-11,"type":"MOVED","body":{"oldSlot":3,"createdAt":"2026-02-03T18:01:57Z"}}`,
  character: `{"transactionId":"${SESSION_ID}","worldId":0,"characterId":12,"type":"STAT_CHANGED","body":{"channelId":1,"exclRequestSent":true,"updates":["MAX_HP"],"values":{"max_hp":500}}}`,
  skill: `{"transactionId":"${SESSION_ID}","worldId":0,"characterId":12,"skillId":1000001,"type":"UPDATED","body":{"level":10,"masterLevel":0,"expiration":"0001-01-01T00:00:00Z"}}`,
};

const glance = (text: string) => glanceCharacterId(Buffer.from(text));

describe('a glance at whose event it is', () => {
  for (const stream of STREAMS) {
    test(`given a ${stream} event as Atlas writes it, then it tells the character`, () => {
      assert.equal(glance(VALID[stream]), 12);
    });
  }

  test('given the highest id, 0, and an id at the end, then it tells them', () => {
    assert.equal(glance('{"characterId":4294967295,"type":"X"}'), 4_294_967_295);
    assert.equal(glance('{"characterId":0,"type":"X"}'), 0);
    assert.equal(glance('{"type":"X","done":true,"none":null,"part":-1.5e3,"characterId":7}'), 7);
  });

  const unusual = {
    'another case': '{"CharacterId":12}',
    'a blank': '{ "characterId":12}',
    'a blank after the colon': '{"characterId": 12}',
    'a list': '["characterId",12]',
    'an object before it': '{"body":{"a":1},"characterId":12}',
    'it only in the body': '{"type":"X","body":{"characterId":12}}',
    'it twice': '{"characterId":12,"characterId":13}',
    'it in the body as well': '{"characterId":12,"body":{"characterId":13}}',
    'an escape that spells it': '{"characterId":12,"character\\u0049d":13}',
    'an escape before it': '{"a":"\\"","characterId":12}',
    text: '{"characterId":"12"}',
    'a fraction': '{"characterId":12.0}',
    'an exponent': '{"characterId":1e2}',
    'a sign': '{"characterId":-1}',
    'a zero in front': '{"characterId":012}',
    'no number': '{"characterId":}',
    'more than uint32': '{"characterId":4294967296}',
    'an end within the number': '{"characterId":12',
    'an end within a string': '{"type":"characterId',
    'no end': '{"type":"X"',
    nothing: '',
  };
  for (const [what, value] of Object.entries(unusual)) {
    test(`given ${what}, then it does not say`, () => {
      assert.equal(glance(value), undefined);
    });
  }
});

describe('whatever a value holds', () => {
  const fragments = [
    ...['{', '}', '[', ']', '"', ':', ',', '\\', ' ', '\n', '0', '13', '-1', '.5', 'e2', 'null', '"x"', '\u0000'],
    ...[
      '"characterId":13,',
      '"CharacterId":13,',
      ',"characterId":13',
      '"character\\u0049d":13,',
      '"body":{"characterId":13},',
    ],
    ...['"characterId"', 'characterId', '"__proto__":{"characterId":13},', '"a":"{\\"characterId\\":13}",'],
  ];
  const edit = fc.record({
    at: fc.nat({ max: 400 }),
    removed: fc.oneof(fc.constant(0), fc.nat({ max: 30 })),
    fragment: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 4 })),
  });
  const hostile = fc.tuple(fc.constantFrom<Stream>(...STREAMS), fc.array(edit, { maxLength: 4 }));

  test('given any changes of a valid event, then what is decoded from it is that character’s, or nobody’s', () => {
    let told = 0;
    fc.assert(
      fc.property(hostile, ([stream, edits]) => {
        let text = VALID[stream];
        for (const { at, removed, fragment } of edits) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + fragment + text.slice(from + removed);
        }
        const glanced = glance(text);
        if (glanced === undefined) return;
        told += 1;
        const decoded = decodedFrom(stream, text);
        if (decoded.type !== 'skip' && decoded.type !== 'dead') assert.equal(glanced, decoded.characterId, text);
      }),
      propertySettings({ numRuns: 20_000 }),
    );
    assert.ok(told > 1_000, `${told} told`);
  });
});

describe('the decoder of a shard', () => {
  const decoder = createDecoder({ isConcerned: (_tenant, characterId) => characterId === 12 });

  test('given events of somebody who does not concern it, then they are passed over, whatever follows', () => {
    for (const stream of STREAMS) {
      const foreign = VALID[stream].replace('"characterId":12', '"characterId":13').replace('"type":', '"type":!');
      assert.deepEqual(decoder.decode(encodedEvent(stream, foreign), undefined), {
        type: 'skip',
        reason: 'other-shard',
      });
    }
  });

  test('given events of somebody who does, and those that a glance does not tell, then they are decoded', () => {
    for (const stream of STREAMS) {
      assert.deepEqual(
        decoder.decode(encodedEvent(stream, VALID[stream]), undefined),
        decodedFrom(stream, VALID[stream]),
      );
    }
    const blank = VALID.skill.replace('"characterId":12', '"characterId": 13');
    assert.deepEqual(decoder.decode(encodedEvent('skill', blank), undefined), decodedFrom('skill', blank));
  });

  test('given an event without a tenant, then it is dead on every shard', () => {
    assert.equal(decoder.decode(encodedEvent('skill', VALID.skill, {}), undefined).type, 'dead');
  });
});
