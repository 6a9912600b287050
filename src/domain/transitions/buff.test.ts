import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { buffStat, createStateBench, type EventSketch, instant } from '../../../test/support/state-bench.ts';
import { createMemoryStore } from '../../state/memory/memory-store.ts';
import type { Instant } from '../instant.ts';
import type { BuffStat } from '../snapshot.ts';

const HOUR_MS = 3_600_000;

async function loggedIn(buffs: BuffStat[]) {
  const clock = createFakeClock();
  const settings = { visitorMax: 10, visitorTtl: 30_000, residentIdleTtl: 24 * HOUR_MS, expiryGrace: 15_000 };
  const bench = createStateBench(createMemoryStore({ ...settings, clock }), clock);
  await bench.login();
  await bench.load({ buffs });
  clock.pass(60_000);
  return bench;
}

const applied = (amount: number, createdAt: Instant): EventSketch => ({
  type: 'buff-applied',
  sourceId: 7,
  level: 20,
  changes: [{ type: 'SPEED', amount }],
  createdAt,
  expiresAt: createdAt.ms + 2 * HOUR_MS,
  recordTime: createdAt.ms,
});

describe('buff transitions', () => {
  it("symptom: after the producer's clock was set back, a re-cast buff keeps its old amount for ever", async () => {
    const cast = instant(createFakeClock().now());
    const bench = await loggedIn([buffStat(7, 'SPEED', 10, cast)]);
    const recast = instant(cast.ms - HOUR_MS);
    assert.equal(await bench.event(applied(20, recast)), 'hinted');
    assert.deepEqual(bench.buffs(), ['7 SPEED 10'], 'the event alone cannot tell');
    assert.equal(bench.isStale('buffs'), true);
    await bench.read({ part: 'buffs', buffs: [buffStat(7, 'SPEED', 20, recast)] });
    assert.deepEqual(bench.buffs(), ['7 SPEED 20']);
  });

  it('symptom: a replayed buff of a producer whose clock is ahead comes back for good', async () => {
    const bench = await loggedIn([]);
    await bench.event(applied(20, instant(bench.clock.now() + HOUR_MS)));
    assert.equal(bench.isStale('buffs'), true, 'it may have ended long ago');
    await bench.read({ part: 'buffs', buffs: [] });
    assert.deepEqual(bench.buffs(), []);
  });

  it("symptom: a repeated EXPIRED from before the producer's clock was set back ends the new instance for good", async () => {
    const cast = instant(createFakeClock().now());
    const bench = await loggedIn([buffStat(7, 'SPEED', 10, cast)]);
    const createdAt = instant(cast.ms + HOUR_MS);
    assert.equal(await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt }), 'applied');
    assert.equal(bench.isStale('buffs'), true);
    bench.clock.pass(6_000);
    await bench.read({ part: 'buffs', buffs: [buffStat(7, 'SPEED', 10, cast)] });
    assert.deepEqual(bench.buffs(), ['7 SPEED 10']);
  });

  it("symptom: after the producer's clock was set back, a buff cast again after its end is missing for 5 s, unnamed", async () => {
    const ended = instant(createFakeClock().now() + HOUR_MS);
    const bench = await loggedIn([buffStat(7, 'SPEED', 10, ended)]);
    await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt: ended });
    const recast = instant(bench.clock.now());
    assert.equal(await bench.event(applied(20, recast)), 'hinted');
    assert.equal(bench.isStale('buffs'), true);
    await bench.read({ part: 'buffs', buffs: [buffStat(7, 'SPEED', 20, recast)] });
    assert.equal(bench.isStale('buffs'), true, 'the end that is remembered still keeps it out');
    bench.clock.pass(5_000);
    await bench.read({ part: 'buffs', buffs: [buffStat(7, 'SPEED', 20, recast)] });
    assert.deepEqual(bench.buffs(), ['7 SPEED 20']);
    assert.equal(bench.isStale('buffs'), false);
  });

  it('given the EXPIRED of the very instance, then it ends and nothing is read', async () => {
    const createdAt = instant(createFakeClock().now());
    const bench = await loggedIn([buffStat(7, 'SPEED', 10, createdAt)]);
    await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: ['SPEED'], createdAt });
    assert.deepEqual(bench.buffs(), []);
    assert.equal(bench.isStale('buffs'), false);
  });
});
