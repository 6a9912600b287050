import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventOf, HEARD_AT, hearing, NOW, readPart } from '../../../test/support/hearing.ts';
import { asset, loggedIn } from '../../../test/support/state-bench.ts';
import { packAssets } from '../rows.ts';
import {
  contradictedByEquipment,
  type EquipmentPart,
  hearAsset,
  nextTakeOffAt,
  sameWorn,
  wornOf,
} from './equipment.ts';

const [HAT, SWORD] = [asset(1, -1), asset(2, -11)];
const READ: EquipmentPart = readPart(packAssets([HAT, SWORD]));
const OLD = NOW - 65_001;
const SHOWN_AT = HEARD_AT + 250;

function moved(assetId: number, oldSlot: number, slot: number, recordTime = NOW) {
  return eventOf<'asset-moved'>({ type: 'asset-moved', assetId, templateId: 1, slot, oldSlot, recordTime });
}

function removed(assetId: number, recordTime = NOW) {
  return eventOf<'asset-removed'>({ type: 'asset-removed', assetId, recordTime });
}

function updated(assetId: number, stats: Readonly<Record<string, number>> | undefined, recordTime = NOW) {
  return eventOf<'asset-updated'>({ type: 'asset-updated', assetId, templateId: 1, slot: -11, stats, recordTime });
}

function idsIn(part: EquipmentPart, mono: number): number[] {
  return wornOf(part, mono).map(({ assetId }) => assetId);
}

describe('something comes off', () => {
  it('given an unequip or a removal, then it shows after 250 ms, and equipment is doubted at once', () => {
    for (const event of [moved(2, -11, 4), removed(2)]) {
      const { part, outcome } = hearAsset(READ, event, hearing());
      assert.equal(outcome, 'applied');
      assert.notEqual(part.doubt, undefined);
      assert.deepEqual(idsIn(part, SHOWN_AT - 1), [1, 2]);
      assert.deepEqual(idsIn(part, SHOWN_AT), [1]);
    }
  });

  it('given an asset that is not known to be worn, then its take-off is remembered: a read may be about to list it', () => {
    const { part, outcome } = hearAsset(READ, removed(9), hearing());
    assert.equal(outcome, 'hinted');
    assert.deepEqual(part.heard, [{ assetId: 9, stats: undefined, heardAt: HEARD_AT, showsAt: SHOWN_AT }]);
  });

  it('given a take-off and an equip of the same asset, then the equip cancels the take-off', () => {
    const off = hearAsset(READ, moved(2, -11, 7), hearing());
    const { part } = hearAsset(off.part, moved(2, 7, -11), hearing({ mono: HEARD_AT + 1 }));
    assert.deepEqual(idsIn(part, SHOWN_AT + 1_000), [1, 2]);
  });

  it('given a record older than the last read by more than 5 s, then it is only a doubt', () => {
    for (const event of [moved(2, -11, 4, OLD), removed(2, OLD)]) {
      const { part, outcome } = hearAsset(READ, event, hearing());
      assert.equal(outcome, 'hinted');
      assert.deepEqual(part.heard, []);
      assert.notEqual(part.doubt, undefined);
    }
  });

  it('given take-offs, then the next to show is the earliest whose time is to come', () => {
    const first = hearAsset(READ, removed(1), hearing());
    const { part } = hearAsset(first.part, removed(2), hearing({ mono: HEARD_AT + 100, takenAt: HEARD_AT + 100 }));
    assert.equal(nextTakeOffAt(part, HEARD_AT + 100), SHOWN_AT);
    assert.equal(nextTakeOffAt(part, SHOWN_AT), SHOWN_AT + 100);
    assert.equal(nextTakeOffAt(part, SHOWN_AT + 100), Number.POSITIVE_INFINITY);
  });

  it('given an unequip during a read, when the read still lists the asset, then it stays off', () => {
    const bench = loggedIn({ assets: [asset(1, -11)] });
    bench.request('equipment');
    const claim = bench.claim('equipment');
    bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 4, oldSlot: -11 });
    bench.clock.pass(251);
    assert.deepEqual(bench.worn(), []);
    bench.merge(claim, { part: 'equipment', assets: [asset(1, -11)] });
    assert.deepEqual(bench.worn(), []);
    bench.read({ part: 'equipment', assets: [asset(1, -11)] });
    assert.deepEqual(bench.worn(), [1], 'the next read decides');
  });
});

