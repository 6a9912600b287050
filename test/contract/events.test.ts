import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createDecoder } from '../../src/events/decoder.ts';
import type { Stream } from '../../src/events/stream.ts';
import { encodedHeaders, encodedRecord } from '../support/encoded-event.ts';

/*
 * Every record that was captured from the real services (test/fixtures/README.md), in order, with what it means written
 * out: an event without what all of them share, or the reason why it is skipped.
 */

interface Captured {
  readonly step: string;
  readonly timestamp: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

const TENANT = {
  id: '083839c6-c47c-42a6-9585-76492795d123',
  region: 'GMS',
  majorVersion: 83,
  minorVersion: 1,
  key: '083839c6-c47c-42a6-9585-76492795d123/GMS/83/1',
};

type Answer = string | Readonly<Record<string, unknown>>;

const at = (time: string, ns: number) => ({ ms: Date.parse(`2026-11-23T${time}Z`), ns });
const until = (time: string) => Date.parse(`2026-11-23T${time}Z`);

const BUFFS: readonly Answer[] = [
  {
    type: 'buff-applied',
    sourceId: 4101004,
    level: 20,
    changes: [
      { type: 'SPEED', amount: 40 },
      { type: 'JUMP', amount: 20 },
    ],
    createdAt: at('16:36:50.340', 746287),
    expiresAt: until('16:40:10.340'),
  },
  {
    type: 'buff-applied',
    sourceId: 4101004,
    level: 3,
    changes: [{ type: 'SPEED', amount: 10 }],
    createdAt: at('16:36:51.044', 396448),
    expiresAt: until('16:40:11.044'),
  },
  {
    type: 'buff-applied',
    sourceId: 1301007,
    level: 30,
    changes: [
      { type: 'HYPER_BODY_HP', amount: 60 },
      { type: 'HYPER_BODY_MP', amount: 60 },
    ],
    createdAt: at('16:36:51.747', 623037),
    expiresAt: until('16:41:51.747'),
  },
  {
    type: 'buff-applied',
    sourceId: -2002004,
    level: 0,
    changes: [{ type: 'WEAPON_ATTACK', amount: 5 }],
    createdAt: at('16:36:52.451', 996423),
    expiresAt: until('16:39:52.451'),
  },
  {
    type: 'buff-applied',
    sourceId: 5110001,
    level: 20,
    changes: [{ type: 'ENERGY_CHARGE', amount: 3000 }],
    createdAt: at('16:36:53.154', 278458),
    expiresAt: undefined,
  },
  {
    type: 'buff-stat-updated',
    sourceId: 5110001,
    level: 20,
    changes: [{ type: 'ENERGY_CHARGE', amount: 15000 }],
    createdAt: at('16:36:53.154', 278458),
  },
  {
    type: 'buff-applied',
    sourceId: 15100004,
    level: 10,
    changes: [{ type: 'ENERGY_CHARGE', amount: 500 }],
    createdAt: at('16:36:54.559', 905233),
    expiresAt: undefined,
  },
  {
    type: 'buff-applied',
    sourceId: 1320009,
    level: 25,
    changes: [{ type: 'WEAPON_DEFENSE', amount: 40 }],
    createdAt: at('16:36:55.263', 137948),
    expiresAt: until('16:37:55.263'),
  },
  {
    type: 'buff-applied',
    sourceId: 1320009,
    level: 25,
    changes: [{ type: 'ACCURACY', amount: 20 }],
    createdAt: at('16:36:55.966', 38420),
    expiresAt: until('16:36:58.966'),
  },
  { type: 'buff-expired', sourceId: 4101004, statTypes: ['SPEED'], createdAt: at('16:36:51.044', 396448) },
  {
    type: 'buff-expired',
    sourceId: 1301007,
    statTypes: ['HYPER_BODY_HP', 'HYPER_BODY_MP'],
    createdAt: at('16:36:51.747', 623037),
  },
  { type: 'buff-expired', sourceId: 1320009, statTypes: ['ACCURACY'], createdAt: at('16:36:55.966', 38420) },
  { type: 'buff-expired', sourceId: -2002004, statTypes: ['WEAPON_ATTACK'], createdAt: at('16:36:52.451', 996423) },
  { type: 'buff-expired', sourceId: 1320009, statTypes: ['WEAPON_DEFENSE'], createdAt: at('16:36:55.263', 137948) },
  { type: 'buff-expired', sourceId: 15100004, statTypes: ['ENERGY_CHARGE'], createdAt: at('16:36:54.559', 905233) },
  { type: 'buff-expired', sourceId: 5110001, statTypes: ['ENERGY_CHARGE'], createdAt: at('16:36:53.154', 278458) },
];

const ASSETS: readonly Answer[] = [
  { type: 'asset-moved', assetId: 177, templateId: 1302000, slot: -11, oldSlot: 3 },
  { type: 'asset-moved', assetId: 178, templateId: 1302007, slot: -11, oldSlot: 4 },
  { type: 'asset-updated', assetId: 178, templateId: 1302007, slot: -11, stats: { weapon_attack: 30 } },
  { type: 'asset-moved', assetId: 178, templateId: 1302007, slot: 7, oldSlot: -11 },
  { type: 'asset-moved', assetId: 180, templateId: 1040002, slot: -5, oldSlot: 5 },
  { type: 'asset-moved', assetId: 181, templateId: 1050018, slot: -5, oldSlot: 6 },
  { type: 'asset-moved', assetId: 182, templateId: 1060002, slot: 1, oldSlot: -6 },
  'not-worn',
  { type: 'asset-removed', assetId: 179 },
  { type: 'asset-removed', assetId: 181 },
];

const CHARACTERS: readonly Answer[] = [
  'other-type',
  { type: 'base-changed', values: { strength: 30 }, incomplete: false },
  { type: 'base-changed', values: { max_hp: 516 }, incomplete: false },
  'other-type',
  { type: 'base-changed', values: {}, incomplete: true },
  { type: 'base-changed', values: { intelligence: 4, max_hp: 538, max_mp: 115 }, incomplete: false },
  'other-type',
  { type: 'base-changed', values: {}, incomplete: true },
  { type: 'base-changed', values: { intelligence: 4, max_hp: 684, max_mp: 163 }, incomplete: false },
  'no-base-change',
  'no-base-change',
  { type: 'base-changed', values: { strength: 29, luck: 5 }, incomplete: false },
  { type: 'base-changed', values: { strength: 4, dexterity: 4, intelligence: 4, luck: 4 }, incomplete: false },
];

const CAPTURES: readonly { readonly file: string; readonly stream: Stream; readonly answers: readonly Answer[] }[] = [
  { file: 'atlas-buffs.json', stream: 'buff', answers: BUFFS },
  { file: 'atlas-inventory.json', stream: 'asset', answers: ASSETS },
  { file: 'atlas-character.json', stream: 'character', answers: CHARACTERS },
];

for (const { file, stream, answers } of CAPTURES) {
  describe(`events captured in ${file}`, () => {
    const records = captured(file);
    const decoder = createDecoder({});

    test('given the capture, when counted, then every record has its answer', () => {
      assert.equal(records.length, answers.length);
    });

    for (const [index, record] of records.entries()) {
      test(`given record ${index}: ${record.step}, when decoded, then it is the known event`, () => {
        const decoded = decoder.decode(
          encodedRecord({
            stream,
            timestamp: Number(record.timestamp),
            headers: encodedHeaders(headersOf(record)),
            value: Buffer.from(record.value),
          }),
          undefined,
        );
        assert.deepEqual(decoded, expected(record, answers[index] ?? 'no answer'));
      });
    }
  });
}

function expected(record: Captured, answer: Answer): unknown {
  if (typeof answer === 'string') return { type: 'skip', reason: answer };
  return {
    tenant: TENANT,
    characterId: 12,
    recordTime: Number(record.timestamp),
    context: { traceparent: record.headers.traceparent },
    backlog: undefined,
    replayed: false,
    ...answer,
  };
}

function captured(file: string): readonly Captured[] {
  const capture: { readonly kafka: readonly Captured[] } = JSON.parse(
    readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8'),
  );
  return capture.kafka;
}

/** The capture writes bytes that are no text as `hex:…`. */
function headersOf(record: Captured): Record<string, string | Buffer> {
  return Object.fromEntries(
    Object.entries(record.headers).map(([name, value]) => [
      name,
      value.startsWith('hex:') ? Buffer.from(value.slice(4), 'hex') : value,
    ]),
  );
}
