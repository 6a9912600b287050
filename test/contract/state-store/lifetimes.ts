import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, TENANT } from '../../support/state-bench.ts';
import type { StoreBenches } from './benches.ts';

export function describeLifetimes(name: string, { setUp, loggedIn }: StoreBenches): void {
  describe(`${name}: visitors and residents come and go`, () => {
    it('given a visitor, when VISITOR_TTL has passed since its load, then it is gone however often it is read', async () => {
      const bench = setUp();
      bench.store.visit(TENANT, 12, undefined);
      bench.clock.pass(5_000);
      await bench.load();
      for (let second = 0; second < 29; second += 1) {
        bench.clock.pass(1_000);
        bench.store.touch(bench.store.visit(TENANT, 12, undefined));
        bench.store.sweep();
      }
      assert.equal(bench.isHeld(), true);
      bench.clock.pass(1_000);
      bench.store.sweep();
      assert.equal(bench.isHeld(), false);
    });

    it('given a visitor whose load takes longer than VISITOR_TTL, then it is held until VISITOR_TTL after it', async () => {
      const bench = setUp(10, 1_000);
      bench.store.visit(TENANT, 12, undefined);
      bench.clock.pass(1_500);
      bench.store.sweep();
      await bench.load();
      bench.clock.pass(999);
      bench.store.sweep();
      assert.equal(bench.isHeld(), true);
      bench.clock.pass(1);
      bench.store.sweep();
      assert.equal(bench.isHeld(), false);
    });

    it('given VISITOR_MAX visitors, when one more comes, then the oldest goes and is counted', () => {
      const bench = setUp(3);
      for (const id of [1, 2, 3, 4]) bench.store.visit(TENANT, id, undefined);
      assert.equal(bench.store.find(TENANT, 1), undefined);
      assert.notEqual(bench.store.find(TENANT, 4), undefined);
      assert.equal(bench.store.population().visitors, 3);
      assert.equal(bench.store.population().visitorsEvicted, 1);
    });

    it('given a resident without read or event, when RESIDENT_IDLE_TTL has passed, then it is a visitor and goes', async () => {
      const bench = await loggedIn();
      bench.clock.pass(3_600_000);
      bench.store.sweep();
      assert.equal(bench.view().resident, false);
      bench.clock.pass(30_000);
      bench.store.sweep();
      assert.equal(bench.isHeld(), false);
    });

    it('symptom: a replay brings back a session that nobody had read or heard of for RESIDENT_IDLE_TTL', async () => {
      const bench = setUp();
      await bench.login('crashed');
      bench.clock.pass(3_600_000);
      bench.store.sweep();
      await bench.login('crashed');
      assert.equal(bench.view().resident, false);
      await bench.login('next');
      assert.equal(bench.view().resident, true);
    });

    it('given a channel change, when RESIDENT_IDLE_TTL has passed since the login, then the character stays', async () => {
      const bench = await loggedIn();
      bench.clock.pass(3_500_000);
      await bench.login('s2');
      bench.clock.pass(200_000);
      bench.store.sweep();
      assert.equal(bench.view().resident, true);
    });

    it('symptom: game masters lose passives beyond the five hundred and twelfth', async () => {
      const skills = Array.from({ length: 1_200 }, (_, index): [number, number] => [index + 1, 1]);
      const bench = await loggedIn({ skills });
      assert.equal(bench.view().skills().length, 1_200);
    });

    it('given an environment that one event named, when the next names none, then it is still handed on', async () => {
      const bench = await loggedIn();
      const event = { type: 'base-changed', values: { luck: 9 }, incomplete: false } as const;
      await bench.event({ ...event, context: { environment: 'dev' } });
      await bench.event({ ...event, context: { traceparent: 'x' } });
      assert.deepEqual(bench.view().context, { environment: 'dev', traceparent: 'x' });
    });

    it('given a resident that is read, when RESIDENT_IDLE_TTL has passed since its login, then it stays', async () => {
      const bench = await loggedIn();
      bench.clock.pass(3_000_000);
      bench.store.touch(bench.view());
      bench.clock.pass(3_000_000);
      bench.store.sweep();
      assert.equal(bench.view().resident, true);
    });

    it('given a deleted and re-created character, then its versions never repeat and an old read is dropped', async () => {
      const bench = setUp();
      await bench.login('a');
      const claim = await bench.claim('base');
      const before = bench.view().version;
      await bench.login('a2');
      await bench.logout('a2');
      await bench.logout('a');
      await bench.login('b');
      assert.ok(bench.view().firstVersion > before + 3, 'above every version that it ever had');
      assert.equal(await bench.merge(claim, { part: 'base', values: BASE }), 'dropped');
      assert.equal(bench.view().part('base').asOf, undefined);
    });

    it('symptom: after a step of the clock, a visitor who comes again repeats versions', async () => {
      const bench = setUp();
      bench.store.visit(TENANT, 12, undefined);
      await bench.load();
      bench.clock.step(-3_600_000);
      for (let failure = 0; failure < 5; failure += 1) {
        bench.store.request(TENANT, 12, 'base', 'reader');
        bench.clock.pass(1_000);
        await bench.store.missRead(await bench.claim('base'), bench.clock.mono());
      }
      const before = bench.view().version;
      bench.clock.pass(30_000);
      assert.ok(bench.store.visit(TENANT, 12, undefined).firstVersion > before);
    });

    it('symptom: residents who were left alone are held beyond VISITOR_MAX', async () => {
      const bench = setUp(3);
      const created = { type: 'session-created', worldId: 0, channelId: 1 } as const;
      for (const id of [1, 2, 3, 4, 5]) await bench.event({ ...created, sessionId: `s${id}`, characterId: id });
      bench.clock.pass(3_600_000);
      bench.store.sweep();
      assert.equal(bench.store.population().visitors, 3);
    });

    it('given a visitor that the character service does not know, when its read misses, then it is gone', async () => {
      const bench = setUp();
      bench.store.visit(TENANT, 12, undefined);
      await bench.store.missRead(await bench.claim('base'), bench.clock.mono() + 5_000);
      assert.equal(bench.isHeld(), false);
    });

    it('given a known base, when the character service does not know it any more, then the base stays, stale', async () => {
      const bench = await loggedIn();
      bench.store.request(TENANT, 12, 'base', 'reader');
      await bench.store.missRead(await bench.claim('base'), bench.clock.mono() + 5_000);
      assert.equal(bench.base('strength'), BASE.strength);
      assert.equal(bench.isStale('base'), true);
    });
  });
}
