import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PARTS } from '../../../src/domain/part.ts';
import { asset, BASE, buffStat, instant, TENANT } from '../../support/state-bench.ts';
import type { StoreBenches } from './benches.ts';

export function describeReads(name: string, { setUp, loggedIn }: StoreBenches): void {
  describe(`${name}: rules 3 to 9`, () => {
    it('rule 3: given a worn item, when another is equipped in its slot, then it stays until the re-read', async () => {
      const bench = await loggedIn({ assets: [asset(1, -11)] });
      await bench.event({ type: 'asset-moved', assetId: 2, templateId: 2, slot: -11, oldSlot: 4 });
      assert.deepEqual(bench.worn(), [1]);
      assert.equal(bench.isStale('equipment'), true);
      await bench.read({ part: 'equipment', assets: [asset(2, -11)] });
      assert.deepEqual(bench.worn(), [2]);
      assert.equal(bench.isStale('equipment'), false);
    });

    it('rule 4: given a character that is not held, when events come, then nothing is held', async () => {
      const bench = setUp();
      assert.equal(await bench.event({ type: 'base-changed', values: { luck: 9 }, incomplete: false }), 'not-held');
      assert.equal(bench.isHeld(), false);
    });

    it('rule 5: given an event moments before its character is held, then the first load is confirmed 2 s later', async () => {
      const bench = setUp();
      await bench.event({ type: 'base-changed', values: { luck: 9 }, incomplete: false });
      await bench.login();
      await bench.read({ part: 'base', values: BASE });
      await bench.read({ part: 'equipment', assets: [] });
      bench.clock.pass(2_000);
      await bench.read({ part: 'base', values: { ...BASE, luck: 9 } });
      assert.equal(bench.base('luck'), 9);
      assert.deepEqual(await bench.store.claimDue('equipment', 1), []);
    });

    it('given events that went elsewhere, when the store is told, then all that is held is stale', async () => {
      const bench = await loggedIn();
      assert.equal(bench.store.distrust(PARTS), 1);
      for (const part of ['base', 'equipment', 'buffs', 'passives'] as const) assert.equal(bench.isStale(part), true);
    });

    it('symptom: what another member was told just before it left is missed, because the re-read is not confirmed', async () => {
      const bench = await loggedIn();
      bench.store.distrust(PARTS);
      await bench.read({ part: 'base', values: BASE });
      bench.clock.pass(2_000);
      await bench.read({ part: 'base', values: { ...BASE, luck: 9 } });
      assert.equal(bench.base('luck'), 9);
    });

    it('rule 5: given events that went elsewhere, when a character is held moments later, then its load is confirmed', async () => {
      const bench = setUp();
      bench.store.distrust(PARTS);
      bench.clock.pass(100);
      await bench.login();
      await bench.load();
      bench.clock.pass(2_000);
      for (const part of ['base', 'equipment', 'buffs', 'passives'] as const) await bench.claim(part);
    });

    it('rule 5: given a hint, then a read is due at once, another 2 s later, and none after that', async () => {
      const bench = await loggedIn();
      await bench.event({ type: 'base-changed', values: {}, incomplete: true });
      await bench.read({ part: 'base', values: BASE });
      assert.equal(bench.isStale('base'), false, 'in between the part counts as fresh');
      assert.equal(await bench.isDue('base'), false);
      bench.clock.pass(2_000);
      await bench.read({ part: 'base', values: { ...BASE, level: 30 } });
      assert.equal(bench.base('level'), 30);
      bench.clock.pass(60_000);
      assert.deepEqual(await bench.store.claimDue('base', 1), []);
    });

    it('rule 6: given a hint, when its read fails, then the part stays stale until a retry succeeds', async () => {
      const bench = await loggedIn();
      await bench.event({ type: 'base-changed', values: {}, incomplete: true });
      await bench.store.failRead(await bench.claim('base'), bench.clock.mono() + 5_000);
      assert.equal(bench.isStale('base'), true);
      bench.clock.pass(4_999);
      assert.deepEqual(await bench.store.claimDue('base', 1), []);
      bench.clock.pass(1);
      await bench.read({ part: 'base', values: BASE });
      assert.equal(bench.isStale('base'), false);
    });

    it('rule 6: given a failing part, when its service is back, then the read is due at once', async () => {
      const bench = await loggedIn();
      await bench.event({ type: 'base-changed', values: {}, incomplete: true });
      await bench.store.failRead(await bench.claim('base'), bench.clock.mono() + 5_000);
      bench.store.retryNow('base');
      await bench.claim('base');
    });

    it('rule 6: given a settling part, when the confirming read fails, then the part is stale', async () => {
      const bench = await loggedIn();
      await bench.event({ type: 'base-changed', values: {}, incomplete: true });
      await bench.read({ part: 'base', values: BASE });
      bench.clock.pass(2_000);
      await bench.store.failRead(await bench.claim('base'), bench.clock.mono() + 1_000);
      assert.equal(bench.isStale('base'), true);
    });

    it('rule 7: given hint upon hint, then a part is read once a second with a burst of 3', async () => {
      const bench = await loggedIn();
      let reads = 0;
      for (let tenth = 0; tenth < 50; tenth += 1) {
        await bench.event({ type: 'base-changed', values: {}, incomplete: true });
        for (const claim of await bench.store.claimDue('base', 1)) {
          reads += 1;
          await bench.merge(claim, { part: 'base', values: BASE });
        }
        bench.clock.pass(100);
      }
      assert.ok(reads >= 6 && reads <= 8, `${reads} reads in 5 s`);
    });

    it('symptom: a read while the first load is in flight doubles its requests', async () => {
      const bench = setUp();
      await bench.login();
      const claim = await bench.claim('base');
      bench.store.request(TENANT, 12, 'base', 'reader');
      await bench.merge(claim, { part: 'base', values: BASE });
      assert.deepEqual(await bench.store.claimDue('base', 1), []);
    });

    it('symptom: a re-read that an operator asks for is answered by one that began before', async () => {
      const bench = await loggedIn();
      bench.store.request(TENANT, 12, 'base', 'reader');
      const before = await bench.claim('base');
      assert.equal(bench.store.doubt(TENANT, 12), true);
      await bench.merge(before, { part: 'base', values: BASE });
      assert.ok(PARTS.every((part) => bench.isStale(part)));
      for (const part of PARTS) await bench.claim(part);
      assert.equal(bench.store.doubt(TENANT, 13), false);
    });

    it('rule 7: given an event of a partition that is behind during a read, then the next read waits for it', async () => {
      const bench = await loggedIn();
      bench.store.request(TENANT, 12, 'base', 'reader');
      const claim = await bench.claim('base');
      await bench.event({ type: 'base-changed', values: {}, incomplete: true, backlog: 't/0' });
      await bench.merge(claim, { part: 'base', values: BASE });
      assert.deepEqual(await bench.store.claimDue('base', 1), []);
      bench.store.caughtUp('t/0');
      await bench.claim('base');
    });

    it('rule 7: given readers, live events and a backlog, then reads are claimed in that order', async () => {
      const bench = setUp();
      await bench.event({
        type: 'session-created',
        sessionId: 'c',
        worldId: 0,
        channelId: 1,
        characterId: 3,
        backlog: 't/0',
      });
      await bench.event({ type: 'session-created', sessionId: 'b', worldId: 0, channelId: 1, characterId: 2 });
      bench.store.visit(TENANT, 1, undefined);
      bench.store.caughtUp('t/0');
      const claims = await bench.store.claimDue('base', 3);
      assert.deepEqual(
        claims.map((claim) => claim.characterId),
        [1, 2, 3],
      );
    });

    it('rule 7: given an event of a partition that is behind, then its read waits for it, 30 s at most', async () => {
      const bench = await loggedIn();
      await bench.event({ type: 'base-changed', values: {}, incomplete: true, backlog: 't/0' });
      bench.clock.pass(29_999);
      bench.store.sweep();
      assert.deepEqual(await bench.store.claimDue('base', 1), []);
      bench.clock.pass(1);
      bench.store.sweep();
      await bench.claim('base');
      const other = await loggedIn();
      await other.event({ type: 'base-changed', values: {}, incomplete: true, backlog: 't/0' });
      other.store.caughtUp('t/0');
      await other.claim('base');
    });

    it('symptom: whoever logs in within a backlog after another of its events is read before the backlog is over', async () => {
      const bench = setUp();
      await bench.event({ type: 'base-changed', values: { luck: 9 }, incomplete: false, backlog: 't/0' });
      await bench.event({ type: 'session-created', sessionId: 's', worldId: 0, channelId: 1, backlog: 't/0' });
      bench.clock.pass(3_000);
      bench.store.sweep();
      assert.deepEqual(await bench.store.claimDue('base', 1), []);
      bench.store.caughtUp('t/0');
      await bench.read({ part: 'base', values: BASE });
      bench.clock.pass(60_000);
      assert.deepEqual(await bench.store.claimDue('base', 1), [], 'it began late enough to need no confirmation');
    });

    it('symptom: memory grows while a long backlog of logins and logouts is replayed', async () => {
      const bench = setUp();
      await bench.event({ type: 'session-created', sessionId: 's', worldId: 0, channelId: 1, backlog: 't/0' });
      await bench.event({ type: 'session-destroyed', sessionId: 's', backlog: 't/0' });
      assert.equal(bench.store.nextDueAt('base'), Number.POSITIVE_INFINITY, 'nothing of it stays in the schedule');
      bench.store.caughtUp('t/0');
      assert.deepEqual(await bench.store.claimDue('base', 1), []);
    });

    it('rule 9: given drift, when an audit reads twice, then it is repaired by the first and counted by the second', async () => {
      const bench = await loggedIn();
      bench.store.audit(bench.clock.mono(), 100);
      assert.equal(await bench.read({ part: 'base', values: { ...BASE, luck: 50 } }), 'changed');
      assert.equal(bench.base('luck'), 50);
      bench.clock.pass(2_000);
      assert.equal(await bench.read({ part: 'base', values: { ...BASE, luck: 50 } }), 'drift');
    });

    it('rule 9: given a buff that is held and not listed, when it is confirmed, then it is drift', async () => {
      const bench = await loggedIn({ buffs: [buffStat(7, 'SPEED', 40, instant(Date.UTC(2026, 0, 1)))] });
      bench.store.audit(bench.clock.mono(), 100);
      assert.equal(await bench.read({ part: 'buffs', buffs: [] }), 'changed');
      bench.clock.pass(2_000);
      assert.equal(await bench.read({ part: 'buffs', buffs: [] }), 'drift');
    });

    it('rule 9: given a difference that an event explains, then it is no drift', async () => {
      const bench = await loggedIn();
      bench.store.audit(bench.clock.mono(), 100);
      await bench.read({ part: 'base', values: { ...BASE, luck: 50 } });
      await bench.event({ type: 'base-changed', values: { luck: 50 }, incomplete: false });
      bench.clock.pass(2_000);
      assert.equal(await bench.read({ part: 'base', values: { ...BASE, luck: 50 } }), 'unchanged');
    });
  });
}
