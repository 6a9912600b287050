import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, buffStat, instant, TENANT } from '../../support/state-bench.ts';
import type { StoreBenches } from './benches.ts';

export function describeSessions(name: string, { setUp, loggedIn }: StoreBenches): void {
  describe(`${name}: sessions (architecture §2)`, () => {
    it('given an absent character, when a session is created, then it is resident and all parts are due', async () => {
      const bench = setUp();
      assert.equal(await bench.login(), 'applied');
      assert.equal(bench.view().resident, true);
      for (const part of ['base', 'equipment', 'buffs', 'passives'] as const) await bench.claim(part);
    });

    it('given a channel change in either order, when the old session ends, then the character stays', async () => {
      const bench = setUp();
      await bench.login('old');
      await bench.login('new');
      await bench.logout('old');
      assert.equal(bench.isHeld(), true);
      await bench.logout('new');
      assert.equal(bench.isHeld(), false);
    });

    it('given a DESTROYED before its CREATED, when the CREATED arrives, then nothing is resurrected', async () => {
      const bench = setUp();
      assert.equal(await bench.logout('s1'), 'not-held');
      assert.equal(await bench.login('s1'), 'outdated');
      assert.equal(bench.isHeld(), false);
    });

    it('symptom: a change announced just before a channel change is lost, because the new load is not confirmed', async () => {
      const bench = await loggedIn();
      await bench.event({ type: 'base-changed', values: {}, incomplete: true });
      await bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: -11, oldSlot: 4 });
      await bench.event({ type: 'skill-changed', skillId: 1000001, level: 4 });
      const createdAt = instant(bench.clock.now());
      const changes = [{ type: 'SPEED', amount: 40 }];
      await bench.event({ type: 'buff-applied', sourceId: 7, level: 1, changes, createdAt, expiresAt: undefined });
      await bench.logout('s1');
      await bench.login('s2');
      await bench.load();
      bench.clock.pass(2_000);
      for (const part of ['base', 'equipment', 'buffs', 'passives'] as const) await bench.claim(part);
    });

    it('symptom: a buff cast just before a channel change, by a clock that is behind, is lost', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now() - 6_500);
      const changes = [{ type: 'SPEED', amount: 40 }];
      await bench.event({ type: 'buff-applied', sourceId: 7, level: 1, changes, createdAt, expiresAt: undefined });
      await bench.logout('s1');
      await bench.login('s2');
      await bench.load();
      bench.clock.pass(2_000);
      await bench.claim('buffs');
    });

    it('symptom: a buff that ended just before a channel change comes back for good', async () => {
      const listed = buffStat(7, 'SPEED', 40, instant(Date.UTC(2026, 0, 1)));
      const bench = await loggedIn({ buffs: [listed] });
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: [], createdAt: listed.createdAt });
      await bench.logout('s1');
      await bench.login('s2');
      await bench.load({ buffs: [listed] });
      bench.clock.pass(2_000);
      await bench.read({ part: 'buffs', buffs: [] });
      assert.deepEqual(bench.buffs(), []);
    });

    it('given nothing that awaits its confirmation, when the channel changes, then each part is read once', async () => {
      const bench = await loggedIn({ buffs: [buffStat(7, 'SPEED', 40, instant(Date.UTC(2026, 0, 1)))] });
      await bench.logout('s1');
      await bench.login('s2');
      await bench.load();
      bench.clock.pass(10_000);
      for (const part of ['base', 'equipment', 'buffs', 'passives'] as const) {
        assert.deepEqual(await bench.store.claimDue(part, 1), []);
      }
    });

    it('given a session whose DESTROYED was lost, when a session 61 s younger ends, then both are gone', async () => {
      const bench = setUp();
      await bench.login('lost');
      bench.clock.pass(61_000);
      await bench.login('next');
      await bench.logout('next');
      assert.equal(bench.isHeld(), false);
    });

    it('symptom: a replay brings back a session whose DESTROYED was lost, though a younger one has ended it', async () => {
      const bench = setUp();
      await bench.login('lost');
      bench.clock.pass(61_000);
      await bench.login('next');
      await bench.logout('next');
      assert.equal(await bench.login('lost'), 'outdated');
      assert.equal(bench.isHeld(), false);
    });

    it('given an older session that is only 59 s older, when the younger ends, then the older stays open', async () => {
      const bench = setUp();
      await bench.login('older');
      bench.clock.pass(59_000);
      await bench.login('younger');
      await bench.logout('younger');
      assert.equal(bench.isHeld(), true);
    });

    it('given CREATEDs out of order, when both are applied, then the place is that of the newest', async () => {
      const bench = setUp();
      const now = bench.clock.now();
      await bench.event({ type: 'session-created', sessionId: 'b', worldId: 0, channelId: 7, recordTime: now });
      await bench.event({ type: 'session-created', sessionId: 'a', worldId: 0, channelId: 3, recordTime: now - 500 });
      assert.equal(bench.view().place?.channelId, 7);
    });

    it('given a visitor, when a session is created, then it becomes resident in place with what it has', async () => {
      const bench = setUp();
      bench.store.visit(TENANT, 12, undefined);
      await bench.load();
      const { firstVersion } = bench.view();
      await bench.login();
      assert.equal(bench.view().resident, true);
      assert.equal(bench.view().firstVersion, firstVersion);
      assert.equal(bench.base('strength'), BASE.strength);
    });

    it('given a visitor, when a DESTROYED comes, then the visitor is not touched', async () => {
      const bench = setUp();
      bench.store.visit(TENANT, 12, undefined);
      assert.equal(await bench.logout('s1'), 'unchanged');
      assert.equal(bench.isHeld(), true);
    });

    it('given two tenants, when one logs in, then the other has no such character', async () => {
      const bench = setUp();
      await bench.login();
      assert.equal(bench.store.find({ ...TENANT, key: 'another' }, 12), undefined);
    });
  });
}
