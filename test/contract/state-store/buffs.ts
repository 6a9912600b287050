import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buffStat, instant, TENANT } from '../../support/state-bench.ts';
import type { StoreBenches } from './benches.ts';

export function describeBuffs(name: string, { setUp, loggedIn }: StoreBenches): void {
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

    it('symptom: a STAT_UPDATED that is published again during a read outlives that read for good', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      await bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
      await bench.event(updated(7, 9_000, createdAt));
      bench.store.request(TENANT, 12, 'buffs', 'reader');
      bench.clock.pass(2_000);
      const claim = await bench.claim('buffs');
      await bench.event(updated(7, 9_000, createdAt));
      const truth = { part: 'buffs', buffs: [buffStat(7, 'ENERGY_CHARGE', 3_000, createdAt)] } as const;
      await bench.merge(claim, truth);
      bench.clock.pass(2_000);
      await bench.read(truth);
      assert.deepEqual(bench.buffs(), ['7 ENERGY_CHARGE 3000']);
    });

    it('given a STAT_UPDATED that says what is known and confirmed, then no read is owed', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      await bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
      assert.equal(await bench.event(updated(7, 3_000, createdAt)), 'unchanged');
      bench.clock.pass(60_000);
      assert.deepEqual(await bench.store.claimDue('buffs', 1), []);
    });

    it('symptom: an older APPLIED that comes late adds stats that its successor does not have', async () => {
      const older = await loggedIn();
      const old = instant(older.clock.now() - 1_000);
      await older.event(applied(7, [['SPEED', 40]], instant(older.clock.now())));
      await older.event(applied(7, [['JUMP', 20]], old));
      assert.equal(older.isStale('buffs'), true);
      const ended = await loggedIn();
      await ended.event({
        type: 'buff-expired',
        sourceId: 7,
        statTypes: ['SPEED'],
        createdAt: instant(ended.clock.now()),
      });
      await ended.event(applied(7, [['JUMP', 20]], old));
      assert.equal(ended.isStale('buffs'), true);
    });

    it('symptom: a repeated APPLIED of a producer whose clock is ahead takes back an updated value for good', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now() + 6_500);
      bench.store.request(TENANT, 12, 'buffs', 'reader');
      await bench.read({ part: 'buffs', buffs: [buffStat(7, 'ENERGY_CHARGE', 15_000, createdAt)] });
      bench.clock.pass(3_000);
      await bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
      assert.equal(bench.isStale('buffs'), true);
    });

    it('symptom: a buff of a producer whose clock is behind vanishes when it is cast moments before a read', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now() - 6_500);
      await bench.event(applied(7, [['SPEED', 40]], createdAt));
      bench.store.request(TENANT, 12, 'buffs', 'reader');
      await bench.read({ part: 'buffs', buffs: [] });
      bench.clock.pass(2_000);
      await bench.read({ part: 'buffs', buffs: [buffStat(7, 'SPEED', 40, createdAt)] });
      assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
    });

    it('symptom: a buff of a producer whose clock is far ahead is revived for good after its end was confirmed', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now() + 12_000);
      await bench.event(applied(7, [['SPEED', 40]], createdAt));
      bench.clock.pass(1_000);
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt });
      bench.clock.pass(5_500);
      await bench.read({ part: 'buffs', buffs: [] });
      bench.clock.pass(1_000);
      await bench.event(applied(7, [['SPEED', 40]], createdAt));
      assert.equal(bench.isStale('buffs'), true);
    });

    it('symptom: a buff of a producer whose clock is far ahead is revived for good after a read ended it', async () => {
      const bench = await loggedIn({ buffs: [buffStat(7, 'SPEED', 40, instant(Date.UTC(2026, 0, 1, 0, 1, 12)))] });
      bench.store.request(TENANT, 12, 'buffs', 'reader');
      await bench.read({ part: 'buffs', buffs: [] });
      bench.clock.pass(2_000);
      await bench.read({ part: 'buffs', buffs: [] });
      bench.clock.pass(5_000);
      await bench.event(applied(7, [['SPEED', 40]], instant(Date.UTC(2026, 0, 1, 0, 1, 12))));
      assert.equal(bench.isStale('buffs'), true);
    });

    it('symptom: a repeated STAT_UPDATED takes back one of the same millisecond, as if it were fresh', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      const recordTime = bench.clock.now();
      await bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
      await bench.event(updated(7, 9_000, createdAt, recordTime));
      await bench.event(updated(7, 15_000, createdAt, recordTime));
      await bench.event(updated(7, 9_000, createdAt, recordTime));
      assert.equal(bench.isStale('buffs'), true);
    });

    it('symptom: a repeated STAT_UPDATED takes back what a read has said of the same millisecond', async () => {
      const bench = await loggedIn();
      const createdAt = instant(bench.clock.now());
      const recordTime = bench.clock.now();
      await bench.event(applied(7, [['ENERGY_CHARGE', 9_000]], createdAt));
      await bench.event(updated(7, 9_000, createdAt, recordTime));
      bench.store.request(TENANT, 12, 'buffs', 'reader');
      await bench.read({ part: 'buffs', buffs: [buffStat(7, 'ENERGY_CHARGE', 15_000, createdAt)] });
      assert.equal(await bench.event(updated(7, 9_000, createdAt, recordTime)), 'hinted');
      assert.deepEqual(bench.buffs(), ['7 ENERGY_CHARGE 15000']);
    });

    it('symptom: a read before the commit brings back for good what a buff had replaced that has ended since', async () => {
      const bench = await loggedIn();
      const replaced = buffStat(7, 'SPEED', 40, instant(bench.clock.now() - 1_000));
      const createdAt = instant(bench.clock.now());
      await bench.event(applied(7, [['JUMP', 20]], createdAt));
      await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['JUMP'], createdAt });
      bench.store.request(TENANT, 12, 'buffs', 'reader');
      await bench.read({ part: 'buffs', buffs: [replaced] });
      bench.clock.pass(2_000);
      await bench.read({ part: 'buffs', buffs: [] });
      assert.deepEqual(bench.buffs(), []);
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
}
