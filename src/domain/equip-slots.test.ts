import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displacedBy, roomAmong, slotsOf } from './equip-slots.ts';
import type { WornAsset } from './snapshot.ts';

function worn(templateId: number, slot: number): WornAsset {
  return { assetId: templateId, templateId, slot, stats: {} };
}

const HAT = worn(1_002_357, -1);
const TOP = worn(1_040_002, -5);
const OVERALL = worn(1_052_071, -5);
const PANTS = worn(1_060_002, -6);
const SHIELD = worn(1_092_030, -10);
const SWORD = worn(1_302_000, -11);
const POLEARM = worn(1_442_024, -11);
const GUN = worn(1_492_020, -11);
const CLAW = worn(1_472_030, -11);

const CASES: readonly (readonly [string, WornAsset, readonly WornAsset[], readonly WornAsset[]])[] = [
  ['an occupied slot', worn(1_002_001, -1), [HAT, TOP], [HAT]],
  ['a free slot', HAT, [TOP, PANTS], []],
  ['an overall over top and pants', OVERALL, [TOP, PANTS, HAT], [TOP, PANTS]],
  ['pants under an overall', PANTS, [OVERALL, HAT], [OVERALL]],
  ['pants under a top', PANTS, [TOP], []],
  ['a two-handed weapon beside a shield', POLEARM, [SWORD, SHIELD], [SWORD, SHIELD]],
  ['a gun beside a shield', GUN, [SHIELD], [SHIELD]],
  ['a claw beside a shield', CLAW, [SHIELD], [SHIELD]],
  ['a one-handed weapon beside a shield', SWORD, [SHIELD], []],
  ['a shield beside a two-handed weapon', SHIELD, [POLEARM], [POLEARM]],
  ['a shield beside a one-handed weapon', SHIELD, [SWORD], []],
  ['an overall for looks', worn(1_052_071, -105), [TOP, PANTS], []],
];

for (const [what, item, before, expected] of CASES) {
  test(`given ${what}, when it is put on, then what is in its way comes off`, () => {
    assert.deepEqual(displacedBy(item, before), expected);
  });
}

test('given templates of every kind, when their slots are asked for, then they are those of v83', () => {
  assert.deepEqual(slotsOf(1_002_357, false), [-1]);
  assert.deepEqual(slotsOf(1_052_071, false), [-5]);
  assert.deepEqual(slotsOf(1_442_024, false), [-11]);
  assert.deepEqual(slotsOf(1_702_000, true), [-111]);
  assert.deepEqual(slotsOf(1_102_142, true), [-109]);
  assert.deepEqual(slotsOf(1_112_401, false), [-12, -13, -15, -16]);
  assert.deepEqual(slotsOf(2_000_000, false), []);
});

test('given rings, when another is put on, then it goes where there is room, else to the first', () => {
  const slots = slotsOf(1_112_401, false);
  assert.equal(roomAmong(slots, []), -12);
  assert.equal(roomAmong(slots, [worn(1, -12), worn(2, -15)]), -13);
  assert.equal(
    roomAmong(
      slots,
      slots.map((slot) => worn(1, slot)),
    ),
    -12,
  );
  assert.equal(roomAmong([], []), undefined);
});
