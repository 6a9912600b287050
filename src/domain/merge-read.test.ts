import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HEARD_AT, NOW, readPart } from '../../test/support/hearing.ts';
import { asset, BASE, buffStat, instant } from '../../test/support/state-bench.ts';
import type { Parts } from './character.ts';
import { mergeRead } from './merge-read.ts';
import { PARTS } from './part.ts';
import { packAssets, packBase, packBuffs, packSkills } from './rows.ts';
import type { PartSnapshot } from './snapshot.ts';

const SWORD = asset(2, -11);
const HASTE = buffStat(4001003, 'SPEED', 40, instant(NOW));
const NIMBLE = { skillId: 4000000, level: 3 };
const HELD: Parts = {
  base: readPart(packBase(BASE)),
  equipment: readPart(packAssets([SWORD])),
  buffs: readPart({ row: packBuffs([HASTE]), endedUntil: Number.NEGATIVE_INFINITY }),
  passives: readPart(packSkills([NIMBLE])),
};

const SAME: readonly PartSnapshot[] = [
  { part: 'base', values: { ...BASE } },
  { part: 'equipment', assets: [{ ...SWORD }] },
  { part: 'buffs', buffs: [{ ...HASTE }] },
  { part: 'passives', skills: [{ ...NIMBLE }] },
];
const OTHER: readonly PartSnapshot[] = [
  { part: 'base', values: { ...BASE, luck: 5 } },
  { part: 'equipment', assets: [{ ...SWORD, stats: { luck: 5 } }] },
  { part: 'buffs', buffs: [{ ...HASTE, amount: 20 }] },
  { part: 'passives', skills: [{ ...NIMBLE, level: 4 }] },
];

function absorbed(snapshot: PartSnapshot, parts = HELD, began = HEARD_AT) {
  return mergeRead(parts, snapshot, began, { now: NOW, mono: HEARD_AT + 500 });
}

describe('a read of each part is absorbed', () => {
  it('given the same as is held, then no value shows otherwise; given other values, then it does', () => {
    assert.deepEqual(
      SAME.map((snapshot) => absorbed(snapshot).changed),
      [false, false, false, false],
    );
    assert.deepEqual(
      OTHER.map((snapshot) => absorbed(snapshot).changed),
      [true, true, true, true],
    );
  });

  it('given a read, then its part began when the read did, and no part was changed in place', () => {
    const before = structuredClone(HELD);
    for (const snapshot of OTHER) assert.equal(absorbed(snapshot).part.began, HEARD_AT);
    assert.deepEqual(HELD, before);
  });

  it('given a fact that lies over the read before, when a read says what it said, then no value shows otherwise', () => {
    const facts = [{ field: 'luck', value: 5, heardAt: HEARD_AT - 3_000 }] as const;
    const { part, changed } = absorbed(
      { part: 'base', values: { ...BASE, luck: 5 } },
      {
        ...HELD,
        base: { ...HELD.base, heard: facts },
      },
    );
    assert.equal(changed, false);
    assert.equal(part.doubt, undefined);
  });

  it('given a fact of each part within 2 s, when the read disagrees, then the part is doubted; when it agrees, then not', () => {
    const heardAt = HEARD_AT - 1_000;
    const parts: Parts = {
      base: { ...HELD.base, heard: [{ field: 'luck', value: 5, heardAt }] },
      equipment: { ...HELD.equipment, heard: [{ assetId: 2, stats: { luck: 5 }, heardAt, showsAt: heardAt }] },
      buffs: { ...HELD.buffs, heard: [{ kind: 'began', buff: { ...HASTE, amount: 20 }, updatedAt: NOW, heardAt }] },
      passives: { ...HELD.passives, heard: [{ skillId: NIMBLE.skillId, level: 4, heardAt }] },
    };
    const isDoubted = (snapshot: PartSnapshot) => absorbed(snapshot, parts).part.doubt !== undefined;
    assert.deepEqual(SAME.map(isDoubted), [true, true, true, true]);
    assert.deepEqual(OTHER.map(isDoubted), [false, false, false, false]);
  });
});

it('given the parts, then there is a read of each', () => {
  assert.deepEqual(
    SAME.map(({ part }) => part),
    [...PARTS],
  );
});
