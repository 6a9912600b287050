import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Part } from '../../src/domain/part.ts';
import type { PartSnapshot } from '../../src/domain/snapshot.ts';
import { SERVICE_OF_PART } from '../../src/upstream/port.ts';
import { answerWith, createStubbedUpstream, STUB_TENANT, startUpstreamStub } from '../support/upstream-stub.ts';

const Fixture = Type.Object({
  rest: Type.Record(Type.String(), Type.Object({ status: Type.Integer(), body: Type.String() })),
});

function restOf(file: string) {
  const text = readFileSync(new URL(`../fixtures/${file}.json`, import.meta.url), 'utf8');
  return Value.Decode(Fixture, JSON.parse(text)).rest;
}

const CHARACTER_ID = 12;
const at = (time: string): number => Date.parse(time);

/** `sourceId statType`: amount, level and times, of the answer `buffed`. */
const BUFFED = [
  [-2_002_004, 'WEAPON_ATTACK', 5, 0, '2026-11-23T16:36:52.451Z', 996_423, '2026-11-23T16:39:52.451Z'],
  [1_301_007, 'HYPER_BODY_HP', 60, 30, '2026-11-23T16:36:51.747Z', 623_037, '2026-11-23T16:41:51.747Z'],
  [1_301_007, 'HYPER_BODY_MP', 60, 30, '2026-11-23T16:36:51.747Z', 623_037, '2026-11-23T16:41:51.747Z'],
  [1_320_009, 'ACCURACY', 20, 25, '2026-11-23T16:36:55.966Z', 38_420, '2026-11-23T16:36:58.966Z'],
  [1_320_009, 'WEAPON_DEFENSE', 40, 25, '2026-11-23T16:36:55.263Z', 137_948, '2026-11-23T16:37:55.263Z'],
  [15_100_004, 'ENERGY_CHARGE', 500, 10, '2026-11-23T16:36:54.559Z', 905_233, undefined],
  [4_101_004, 'SPEED', 10, 3, '2026-11-23T16:36:51.044Z', 396_448, '2026-11-23T16:40:11.044Z'],
  [5_110_001, 'ENERGY_CHARGE', 15_000, 20, '2026-11-23T16:36:53.154Z', 278_458, undefined],
] as const;

const HELMET = {
  assetId: 179,
  templateId: 1_002_357,
  slot: -1,
  stats: { strength: 15, dexterity: 15, max_hp: 300, weapon_defense: 50 },
};
const OVERALL = { assetId: 181, templateId: 1_050_018, slot: -5, stats: { weapon_defense: 30 } };
const PANTS = { assetId: 182, templateId: 1_060_002, slot: -6, stats: { weapon_defense: 2 } };
const SWORD = { assetId: 178, templateId: 1_302_007, slot: -11, stats: { weapon_attack: 25 } };

/** What each captured answer says, by file and name; worn assets in the order of their slots. */
const TRUTH: Readonly<Record<string, { part: Part; answers: Readonly<Record<string, PartSnapshot | 'missing'>> }>> = {
  'atlas-character': {
    part: 'base',
    answers: {
      'a character': {
        part: 'base',
        values: {
          ...{ strength: 25, dexterity: 40, luck: 4, intelligence: 4, max_hp: 500, max_mp: 100 },
          ...{ level: 29, job: 400, fame: 3, gm: 0 },
        },
      },
      missing: 'missing',
      'at the end': {
        part: 'base',
        values: {
          ...{ strength: 4, dexterity: 4, luck: 4, intelligence: 4, max_hp: 684, max_mp: 163 },
          ...{ level: 30, job: 410, fame: 3, gm: 0 },
        },
      },
    },
  },
  'atlas-inventory': {
    part: 'equipment',
    answers: {
      before: { part: 'equipment', assets: [HELMET, PANTS] },
      'after the swap': { part: 'equipment', assets: [HELMET, PANTS, SWORD] },
      'after the overall': { part: 'equipment', assets: [HELMET, OVERALL] },
      'at the end': { part: 'equipment', assets: [] },
      'unknown character': { part: 'equipment', assets: [] },
    },
  },
  'atlas-buffs': {
    part: 'buffs',
    answers: {
      'never buffed': { part: 'buffs', buffs: [] },
      'after cancel all': { part: 'buffs', buffs: [] },
      buffed: {
        part: 'buffs',
        buffs: BUFFED.map(([sourceId, statType, amount, level, createdAt, ns, expiresAt]) => ({
          sourceId,
          statType,
          amount,
          level,
          createdAt: { ms: at(createdAt), ns },
          expiresAt: expiresAt === undefined ? undefined : at(expiresAt),
        })),
      },
    },
  },
};

describe('the captured answers of the real services', () => {
  let stub: Awaited<ReturnType<typeof startUpstreamStub>>;
  let upstream: ReturnType<typeof createStubbedUpstream>['upstream'];

  before(async () => {
    stub = await startUpstreamStub(answerWith('', 404));
    ({ upstream } = createStubbedUpstream(stub.url));
  });
  after(async () => {
    await upstream.close();
    await stub.close();
  });

  for (const [file, { part, answers }] of Object.entries(TRUTH)) {
    for (const [name, { status, body }] of Object.entries(restOf(file))) {
      it(`given ${file}, "${name}", then the ${SERVICE_OF_PART[part]} client reads what it says`, async () => {
        stub.handler = answerWith(body, status);
        const target = { tenant: STUB_TENANT, characterId: CHARACTER_ID, context: undefined };
        assert.deepEqual(inOrder(await upstream.fetch(part, target)), answers[name]);
      });
    }
  }
});

function inOrder(snapshot: PartSnapshot | 'missing'): PartSnapshot | 'missing' {
  if (snapshot === 'missing' || snapshot.part !== 'equipment') return snapshot;
  return { ...snapshot, assets: snapshot.assets.toSorted((a, b) => b.slot - a.slot) };
}
