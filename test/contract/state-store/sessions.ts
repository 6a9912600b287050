import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, TENANT } from '../../support/state-bench.ts';
import type { StoreBenches } from './benches.ts';

export function describeSessions(name: string, { setUp }: StoreBenches): void {
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

    it('given a session whose DESTROYED was lost, when a session 61 s younger ends, then both are gone', async () => {
      const bench = setUp();
      await bench.login('lost');
      bench.clock.pass(61_000);
      await bench.login('next');
      await bench.logout('next');
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
