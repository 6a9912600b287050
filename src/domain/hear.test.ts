import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventOf, hearing, NOW, readPart } from '../../test/support/hearing.ts';
import { asset, BASE, instant } from '../../test/support/state-bench.ts';
import type { Parts } from './character.ts';
import { hear, type PartEvent, partOf } from './hear.ts';
import type { Part } from './part.ts';
import { packAssets, packBase, packBuffs, packSkills } from './rows.ts';

const PARTS: Parts = {
  base: readPart(packBase(BASE)),
  equipment: readPart(packAssets([asset(2, -11)])),
  buffs: readPart({ row: packBuffs([]), endedUntil: Number.NEGATIVE_INFINITY }),
  passives: readPart(packSkills([])),
};
const BUFF = { sourceId: 7, level: 1, changes: [{ type: 'SPEED', amount: 40 }], createdAt: instant(NOW) } as const;
const ASSET = { assetId: 2, templateId: 1, slot: -11 } as const;

const EVENTS: readonly (readonly [Part, PartEvent])[] = [
  ['base', eventOf<'base-changed'>({ type: 'base-changed', values: { luck: 38 }, incomplete: false })],
  ['equipment', eventOf<'asset-moved'>({ type: 'asset-moved', ...ASSET, slot: 4, oldSlot: -11 })],
  ['equipment', eventOf<'asset-updated'>({ type: 'asset-updated', ...ASSET, stats: { luck: 9 } })],
  ['equipment', eventOf<'asset-removed'>({ type: 'asset-removed', assetId: 2 })],
  ['equipment', eventOf<'equipment-touched'>({ type: 'equipment-touched' })],
  ['buffs', eventOf<'buff-applied'>({ type: 'buff-applied', ...BUFF, expiresAt: undefined })],
  ['buffs', eventOf<'buff-expired'>({ type: 'buff-expired', sourceId: 7, statTypes: [], createdAt: instant(NOW) })],
  ['buffs', eventOf<'buff-stat-updated'>({ type: 'buff-stat-updated', ...BUFF })],
  ['passives', eventOf<'skill-changed'>({ type: 'skill-changed', skillId: 4000000, level: 1 })],
];

for (const [part, event] of EVENTS) {
  test(`given ${event.type}, when it is heard, then it changes ${part}, and what is held is left as it was`, () => {
    const before = structuredClone(PARTS);
    assert.equal(partOf(event), part);
    const change = hear(PARTS, event, hearing());
    assert.notEqual(change.part, PARTS[part]);
    assert.equal(change.part.read, PARTS[part].read);
    assert.deepEqual(PARTS, before);
  });
}
