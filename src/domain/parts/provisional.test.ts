import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asset, BASE, loggedIn } from '../../../test/support/state-bench.ts';

describe('changes are provisional, re-reads decide', () => {
  it('given loaded base, when STAT_CHANGED comes, then its values count at once and base is stale', () => {
    const bench = loggedIn();
    const outcome = bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
    assert.equal(outcome, 'applied');
    assert.equal(bench.base('luck'), 38);
    assert.equal(bench.base('strength'), BASE.strength);
    assert.equal(bench.isStale('base'), true);
  });

  it('given values that are known, when STAT_CHANGED repeats them, then nothing is stale', () => {
    const bench = loggedIn();
    assert.equal(bench.event({ type: 'base-changed', values: { luck: 4 }, incomplete: false }), 'unchanged');
    assert.equal(bench.isStale('base'), false);
  });

  it('symptom: a change that repeats a provisional value is undone by the confirming read owed to an earlier one', () => {
    const bench = loggedIn();
    bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
    bench.read({ part: 'base', values: BASE });
    bench.clock.pass(6_000);
    assert.equal(bench.event({ type: 'base-changed', values: { luck: 4 }, incomplete: false }), 'hinted');
    bench.read({ part: 'base', values: { ...BASE, luck: 38 } });
    bench.clock.pass(2_001);
    bench.read({ part: 'base', values: BASE });
    assert.equal(bench.base('luck'), 4);
  });

  it('given a record older than the newest fetch less 5 s, then values stay and base is stale', () => {
    const bench = loggedIn();
    const recordTime = bench.clock.now() - 60_000 - 5_001;
    const event = { type: 'base-changed', values: { luck: 99 }, incomplete: false, recordTime } as const;
    assert.equal(bench.event(event), 'hinted');
    assert.equal(bench.base('luck'), 4);
    assert.equal(bench.isStale('base'), true);
  });

  it('given an event during a fetch, when the fetch returns, then the event stays and base is still stale', () => {
    const bench = loggedIn();
    bench.request('base');
    const claim = bench.claim('base');
    bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
    bench.merge(claim, { part: 'base', values: { ...BASE, strength: 30 } });
    assert.equal(bench.base('luck'), 38);
    assert.equal(bench.base('strength'), 30);
    assert.equal(bench.isStale('base'), true);
  });

  it('given an event before a fetch, when the fetch disagrees, then it counts, in doubt, until another has decided', () => {
    const bench = loggedIn();
    bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
    bench.read({ part: 'base', values: BASE });
    assert.equal(bench.base('luck'), 4);
    assert.equal(bench.isStale('base'), true);
    bench.clock.pass(2_001);
    bench.read({ part: 'base', values: BASE });
    assert.equal(bench.freshness('base'), 'fresh');
  });

  it('given an unequip during a fetch, when the fetch still lists the asset, then it stays off', () => {
    const bench = loggedIn({ assets: [asset(1, -11)] });
    bench.request('equipment');
    const claim = bench.claim('equipment');
    bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 4, oldSlot: -11 });
    bench.clock.pass(251);
    assert.deepEqual(bench.worn(), []);
    bench.merge(claim, { part: 'equipment', assets: [asset(1, -11)] });
    assert.deepEqual(bench.worn(), []);
    bench.read({ part: 'equipment', assets: [asset(1, -11)] });
    assert.deepEqual(bench.worn(), [1], 'the next fetch decides');
  });

  it('given an asset that is not worn, when UPDATED names it, then it is not put on', () => {
    const bench = loggedIn();
    const stats = { strength: 5 };
    assert.equal(bench.event({ type: 'asset-updated', assetId: 1, templateId: 1, slot: -11, stats }), 'hinted');
    assert.deepEqual(bench.worn(), []);
    assert.equal(bench.isStale('equipment'), true);
  });

  it('given a worn asset, when UPDATED or removed, then it changes at once', () => {
    const bench = loggedIn({ assets: [asset(1, -11), asset(2, -1)] });
    bench.event({ type: 'asset-updated', assetId: 1, templateId: 1, slot: -11, stats: { luck: 9 } });
    bench.event({ type: 'asset-removed', assetId: 2 });
    bench.clock.pass(251);
    assert.deepEqual(bench.assets()[0]?.stats, { luck: 9 });
    assert.deepEqual(bench.worn(), [1]);
  });

  it('given a skill that was learnt in play, then it counts at once and passives are stale', () => {
    const bench = loggedIn();
    bench.event({ type: 'skill-changed', skillId: 1000001, level: 10 });
    assert.equal(bench.skill(1000001), 10);
    assert.equal(bench.isStale('passives'), true);
  });

  it('given a skill forgotten during a fetch, when the fetch lists it, then it stays forgotten', () => {
    const bench = loggedIn({ skills: [[1000001, 3]] });
    bench.request('passives');
    const claim = bench.claim('passives');
    bench.event({ type: 'skill-changed', skillId: 1000001, level: 0 });
    bench.merge(claim, { part: 'passives', skills: [{ skillId: 1000001, level: 3 }] });
    assert.equal(bench.skill(1000001), 0);
  });

  it('symptom: an overall over pants shows a character without pants before the overall came', () => {
    const pants = asset(1, -6, { max_hp: 50 });
    const bench = loggedIn({ assets: [pants] });
    bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 7, oldSlot: -6 });
    assert.deepEqual(bench.worn(), [1], 'what takes its place may be announced next');
    assert.equal(bench.isStale('equipment'), true);
    bench.clock.pass(20);
    bench.event({ type: 'asset-moved', assetId: 2, templateId: 2, slot: -5, oldSlot: 7 });
    bench.read({ part: 'equipment', assets: [asset(2, -5)] });
    assert.deepEqual(bench.worn(), [2]);
  });

  it('given a take-off, when no read has confirmed it for 250 ms, then it shows all the same', () => {
    const bench = loggedIn({ assets: [asset(1, -11)] });
    bench.event({ type: 'asset-removed', assetId: 1 });
    bench.clock.pass(249);
    assert.deepEqual(bench.worn(), [1]);
    bench.clock.pass(2);
    assert.deepEqual(bench.worn(), []);
  });

  it('given a take-off and an equip of the same item, then the equip cancels the take-off', () => {
    const bench = loggedIn({ assets: [asset(1, -11)] });
    bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 7, oldSlot: -11 });
    bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: -11, oldSlot: 7 });
    bench.clock.pass(1_000);
    assert.deepEqual(bench.worn(), [1]);
  });

  it('given a fact, when a read began 5 s after it, then it is forgotten; until then it is remembered', () => {
    const bench = loggedIn();
    bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
    bench.clock.pass(4_000);
    bench.read({ part: 'base', values: { ...BASE, luck: 38 } });
    assert.equal(bench.view().base.heard.length, 1);
    bench.clock.pass(1_001);
    bench.request('base');
    bench.read({ part: 'base', values: { ...BASE, luck: 38 } });
    assert.deepEqual(bench.view().base.heard, []);
  });

  it('given facts about ever new keys, then the oldest go beyond a bound', () => {
    const bench = loggedIn();
    for (let skillId = 1; skillId <= 5_000; skillId += 1) bench.event({ type: 'skill-changed', skillId, level: 1 });
    assert.equal(bench.view().passives.heard.length, 4_096);
    assert.equal(bench.skill(1), 0);
    assert.equal(bench.skill(5_000), 1);
  });
});