describe('something is put on, or may have been', () => {
  it('given an equip, a move between worn slots or an event of another kind, then it is only a doubt', () => {
    for (const event of [
      moved(9, 4, -11),
      moved(2, -11, -10),
      eventOf<'equipment-touched'>({ type: 'equipment-touched' }),
    ]) {
      const { part, outcome } = hearAsset(READ, event, hearing());
      assert.equal(outcome, 'hinted');
      assert.notEqual(part.doubt, undefined);
      assert.deepEqual(idsIn(part, SHOWN_AT), [1, 2]);
    }
  });
});

describe('something worn is updated', () => {
  it('given new stats, then they count at once; given those that are known on a settled part, then nothing changes', () => {
    const { part, outcome } = hearAsset(READ, updated(2, { luck: 9 }), hearing());
    assert.equal(outcome, 'applied');
    assert.deepEqual(wornOf(part, HEARD_AT), [HAT, { ...SWORD, stats: { luck: 9 } }]);
    assert.deepEqual(hearAsset(READ, updated(2, SWORD.stats), hearing()), { part: READ, outcome: 'unchanged' });
  });

  it('given known stats while a read is wanted, then they are remembered: that read may carry older ones', () => {
    const { part, outcome } = hearAsset(READ, updated(2, SWORD.stats), hearing({ quiet: false }));
    assert.equal(outcome, 'hinted');
    assert.deepEqual(part.heard, [{ assetId: 2, stats: SWORD.stats, heardAt: HEARD_AT, showsAt: HEARD_AT }]);
  });

  it('given an asset that is not worn, no stats, or an old record, then it is only a doubt', () => {
    for (const event of [updated(9, { luck: 9 }), updated(2, undefined), updated(2, { luck: 9 }, OLD)]) {
      const { part, outcome } = hearAsset(READ, event, hearing());
      assert.equal(outcome, 'hinted');
      assert.notEqual(part.doubt, undefined);
      assert.deepEqual(wornOf(part, SHOWN_AT), [HAT, SWORD]);
    }
  });

  it('given an asset that comes off, when it is updated, then it comes off all the same', () => {
    const off = hearAsset(READ, removed(2), hearing());
    const { part, outcome } = hearAsset(off.part, updated(2, { luck: 9 }), hearing({ mono: HEARD_AT + 1 }));
    assert.equal(outcome, 'hinted');
    assert.deepEqual(idsIn(part, SHOWN_AT), [1]);
  });
});

it('given a read, then it contradicts a take-off that it still lists, and other stats; what it does not list is no contradiction', () => {
  const row = packAssets([SWORD]);
  const fact = (assetId: number, stats: EquipmentPart['heard'][number]['stats']) => ({
    assetId,
    stats,
    heardAt: 0,
    showsAt: 0,
  });
  assert.equal(contradictedByEquipment(row)(fact(2, undefined)), true);
  assert.equal(contradictedByEquipment(row)(fact(2, { luck: 9 })), true);
  assert.equal(contradictedByEquipment(row)(fact(2, { ...SWORD.stats })), false);
  assert.equal(contradictedByEquipment(row)(fact(1, undefined)), false);
  assert.equal(contradictedByEquipment(row)(fact(1, { luck: 9 })), false);
});

it('given two lists of what is worn, then they are the same in any order, with equal slots and stats', () => {
  assert.equal(sameWorn([HAT, SWORD], [SWORD, { ...HAT, stats: { ...HAT.stats } }]), true);
  assert.equal(sameWorn([HAT], [HAT, SWORD]), false);
  assert.equal(sameWorn([HAT], [{ ...HAT, slot: -2 }]), false);
  assert.equal(sameWorn([HAT], [{ ...HAT, stats: { luck: 1 } }]), false);
});
