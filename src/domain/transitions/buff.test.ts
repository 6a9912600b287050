import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { buffStat, createStateBench, instant } from '../../../test/support/state-bench.ts';
import { createMemoryStore } from '../../state/memory/memory-store.ts';

const HOUR_MS = 3_600_000;

describe('buff transitions', () => {
  it("symptom: after the producer's clock was set back, a re-cast buff keeps its old amount for ever", async () => {
    const clock = createFakeClock();
    const settings = { visitorMax: 10, visitorTtl: 30_000, residentIdleTtl: 24 * HOUR_MS, expiryGrace: 15_000 };
    const bench = createStateBench(createMemoryStore({ ...settings, clock }), clock);
    await bench.login();
    const cast = instant(clock.now());
    await bench.load({ buffs: [buffStat(7, 'SPEED', 10, cast)] });
    clock.pass(60_000);
    const recast = instant(clock.now() - HOUR_MS);

    const outcome = await bench.event({
      type: 'buff-applied',
      sourceId: 7,
      level: 20,
      changes: [{ type: 'SPEED', amount: 20 }],
      createdAt: recast,
      expiresAt: recast.ms + 2 * HOUR_MS,
      recordTime: recast.ms,
    });

    assert.equal(outcome, 'hinted');
    assert.deepEqual(bench.buffs(), ['7 SPEED 10'], 'the event alone cannot tell');
    assert.equal(bench.isStale('buffs'), true);
    await bench.read({ part: 'buffs', buffs: [buffStat(7, 'SPEED', 20, recast)] });
    assert.deepEqual(bench.buffs(), ['7 SPEED 20']);
  });
});
