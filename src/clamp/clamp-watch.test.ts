import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { createScriptedUpstream } from '../../test/support/scripted-upstream.ts';
import { asset, BASE, buffStat, createStateBench, instant, TENANT } from '../../test/support/state-bench.ts';
import { createEffectiveStats } from '../answers/effective-stats.ts';
import type { Character } from '../domain/character.ts';
import { PARTS } from '../domain/part.ts';
import { rulesetByName } from '../domain/rulesets/index.ts';
import { createClampWatch } from './clamp-watch.ts';

const WHO = { tenant: TENANT, characterId: 12 };
const EMPTY = {
  base: { part: 'base', values: BASE },
  equipment: { part: 'equipment', assets: [] },
  buffs: { part: 'buffs', buffs: [] },
  passives: { part: 'passives', skills: [] },
} as const;
const BELT = asset(1, -50, { max_hp: 300, max_mp: 50 });

function setUp({ assets = [BELT], buffs = [] as ReturnType<typeof buffStat>[] } = {}) {
  const clock = createFakeClock();
  const expiryGrace = 15_000;
  const bench = createStateBench(clock);
  const { characters } = bench;
  const scripted = createScriptedUpstream();
  const ruleset = rulesetByName('atlas');
  const feed = { current: true };
  const effective = createEffectiveStats({
    upstream: scripted.upstream,
    rulesetOf: () => ruleset,
    watches: bench.watches(() => feed.current),
    maxBytes: 1e6,
    expiryGrace,
    checkRequirements: true,
  });
  const commands: string[] = [];
  const watch = createClampWatch({
    characters,
    effective,
    clock,
    send: ({ type, worldId, channelId, maxValue }) => commands.push(`${type} ${worldId}/${channelId} ${maxValue}`),
  });
  bench.login();
  bench.load({ assets, buffs });
  clock.pass(60_000);
  const check = () => watch.check(WHO);
  check();
  return { bench, clock, characters, scripted, feed, watch, commands, check };
}

