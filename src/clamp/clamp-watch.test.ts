import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { createScriptedUpstream } from '../../test/support/scripted-upstream.ts';
import { asset, BASE, buffStat, createStateBench, instant, TENANT } from '../../test/support/state-bench.ts';
import { rulesetByName } from '../domain/rulesets/index.ts';
import { createEffectiveCache } from '../refresh/effective-cache.ts';
import { createMemoryStore } from '../state/memory/memory-store.ts';
import { createClampWatch } from './clamp-watch.ts';

const WHO = { tenant: TENANT, characterId: 12 };
const BELT = asset(1, -50, { max_hp: 300, max_mp: 50 });

async function setUp({ assets = [BELT], buffs = [] as ReturnType<typeof buffStat>[] } = {}) {
  const clock = createFakeClock();
  const expiryGrace = 15_000;
  const store = createMemoryStore({ clock, visitorMax: 9, visitorTtl: 1e9, residentIdleTtl: 1e9, expiryGrace });
  const scripted = createScriptedUpstream();
  const ruleset = rulesetByName('atlas');
  const feed = { current: true };
  const effective = createEffectiveCache({
    upstream: scripted.upstream,
    rulesetOf: () => ruleset,
    isFeedCurrent: () => feed.current,
    expiryGrace,
    checkRequirements: true,
  });
  const commands: string[] = [];
  const watch = createClampWatch({
    store,
    effective,
    clock,
    send: ({ type, worldId, channelId, maxValue }) => commands.push(`${type} ${worldId}/${channelId} ${maxValue}`),
  });
  const bench = createStateBench(store, clock);
  await bench.login();
  await bench.load({ assets, buffs });
  clock.pass(60_000);
  const check = () => watch.check(WHO);
  check();
  return { bench, clock, store, scripted, feed, watch, commands, check };
}

describe('clamp commands (rule 10)', () => {
  it('given a login, when it is loaded, then nothing is commanded', async () => {
    assert.deepEqual((await setUp()).commands, []);
  });

  it('given an unequip, when only the delta is known, then it waits; when the re-read confirms, then both are commanded', async () => {
    const { bench, check, commands } = await setUp();
    await bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 4, oldSlot: -50 });
    check();
    assert.deepEqual(commands, []);
    await bench.read({ part: 'equipment', assets: [] });
    check();
    assert.deepEqual(commands, ['CLAMP_HP 0/1 500', 'CLAMP_MP 0/1 100']);
    check();
    assert.equal(commands.length, 2, 'once');
  });

  it('given an unequip that was rolled back, when the re-read has decided, then nothing is commanded', async () => {
    const { bench, check, commands } = await setUp();
    await bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 4, oldSlot: -50 });
    check();
    await bench.read({ part: 'equipment', assets: [BELT] });
    check();
    assert.deepEqual(commands, []);
  });

  it('given a buff that ends, then it is commanded to where the character plays now', async () => {
    const createdAt = instant(Date.UTC(2026, 0, 1));
    const { bench, check, commands } = await setUp({ buffs: [buffStat(7, 'HYPER_BODY_HP', 60, createdAt)] });
    await bench.event({ type: 'session-created', sessionId: 's2', worldId: 0, channelId: 9 });
    await bench.event({ type: 'buff-expired', sourceId: 7, statTypes: [], createdAt });
    check();
    assert.deepEqual(commands, ['CLAMP_HP 0/9 800']);
  });

  it('given a rise, then nothing is commanded; given the fall after it, then the fall is', async () => {
    const { bench, check, clock, commands } = await setUp();
    const createdAt = instant(clock.now());
    const change = { type: 'HYPER_BODY_HP', amount: 10 };
    const buff = { sourceId: 7, level: 1, createdAt, expiresAt: createdAt.ms + 10_000 } as const;
    await bench.event({ type: 'buff-applied', ...buff, changes: [change] });
    check();
    assert.deepEqual(commands, []);
    clock.pass(25_001);
    bench.store.sweep();
    check();
    assert.deepEqual(commands, [], 'the lapse made buffs stale');
    await bench.read({ part: 'buffs', buffs: [] });
    check();
    assert.deepEqual(commands, ['CLAMP_HP 0/1 800']);
  });

  it('given a degraded result, then it neither triggers nor becomes the reference', async () => {
    const { bench, check, store, feed, commands } = await setUp();
    feed.current = false;
    store.request(TENANT, 12, 'equipment', 'reader');
    await bench.read({ part: 'equipment', assets: [] });
    check();
    assert.deepEqual(commands, []);
    feed.current = true;
    check();
    assert.deepEqual(commands, ['CLAMP_HP 0/1 500', 'CLAMP_MP 0/1 100']);
  });

  it('given a degraded result, when it is whole again without any event, then the sweep notices', async () => {
    const { bench, check, store, feed, watch, commands } = await setUp();
    feed.current = false;
    store.request(TENANT, 12, 'base', 'reader');
    await bench.read({ part: 'base', values: { ...BASE, max_hp: 400 } });
    check();
    feed.current = true;
    watch.sweep();
    assert.deepEqual(commands, ['CLAMP_HP 0/1 700']);
  });

  it('symptom: a command that waited for the producer clamps to a maximum that has risen since, elsewhere', async () => {
    const { bench, check, watch, store } = await setUp();
    store.request(TENANT, 12, 'equipment', 'reader');
    await bench.read({ part: 'equipment', assets: [] });
    check();
    const waiting = { type: 'CLAMP_HP', tenant: TENANT, characterId: 12, context: undefined } as const;
    const fall = { ...waiting, worldId: 0, channelId: 1, maxValue: 500 };
    assert.deepEqual(watch.latest(fall), fall);
    await bench.event({ type: 'session-created', sessionId: 's2', worldId: 0, channelId: 9 });
    store.request(TENANT, 12, 'equipment', 'reader');
    await bench.read({ part: 'equipment', assets: [BELT] });
    check();
    assert.deepEqual(watch.latest(fall), { ...fall, channelId: 9, maxValue: 800 });
    await bench.logout();
    await bench.logout('s2');
    assert.deepEqual(watch.latest(fall), fall);
  });

  it('given a visitor, then nothing is commanded', async () => {
    const { bench, check, store, commands } = await setUp();
    await bench.logout();
    store.visit(TENANT, 12, undefined);
    await bench.load({ assets: [BELT] });
    check();
    store.request(TENANT, 12, 'equipment', 'reader');
    await bench.read({ part: 'equipment', assets: [] });
    check();
    assert.deepEqual(commands, []);
  });
});
