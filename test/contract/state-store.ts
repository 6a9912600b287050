/**
 * The contract of the StateStore port and the numbered rules of architecture §3, as far as state decides them. Every
 * adapter runs this suite.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StateStore } from '../../src/state/store.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { asset, BASE, buffStat, createStateBench, instant, TENANT } from '../support/state-bench.ts';

export interface StoreSettings {
  readonly clock: FakeClock;
  readonly visitorMax: number;
  readonly visitorTtl: number;
  readonly residentIdleTtl: number;
  readonly expiryGrace: number;
}

export function describeStateStore(name: string, create: (settings: StoreSettings) => StateStore): void {
  const setUp = (visitorMax = 10) => {
    const clock = createFakeClock();
    const settings = { clock, visitorMax, visitorTtl: 30_000, residentIdleTtl: 3_600_000, expiryGrace: 15_000 };
    return createStateBench(create(settings), clock);
  };
  const loggedIn = async (...[parts]: Parameters<ReturnType<typeof setUp>['load']>) => {
    const bench = setUp();
    await bench.login();
    await bench.load(parts);
    // Well away from the first load, so that its allowances play no part.
    bench.clock.pass(60_000);
    return bench;
  };

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

  describe(`${name}: rule 2, buffs order themselves`, () => {
    const applied = (sourceId: number, changes: [string, number][], createdAt: ReturnType<typeof instant>) =>
      ({
        type: 'buff-applied',
        sourceId,
        level: 20,
        changes: changes.map(([type, amount]) => ({ type, amount })),
        createdAt,
        expiresAt: createdAt.ms + 200_000,
      }) as const;

    it('given a buff long after the last fetch, when APPLIED, then it counts and nothing is stale', async () => {
      const bench = await loggedIn();
      assert.equal(await bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now()))), 'applied');
      assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
      assert.equal(bench.isStale('buffs'), false);
    });

    it('given instances in the same millisecond, then nanoseconds order them', async () => {
      const bench = await loggedIn();
      const now = bench.clock.now();
      await bench.event(applied(7, [['SPEED', 40]], instant(now, 999)));
      assert.equal(await bench.event(applied(7, [['SPEED', 10]], instant(now, 998))), 'hinted');
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt: instant(now, 998) });
      assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
      await bench.event(applied(7, [['SPEED', 20]], instant(now, 1_000)));
      assert.deepEqual(bench.buffs(), ['7 SPEED 20']);
    });

    it('given EXPIRED before its APPLIED, when the APPLIED comes, then the tombstone keeps it out', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt });
      assert.equal(await bench.event(applied(7, [['SPEED', 40]], createdAt)), 'outdated');
      assert.deepEqual(bench.buffs(), []);
    });

    it('given a re-cast, when the EXPIRED of the old instance comes late, then the new one stays', async () => {
      const bench = await loggedIn();
      const old = instant(bench.clock.now() - 1_000);
      await bench.event(applied(7, [['SPEED', 20]], old));
      await bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now())));
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt: old });
      assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
    });

    it('given a source of two stats, when EXPIRED names one, then the other stays; when it names none, all go', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      const both: [string, number][] = [
        ['SPEED', 40],
        ['JUMP', 20],
      ];
      await bench.event(applied(7, both, createdAt));
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt });
      assert.deepEqual(bench.buffs(), ['7 JUMP 20']);
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: [], createdAt });
      assert.deepEqual(bench.buffs(), []);
    });

    it('given a re-cast that leaves out a held type, then the type stays and buffs are stale', async () => {
      const bench = await loggedIn();
      const both: [string, number][] = [
        ['SPEED', 40],
        ['JUMP', 20],
      ];
      await bench.event(applied(7, both, instant(bench.clock.now() - 1_000)));
      await bench.event(applied(7, [['SPEED', 10]], instant(bench.clock.now())));
      assert.deepEqual(bench.buffs(), ['7 JUMP 20', '7 SPEED 10']);
      assert.equal(bench.isStale('buffs'), true);
    });

    it('given an APPLIED replayed from before the newest fetch, then it changes nothing and buffs are stale', async () => {
      const bench = await loggedIn();
      const outcome = await bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now() - 60_000 - 5_001)));
      assert.equal(outcome, 'hinted');
      assert.deepEqual(bench.buffs(), []);
      assert.equal(bench.isStale('buffs'), true);
    });

    it('given an APPLIED within 5 s of the newest fetch, then it counts and buffs are stale', async () => {
      const bench = await loggedIn();
      await bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now() - 60_000 - 4_000)));
      assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
      assert.equal(bench.isStale('buffs'), true);
    });

    it('given an EXPIRED during a fetch, when the fetch lists the instance, then it stays out', async () => {
      const createdAt = instant(Date.UTC(2026, 0, 1) - 1_000);
      const bench = await loggedIn({ buffs: [buffStat(7, 'SPEED', 40, createdAt)] });
      bench.store.request(TENANT, 12, 'buffs', 'reader');
      const claim = await bench.claim('buffs');
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt });
      await bench.merge(claim, { part: 'buffs', buffs: [buffStat(7, 'SPEED', 40, createdAt)] });
      assert.deepEqual(bench.buffs(), []);
    });

    it('given a tombstone, when a fetch begins 5 s after it was set, then that fetch decides and is due by itself', async () => {
      const bench = await loggedIn();
      const listed = buffStat(7, 'SPEED', 40, instant(bench.clock.now()));
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt: listed.createdAt });
      bench.store.request(TENANT, 12, 'buffs', 'reader');
      bench.clock.pass(4_000);
      await bench.read({ part: 'buffs', buffs: [listed] });
      assert.deepEqual(bench.buffs(), []);
      bench.clock.pass(1_000);
      await bench.read({ part: 'buffs', buffs: [listed] });
      assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
    });

    it('given a buff that came during a fetch, when the fetch does not list it, then it stays', async () => {
      const bench = await loggedIn();
      bench.store.request(TENANT, 12, 'buffs', 'reader');
      const claim = await bench.claim('buffs');
      await bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now() + 10)));
      await bench.merge(claim, { part: 'buffs', buffs: [] });
      assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
      assert.equal(bench.isStale('buffs'), true, 'within 5 s of the fetch: not clearly newer');
    });

    const updated = (sourceId: number, amount: number, createdAt: ReturnType<typeof instant>, recordTime?: number) => ({
      type: 'buff-stat-updated' as const,
      sourceId,
      level: 20,
      changes: [{ type: 'ENERGY_CHARGE', amount }],
      createdAt,
      ...(recordTime === undefined ? {} : { recordTime }),
    });

    it('given an instance, when STAT_UPDATED names it, then its value changes and its times stay', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      await bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
      assert.equal(await bench.event(updated(7, 15_000, createdAt)), 'applied');
      assert.deepEqual(bench.buffs(), ['7 ENERGY_CHARGE 15000']);
      assert.equal(bench.view().buff(7, 'ENERGY_CHARGE')?.buff.expiresAt, createdAt.ms + 200_000);
      assert.equal(bench.isStale('buffs'), false);
    });

    it('given STAT_UPDATEDs out of record order or of no held instance, then values stay and buffs are stale', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      await bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
      await bench.event(updated(7, 15_000, createdAt));
      assert.equal(await bench.event(updated(7, 9_000, createdAt, bench.clock.now() - 1)), 'hinted');
      assert.deepEqual(bench.buffs(), ['7 ENERGY_CHARGE 15000']);
      assert.equal(bench.isStale('buffs'), true);
      const other = await loggedIn();
      assert.equal(await other.event(updated(7, 9_000, createdAt)), 'hinted');
      assert.equal(other.isStale('buffs'), true);
    });

    it('symptom: a STAT_UPDATED that comes late revives a stat that has expired', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      const both: [string, number][] = [
        ['SPEED', 40],
        ['JUMP', 20],
      ];
      await bench.event(applied(7, both, createdAt));
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt });
      const changes = both.map(([type, amount]) => ({ type, amount }));
      await bench.event({ type: 'buff-stat-updated', sourceId: 7, level: 20, changes, createdAt });
      assert.deepEqual(bench.buffs(), ['7 JUMP 20']);
    });

    it('symptom: after a load under a slow clock, a repeated APPLIED of an ended buff counts', async () => {
      const bench = setUp();
      bench.clock.step(-3_600_000);
      await bench.login();
      await bench.load();
      bench.clock.step(3_600_000);
      bench.clock.pass(60_000);
      assert.equal(await bench.event(applied(7, [['SPEED', 20]], instant(bench.clock.now() - 600_000))), 'hinted');
      assert.deepEqual(bench.buffs(), []);
    });

    it('given a duplicate APPLIED after a STAT_UPDATED, then the updated value stays', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      await bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
      await bench.event(updated(7, 15_000, createdAt));
      assert.equal(await bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt)), 'unchanged');
      assert.deepEqual(bench.buffs(), ['7 ENERGY_CHARGE 15000']);
    });

    it('given a buff that nobody ends, when its grace is over, then buffs are stale once', async () => {
      const bench = await loggedIn();
      const event = applied(7, [['SPEED', 40]], instant(bench.clock.now()));
      await bench.event(event);
      bench.clock.pass(200_000 + 14_999);
      bench.store.sweep();
      assert.equal(bench.isStale('buffs'), false);
      bench.clock.pass(1);
      bench.store.sweep();
      assert.equal(bench.isStale('buffs'), true);
      await bench.read({ part: 'buffs', buffs: [buffStat(7, 'SPEED', 40, event.createdAt)] });
      bench.store.sweep();
      assert.equal(bench.isStale('buffs'), false, 'the same instance does not lapse twice');
    });
  });

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
      assert.equal(bench.store.distrust(), 1);
      for (const part of ['base', 'equipment', 'buffs', 'passives'] as const) assert.equal(bench.isStale(part), true);
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

    it('rule 7: given a character that logs in and out in a backlog, then it is never read', async () => {
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
