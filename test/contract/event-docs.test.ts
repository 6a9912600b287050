/** docs/reference/events.md and asyncapi.json tell the truth: examples decode, and what real producers sent fits. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Value } from 'typebox/value';
import { encodeClampCommand } from '../../src/clamp/kafka/kafka-command-producer.ts';
import { tenantOf } from '../../src/domain/tenant.ts';
import { createDecoder } from '../../src/events/decoder.ts';
import { CLAMP_COMMAND, DOCUMENTED_EVENTS, DOCUMENTED_HEADERS } from '../../src/events/event-schemas.ts';
import type { Stream } from '../../src/events/stream.ts';
import { encodedRecord } from '../support/encoded-event.ts';

/** What each documented event is here, by the value of its `type`. */
const MEANING: Readonly<Record<string, string>> = {
  SessionCreated: 'session-created',
  SessionDestroyed: 'session-destroyed',
  BuffApplied: 'buff-applied',
  BuffExpired: 'buff-expired',
  BuffStatUpdated: 'buff-stat-updated',
  AssetMoved: 'asset-moved',
  AssetUpdated: 'asset-updated',
  AssetRemoved: 'asset-removed',
  StatChanged: 'base-changed',
  SkillChanged: 'skill-changed',
};

const CAPTURES: readonly (readonly [Stream, string])[] = [
  ['buff', 'atlas-buffs.json'],
  ['asset', 'atlas-inventory.json'],
  ['character', 'atlas-character.json'],
];

interface Captured {
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

function captured(file: string): readonly Captured[] {
  const text = readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8');
  const { kafka, records = kafka } = JSON.parse(text) as { kafka: Captured[]; records?: Captured[] };
  return records;
}

const headers = DOCUMENTED_HEADERS.map(({ name, bytes }) => [Buffer.from(name), bytes] as const);
const decoded = (stream: Stream, event: object) =>
  createDecoder({}).decode(encodedRecord({ stream, headers, value: Buffer.from(JSON.stringify(event)) }), undefined);

describe('the documented events', () => {
  for (const { name, stream, types, example, schema } of DOCUMENTED_EVENTS) {
    for (const type of types) {
      test(`given the example of ${name} with type ${type}, when it is decoded, then it is what the page says`, () => {
        const event = { ...example, type };
        const { type: meaning, ...rest } = decoded(stream, event);
        assert.equal(meaning, MEANING[name], JSON.stringify(rest));
        assert.ok('tenant' in rest && rest.tenant.key === '083839c6-c47c-42a6-9585-76492795d123/GMS/83/1');
        assert.deepEqual(Value.Errors(schema, event), []);
      });
    }
  }

  test('given a header less, when the others come, then exactly the needed ones are missed', () => {
    const event = DOCUMENTED_EVENTS[0];
    assert.ok(event !== undefined);
    for (const { name, required } of DOCUMENTED_HEADERS) {
      const others = headers.filter(([other]) => other.toString() !== name);
      const value = Buffer.from(JSON.stringify(event.example));
      const { type } = createDecoder({}).decode(
        encodedRecord({ stream: event.stream, headers: others, value }),
        undefined,
      );
      assert.equal(type === 'dead', required, name);
    }
  });

  for (const [stream, file] of CAPTURES) {
    test(`given what real services sent (${file}), when it is held against the schemas, then it fits`, () => {
      let fitting = 0;
      for (const record of captured(file)) {
        assert.equal(record.headers['MAJOR_VERSION'], 'hex:0053');
        const event = JSON.parse(record.value);
        const documented = DOCUMENTED_EVENTS.find((one) => one.stream === stream && one.types.includes(event.type));
        if (documented === undefined) continue;
        assert.deepEqual(Value.Errors(documented.schema, event), [], record.value);
        fitting += 1;
      }
      assert.ok(fitting > 5);
    });
  }

  test('given a clamp command as it is produced, when it is held against its schema, then it fits', () => {
    const tenant = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
    const command = {
      ...{ tenant, characterId: 12, worldId: 0, channelId: 1, type: 'CLAMP_HP' as const, maxValue: 500 },
      context: undefined,
    };
    const encoded = encodeClampCommand(command, CLAMP_COMMAND.example.transactionId);
    assert.deepEqual(JSON.parse(encoded.value.toString()), CLAMP_COMMAND.example);
    assert.deepEqual(Value.Errors(CLAMP_COMMAND.schema, CLAMP_COMMAND.example), []);
    const sent = new Map([...encoded.headers].map(([name, value]) => [name.toString(), value]));
    for (const { name, required, bytes } of DOCUMENTED_HEADERS)
      if (required) assert.deepEqual(sent.get(name), bytes, name);
  });
});