describe('clamp commands', () => {
  it('given a login, when it is loaded, then nothing is commanded', () => {
    assert.deepEqual(setUp().commands, []);
  });

  it('given an unequip, then it waits for the read that confirms it, and both are commanded once', () => {
    const { bench, check, clock, commands } = setUp();
    bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 4, oldSlot: -50 });
    check();
    bench.read({ part: 'equipment', assets: [] });
    check();
    assert.deepEqual(commands, [], 'its producer may not have committed yet');
    clock.pass(2_001);
    bench.read({ part: 'equipment', assets: [] });
    check();
    assert.deepEqual(commands, ['CLAMP_HP 0/1 500', 'CLAMP_MP 0/1 100']);
    check();
    assert.equal(commands.length, 2, 'once');
  });

  it('symptom: an older value that is published anew clamps the HP of a player for nothing', () => {
    const createdAt = instant(Date.UTC(2026, 0, 1));
    const hyperBody = buffStat(7, 'HYPER_BODY_HP', 60, createdAt);
    const { bench, check, clock, commands } = setUp({ buffs: [hyperBody] });
    const changes = [{ type: 'HYPER_BODY_HP', amount: 10 }];
    bench.event({ type: 'buff-stat-updated', sourceId: 7, level: 1, changes, createdAt });
    check();
    bench.read({ part: 'buffs', buffs: [hyperBody] });
    check();
    clock.pass(2_001);
    bench.read({ part: 'buffs', buffs: [hyperBody] });
    check();
    assert.deepEqual(commands, []);
  });

  it('symptom: a rise that was never confirmed, in the seconds after a new session, is not clamped after', () => {
    const { bench, check, clock, commands } = setUp();
    bench.login('s2');
    check();
    const createdAt = instant(clock.now());
    const changes = [{ type: 'HYPER_BODY_HP', amount: 60 }];
    bench.event({ type: 'buff-applied', sourceId: 7, level: 1, changes, createdAt, expiresAt: undefined });
    check();
    bench.event({ type: 'buff-expired', sourceId: 7, statTypes: [], createdAt });
    check();
    for (const round of [1, 2]) {
      bench.load({ assets: [BELT] });
      check();
      if (round === 1) assert.deepEqual(commands, []);
      clock.pass(2_001);
    }
    assert.deepEqual(commands, ['CLAMP_HP 0/1 800']);
  });

  it('given an unequip that was rolled back, when the re-read has decided, then nothing is commanded', () => {
    const { bench, check, commands } = setUp();
    bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 4, oldSlot: -50 });
    check();
    bench.read({ part: 'equipment', assets: [BELT] });
    check();
    assert.deepEqual(commands, []);
  });

  it('given a buff that ends, then it is commanded to where the character plays now', () => {
    const createdAt = instant(Date.UTC(2026, 0, 1));
    const { bench, check, clock, commands } = setUp({ buffs: [buffStat(7, 'HYPER_BODY_HP', 60, createdAt)] });
    bench.event({ type: 'session-created', sessionId: 's2', worldId: 0, channelId: 9 });
    bench.event({ type: 'buff-expired', sourceId: 7, statTypes: [], createdAt });
    check();
    for (const _round of [1, 2]) {
      bench.load({ assets: [BELT] });
      check();
      clock.pass(2_001);
    }
    assert.deepEqual(commands, ['CLAMP_HP 0/9 800']);
  });

  it('given a rise, then nothing is commanded; given the fall after it, then the fall is', () => {
    const { bench, check, clock, commands } = setUp();
    const createdAt = instant(clock.now());
    const change = { type: 'HYPER_BODY_HP', amount: 10 };
    const buff = { sourceId: 7, level: 1, createdAt, expiresAt: createdAt.ms + 10_000 } as const;
    bench.event({ type: 'buff-applied', ...buff, changes: [change] });
    check();
    assert.deepEqual(commands, []);
    clock.pass(25_001);
    bench.characters.sweep();
    check();
    assert.deepEqual(commands, [], 'the lapse made buffs stale');
    bench.read({ part: 'buffs', buffs: [] });
    check();
    assert.deepEqual(commands, ['CLAMP_HP 0/1 800']);
  });

  it('given a degraded result, then it neither triggers nor becomes the reference', () => {
    const { bench, check, feed, commands } = setUp();
    feed.current = false;
    bench.request('equipment');
    bench.read({ part: 'equipment', assets: [] });
    check();
    assert.deepEqual(commands, []);
    feed.current = true;
    check();
    assert.deepEqual(commands, ['CLAMP_HP 0/1 500', 'CLAMP_MP 0/1 100']);
  });

  it('given a degraded result, when it is whole again without any event, then the sweep notices', () => {
    const { bench, check, feed, watch, commands } = setUp();
    feed.current = false;
    bench.request('base');
    bench.read({ part: 'base', values: { ...BASE, max_hp: 400 } });
    check();
    feed.current = true;
    watch.sweep();
    assert.deepEqual(commands, ['CLAMP_HP 0/1 700']);
  });

  it('given more than a thousand whose results are not sure, then a sweep looks at a thousand, and the next at the others first', () => {
    const clock = createFakeClock();
    const { characters, moments } = createStateBench(clock);
    const looked: number[] = [];
    const of = ({ characterId }: Character) => void looked.push(characterId);
    const watch = createClampWatch({
      characters,
      clock,
      send: () => undefined,
      effective: { of, isSure: () => false },
    });
    for (let characterId = 1; characterId <= 1_001; characterId += 1) {
      const login = {
        sessionId: `s${characterId}`,
        worldId: 0,
        channelId: 1,
        recordTime: clock.now(),
        replayed: false,
      };
      const unknown = { context: undefined, backlog: undefined };
      characters.apply({ type: 'session-created', tenant: TENANT, characterId, ...login, ...unknown }, moments.next());
      watch.check({ tenant: TENANT, characterId });
    }
    looked.length = 0;
    watch.sweep();
    assert.equal(looked.length, 1_000);
    watch.sweep();
    assert.equal(looked[1_000], 1_001);
  });

  it('symptom: a command that waited for the producer clamps to a maximum that has risen since, elsewhere', () => {
    const { bench, check, watch, clock } = setUp();
    bench.request('equipment');
    bench.read({ part: 'equipment', assets: [] });
    check();
    const waiting = { type: 'CLAMP_HP', tenant: TENANT, characterId: 12, context: undefined } as const;
    const fall = { ...waiting, worldId: 0, channelId: 1, maxValue: 500 };
    assert.deepEqual(watch.latest(fall), fall);
    bench.event({ type: 'session-created', sessionId: 's2', worldId: 0, channelId: 9 });
    for (const _round of [1, 2]) {
      bench.load({ assets: [BELT] });
      clock.pass(2_001);
    }
    check();
    assert.deepEqual(watch.latest(fall), { ...fall, channelId: 9, maxValue: 800 });
    const character = bench.view();
    bench.logout();
    bench.logout('s2');
    watch.forget(character);
    assert.deepEqual(watch.latest(fall), { ...fall, maxValue: 800 }, 'whoever has gone keeps what has risen');
    clock.pass(60_000);
    assert.deepEqual(watch.latest(fall), fall);
  });

  it('symptom: a command that waited takes HP of a maximum that has risen, before a read has confirmed that', () => {
    const { bench, check, watch, clock } = setUp();
    const waiting = { type: 'CLAMP_HP', tenant: TENANT, characterId: 12, context: undefined } as const;
    const fall = { ...waiting, worldId: 0, channelId: 1, maxValue: 500 };
    const createdAt = instant(clock.now());
    const changes = [{ type: 'HYPER_BODY_HP', amount: 60 }];
    bench.login('s2');
    bench.event({ type: 'buff-applied', sourceId: 7, level: 1, changes, createdAt, expiresAt: undefined });
    check();
    assert.equal(watch.latest(fall).maxValue, 1_280);
  });

  it('symptom: a fall just before a change of channel, or within it, is never commanded', () => {
    const { bench, check, watch, clock, commands } = setUp();
    bench.event({ type: 'asset-moved', assetId: 1, templateId: 1, slot: 4, oldSlot: -50 });
    check();
    const character = bench.view();
    bench.logout();
    watch.forget(character);
    bench.event({ type: 'session-created', sessionId: 's2', worldId: 0, channelId: 2 });
    check();
    for (const _round of [1, 2]) {
      for (const part of PARTS) for (const claim of bench.due(part)) bench.merge(claim, EMPTY[part]);
      check();
      clock.pass(2_001);
    }
    assert.deepEqual(commands, ['CLAMP_HP 0/2 500', 'CLAMP_MP 0/2 100']);
  });

  it('given a visitor, then nothing is commanded', () => {
    const { bench, check, commands } = setUp();
    bench.logout();
    bench.characters.visit(TENANT, 12, undefined);
    bench.load({ assets: [BELT] });
    check();
    bench.request('equipment');
    bench.read({ part: 'equipment', assets: [] });
    check();
    assert.deepEqual(commands, []);
  });
});
