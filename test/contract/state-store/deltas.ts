import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asset, BASE, TENANT } from '../../support/state-bench.ts';
import type { StoreBenches } from './benches.ts';

export function describeDeltas(name: string, { loggedIn }: StoreBenches): void {
  describe(`${name}: rule 1, deltas are provisional, re-reads decide`, () => {
    it('given loaded base, when STAT_CHANGED comes, then its values count at once and base is stale', async () => {
      const bench = await loggedIn();
      const outcome = await bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
      assert.equal(outcome, 'applied');
      assert.equal(bench.base('luck'), 38);
      assert.equal(bench.base('strength'), BASE.strength);
      assert.equal(bench.isStale('base'), true);
    });

    it('given values that are known, when STAT_CHANGED repeats them, then nothing is stale', async () => {
      const bench = await loggedIn();
      assert.equal(await bench.event({ type: 'base-changed', values: { luck: 4 }, incomplete: false }), 'unchanged');
      assert.equal(bench.isStale('base'), false);
    });

    it('symptom: a change that repeats a provisional value is undone by the confirming read owed to an earlier one', async () => {
      const bench = await loggedIn();
      await bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
      await bench.read({ part: 'base', values: BASE });
      bench.clock.pass(6_000);
      assert.equal(await bench.event({ type: 'base-changed', values: { luck: 4 }, incomplete: false }), 'hinted');
      await bench.read({ part: 'base', values: { ...BASE, luck: 38 } });
      bench.clock.pass(2_000);
      await bench.read({ part: 'base', values: BASE });
      assert.equal(bench.base('luck'), 4);
    });

    it('given a record older than the newest fetch less 5 s, then values stay and base is stale', async () => {
      const bench = await loggedIn();
      const recordTime = bench.clock.now() - 60_000 - 5_001;
      const event = { type: 'base-changed', values: { luck: 99 }, incomplete: false, recordTime } as const;
      assert.equal(await bench.event(event), 'hinted');
      assert.equal(bench.base('luck'), 4);
      assert.equal(bench.isStale('base'), true);
    });

    it('given a fetch in flight, then it counts as the newest fetch', async () => {
      const bench = await loggedIn();
      bench.store.request(TENANT, 12, 'base', 'reader');
      await bench.claim('base');
      const event = { type: 'base-changed', values: { luck: 99 }, incomplete: false } as const;
      await bench.event({ ...event, recordTime: bench.clock.now() - 5_001 });
      assert.equal(bench.base('luck'), 4);
    });

    it('given an event during a fetch, when the fetch returns, then the event stays and base is still stale', async () => {
      const bench = await loggedIn();
      bench.store.request(TENANT, 12, 'base', 'reader');
      const claim = await bench.claim('base');
      await bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
      await bench.merge(claim, { part: 'base', values: { ...BASE, strength: 30 } });
      assert.equal(bench.base('luck'), 38);
      assert.equal(bench.base('strength'), 30);
      assert.equal(bench.isStale('base'), true);
    });

    it('given an event before a fetch, when the fetch disagrees, then the fetch decides and base is fresh', async () => {
      const bench = await loggedIn();
      await bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
      await bench.read({ part: 'base', values: BASE });
      assert.equal(bench.base('luck'), 4);
      assert.equal(bench.isStale('base'), false);
    });

    it('given an unequip during a fetch, when the fetch still lists the asset, then it stays off', async () => {
      const bench = await loggedIn({ assets: [asset(1, -11)] });
      bench.store.request(TENANT, 12, 'equipment', 'reader');
      const claim = await bench.claim('equipment');
      await bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 4, oldSlot: -11 });
      assert.deepEqual(bench.worn(), []);
      await bench.merge(claim, { part: 'equipment', assets: [asset(1, -11)] });
      assert.deepEqual(bench.worn(), []);
      await bench.read({ part: 'equipment', assets: [asset(1, -11)] });
      assert.deepEqual(bench.worn(), [1], 'the next fetch decides');
    });

    it('given an asset that is not worn, when UPDATED names it, then it is not put on', async () => {
      const bench = await loggedIn();
      const stats = { strength: 5 };
      assert.equal(await bench.event({ type: 'asset-updated', assetId: 1, templateId: 1, slot: -11, stats }), 'hinted');
      assert.deepEqual(bench.worn(), []);
      assert.equal(bench.isStale('equipment'), true);
    });

    it('given a worn asset, when UPDATED or removed, then it changes at once', async () => {
      const bench = await loggedIn({ assets: [asset(1, -11), asset(2, -1)] });
      await bench.event({ type: 'asset-updated', assetId: 1, templateId: 1, slot: -11, stats: { luck: 9 } });
      await bench.event({ type: 'asset-removed', assetId: 2 });
      assert.deepEqual(bench.view().asset(1)?.asset.stats, { luck: 9 });
      assert.deepEqual(bench.worn(), [1]);
    });

    it('given a skill that was learnt in play, then it counts at once and passives are stale', async () => {
      const bench = await loggedIn();
      await bench.event({ type: 'skill-changed', skillId: 1000001, level: 10 });
      assert.equal(bench.view().skill(1000001)?.skill.level, 10);
      assert.equal(bench.isStale('passives'), true);
    });

    it('given a skill forgotten during a fetch, when the fetch lists it, then it stays forgotten', async () => {
      const bench = await loggedIn({ skills: [[1000001, 3]] });
      bench.store.request(TENANT, 12, 'passives', 'reader');
      const claim = await bench.claim('passives');
      await bench.event({ type: 'skill-changed', skillId: 1000001, level: 0 });
      await bench.merge(claim, { part: 'passives', skills: [{ skillId: 1000001, level: 3 }] });
      assert.equal(bench.view().skill(1000001)?.skill.level, 0);
    });
  });
}
