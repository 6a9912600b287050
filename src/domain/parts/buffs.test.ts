import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buffStat, instant, loggedIn } from '../../../test/support/state-bench.ts';
import { buffsOf } from './buffs.ts';

describe('buffs order themselves', () => {
  const applied = (sourceId: number, changes: [string, number][], createdAt: ReturnType<typeof instant>) =>
    ({
      type: 'buff-applied',
      sourceId,
      level: 20,
      changes: changes.map(([type, amount]) => ({ type, amount })),
      createdAt,
      expiresAt: createdAt.ms + 200_000,
    }) as const;

  it('given a buff long after the last fetch, when APPLIED, then it counts and nothing is stale', () => {
    const bench = loggedIn();
    assert.equal(bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now()))), 'applied');
    assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
    assert.equal(bench.isStale('buffs'), false);
  });

  it('given instances in the same millisecond, then nanoseconds order them', () => {
    const bench = loggedIn();
    const now = bench.clock.now();
    bench.event(applied(7, [['SPEED', 40]], instant(now, 999)));
    assert.equal(bench.event(applied(7, [['SPEED', 10]], instant(now, 998))), 'hinted');
    bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt: instant(now, 998) });
    assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
    bench.event(applied(7, [['SPEED', 20]], instant(now, 1_000)));
    assert.deepEqual(bench.buffs(), ['7 SPEED 20']);
  });

  it('given EXPIRED before its APPLIED, when the APPLIED comes, then the tombstone keeps it out', () => {
    const bench = loggedIn();
    const createdAt = instant(bench.clock.now());
    bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt });
    assert.equal(bench.event(applied(7, [['SPEED', 40]], createdAt)), 'outdated');
    assert.deepEqual(bench.buffs(), []);
  });

  it('given a re-cast, when the EXPIRED of the old instance comes late, then the new one stays', () => {
    const bench = loggedIn();
    const old = instant(bench.clock.now() - 1_000);
    bench.event(applied(7, [['SPEED', 20]], old));
    bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now())));
    bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt: old });
    assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
  });

  it('given a source of two stats, when EXPIRED names one, then the other stays; when it names none, all go', () => {
    const bench = loggedIn();
    const createdAt = instant(bench.clock.now());
    const both: [string, number][] = [
      ['SPEED', 40],
      ['JUMP', 20],
    ];
    bench.event(applied(7, both, createdAt));
    bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt });
    assert.deepEqual(bench.buffs(), ['7 JUMP 20']);
    bench.event({ type: 'buff-expired', sourceId: 7, statTypes: [], createdAt });
    assert.deepEqual(bench.buffs(), []);
  });

  it('given a re-cast that leaves out a held type, then the type stays and buffs are stale', () => {
    const bench = loggedIn();
    const both: [string, number][] = [
      ['SPEED', 40],
      ['JUMP', 20],
    ];
    bench.event(applied(7, both, instant(bench.clock.now() - 1_000)));
    bench.event(applied(7, [['SPEED', 10]], instant(bench.clock.now())));
    assert.deepEqual(bench.buffs(), ['7 JUMP 20', '7 SPEED 10']);
    assert.equal(bench.isStale('buffs'), true);
  });

  it('given an APPLIED replayed from before the newest fetch, then it changes nothing and buffs are stale', () => {
    const bench = loggedIn();
    const outcome = bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now() - 60_000 - 5_001)));
    assert.equal(outcome, 'hinted');
    assert.deepEqual(bench.buffs(), []);
    assert.equal(bench.isStale('buffs'), true);
  });

  it('given an APPLIED within 5 s of the newest fetch, then it counts and buffs are stale', () => {
    const bench = loggedIn();
    bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now() - 60_000 - 4_000)));
    assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
    assert.equal(bench.isStale('buffs'), true);
  });

  it('given an EXPIRED during a fetch, when the fetch lists the instance, then it stays out', () => {
    const createdAt = instant(Date.UTC(2026, 0, 1) - 1_000);
    const bench = loggedIn({ buffs: [buffStat(7, 'SPEED', 40, createdAt)] });
    bench.request('buffs');
    const claim = bench.claim('buffs');
    bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt });
    bench.merge(claim, { part: 'buffs', buffs: [buffStat(7, 'SPEED', 40, createdAt)] });
    assert.deepEqual(bench.buffs(), []);
  });

  it('given an end, when a read soon after still lists the instance, then it counts, in doubt, until another has decided', () => {
    const bench = loggedIn();
    const listed = buffStat(7, 'SPEED', 40, instant(bench.clock.now()));
    bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt: listed.createdAt });
    bench.request('buffs');
    bench.read({ part: 'buffs', buffs: [listed] });
    assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
    assert.equal(bench.isStale('buffs'), true);
    bench.clock.pass(2_001);
    bench.read({ part: 'buffs', buffs: [] });
    assert.deepEqual(bench.buffs(), []);
    assert.equal(bench.freshness('buffs'), 'fresh');
  });

  it('given a buff that came during a read, when the read does not list it, then it stays, in doubt', () => {
    const bench = loggedIn();
    bench.request('buffs');
    const claim = bench.claim('buffs');
    bench.event(applied(7, [['SPEED', 40]], instant(bench.clock.now() + 10)));
    bench.merge(claim, { part: 'buffs', buffs: [] });
    assert.deepEqual(bench.buffs(), ['7 SPEED 40']);
    assert.equal(bench.isStale('buffs'), true);
  });

  const updated = (sourceId: number, amount: number, createdAt: ReturnType<typeof instant>, recordTime?: number) => ({
    type: 'buff-stat-updated' as const,
    sourceId,
    level: 20,
    changes: [{ type: 'ENERGY_CHARGE', amount }],
    createdAt,
    ...(recordTime === undefined ? {} : { recordTime }),
  });

  it('given an instance, when STAT_UPDATED names it, then its value changes and its times stay', () => {
    const bench = loggedIn();
    const createdAt = instant(bench.clock.now());
    bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
    assert.equal(bench.event(updated(7, 15_000, createdAt)), 'applied');
    assert.deepEqual(bench.buffs(), ['7 ENERGY_CHARGE 15000']);
    assert.equal(buffsOf(bench.view().buffs)[0]?.expiresAt, createdAt.ms + 200_000);
    assert.equal(bench.isStale('buffs'), true, 'the outbox may publish an older value anew');
  });

  it('given STAT_UPDATEDs out of record order or of no held instance, then values stay and buffs are stale', () => {
    const bench = loggedIn();
    const createdAt = instant(bench.clock.now());
    bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
    bench.event(updated(7, 15_000, createdAt));
    assert.equal(bench.event(updated(7, 9_000, createdAt, bench.clock.now() - 1)), 'hinted');
    assert.deepEqual(bench.buffs(), ['7 ENERGY_CHARGE 15000']);
    assert.equal(bench.isStale('buffs'), true);
    const other = loggedIn();
    assert.equal(other.event(updated(7, 9_000, createdAt)), 'hinted');
    assert.equal(other.isStale('buffs'), true);
  });

  it('given a STAT_UPDATED that says what is known and confirmed, then no read is owed', () => {
    const bench = loggedIn();
    const createdAt = instant(bench.clock.now());
    bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
    assert.equal(bench.event(updated(7, 3_000, createdAt)), 'unchanged');
    bench.clock.pass(60_000);
    assert.deepEqual(bench.due('buffs'), []);
  });

  it('given an EXPIRED that comes again, then nothing changes, and no answer has to be made anew', () => {
    const bench = loggedIn();
    const createdAt = instant(bench.clock.now());
    bench.event(applied(7, [['SPEED', 40]], createdAt));
    const end = { type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt } as const;
    assert.equal(bench.event(end), 'applied');
    const { version } = bench.view();
    assert.equal(bench.event(end), 'unchanged');
    assert.equal(bench.view().version, version);
  });

  it('given a duplicate APPLIED after a STAT_UPDATED, then the updated value stays', () => {
    const bench = loggedIn();
    const createdAt = instant(bench.clock.now());
    bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt));
    bench.event(updated(7, 15_000, createdAt));
    assert.equal(bench.event(applied(7, [['ENERGY_CHARGE', 3_000]], createdAt)), 'unchanged');
    assert.deepEqual(bench.buffs(), ['7 ENERGY_CHARGE 15000']);
  });

  it('given a buff that nobody ends, when its grace is over, then buffs are stale once', () => {
    const bench = loggedIn();
    const event = applied(7, [['SPEED', 40]], instant(bench.clock.now()));
    bench.event(event);
    bench.clock.pass(200_000 + 14_999);
    bench.characters.sweep();
    assert.equal(bench.isStale('buffs'), false);
    bench.clock.pass(1);
    bench.characters.sweep();
    assert.equal(bench.isStale('buffs'), true);
    bench.read({ part: 'buffs', buffs: [buffStat(7, 'SPEED', 40, event.createdAt)] });
    bench.characters.sweep();
    assert.equal(bench.isStale('buffs'), false, 'the same instance does not lapse twice');
  });
});
