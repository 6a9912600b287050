import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReadBench } from '../../test/support/read-bench.ts';
import { asset, BASE, buffStat, instant, TENANT } from '../../test/support/state-bench.ts';
import type { CalculationInput } from '../domain/ruleset.ts';
import { rulesetByName } from '../domain/rulesets/index.ts';
import type { ExplanationRead } from './explainer.ts';
import type { Explanation } from './explanation.ts';

const NOW = Date.UTC(2026, 0, 1);

const INPUT: CalculationInput = {
  base: BASE,
  assets: [],
  buffs: [],
  skills: [],
  data: { skill: () => null, requirements: () => null, revision: 1 },
  checkRequirements: true,
};

async function setUp(given: Partial<CalculationInput> = {}) {
  const bench = await createReadBench(rulesetByName('atlas'), { ...INPUT, ...given });
  const explain = async (): Promise<Explanation> => {
    const read: ExplanationRead = await bench.explainer.explain(TENANT, 12, undefined);
    assert.ok(read.kind === 'answer');
    return read.explanation;
  };
  return { ...bench, explain };
}

function partOf({ parts }: Explanation, part: string) {
  return parts.find((each) => each.part === part);
}

test('given a resident, when it is explained, then who it is, where, and of which state is told', async () => {
  const { explain, bench } = await setUp();
  const explanation = await explain();
  assert.equal(explanation.resident, true);
  assert.deepEqual(explanation.place, { worldId: 0, channelId: 1, since: NOW });
  assert.deepEqual(explanation.sessions, [{ sessionId: 's1', worldId: 0, channelId: 1, createdAt: NOW }]);
  assert.equal(explanation.version, bench.view().version);
  assert.equal(explanation.ruleset, 'atlas');
  assert.equal(explanation.now, NOW);
});

test('given parts in every state, when they are explained, then each says how far it can be trusted', async () => {
  const { explain, bench, clock, feed } = await setUp();
  clock.pass(10_000);
  bench.event({ type: 'base-changed', values: { strength: 30 }, incomplete: false });
  const marked = await explain();
  assert.partialDeepStrictEqual(partOf(marked, 'base'), {
    state: 'stale',
    asOf: NOW,
    staleSince: NOW + 10_000,
    staleReason: 'base changed',
    nextReadAt: NOW + 10_000,
    failures: 0,
  });
  assert.equal(partOf(marked, 'buffs')?.state, 'fresh');
  assert.deepEqual(marked.degraded, ['base']);
  const claim = bench.claim('base');
  assert.partialDeepStrictEqual(partOf(await explain(), 'base'), { readingSince: NOW + 10_000, nextReadAt: undefined });
  bench.merge(claim, { part: 'base', values: { ...BASE, strength: 30 } });
  assert.partialDeepStrictEqual(partOf(await explain(), 'base'), {
    state: 'settling',
    settlesAt: NOW + 12_000,
    nextReadAt: NOW + 12_000,
    staleReason: undefined,
  });
  clock.pass(10_000);
  feed.current = false;
  assert.equal(partOf(await explain(), 'buffs')?.state, 'unwatched');
});

test('given a visitor whose base alone is there, when it is explained, then the rest was never read', async () => {
  const { explainer, characters, clock, bench } = await setUp();
  bench.logout();
  characters.visit(TENANT, 12, undefined);
  bench.read({ part: 'base', values: BASE });
  for (const part of ['equipment', 'buffs', 'passives'] as const) {
    bench.fail(bench.claim(part), clock.mono() + 500);
  }
  const read = await explainer.explain(TENANT, 12, undefined);
  assert.ok(read.kind === 'answer');
  assert.equal(read.explanation.resident, false);
  assert.deepEqual(read.explanation.sessions, []);
  assert.partialDeepStrictEqual(partOf(read.explanation, 'equipment'), {
    state: 'unloaded',
    asOf: undefined,
    failures: 1,
    nextReadAt: NOW + 500,
  });
  assert.deepEqual(read.explanation.degraded, ['equipment', 'buffs', 'passives']);
});

test('given sources of every kind, when they are explained, then each line says what is known of its source', async () => {
  const { explain, clock, bench } = await setUp({
    assets: [asset(177, -1, { weapon_attack: 5 }), asset(178, -2, {})],
    buffs: [
      buffStat(1, 'PAD', 7, instant(NOW)),
      buffStat(2, 'PAD', 9, instant(NOW), 10_000),
      buffStat(3, 'STANCE', 1, instant(NOW)),
    ],
  });
  clock.pass(26_000);
  bench.characters.sweep();
  const { stats, idle } = await explain();
  const attack = stats.find(({ name }) => name === 'weapon_attack');
  const lines = attack?.phases.flatMap((phase) =>
    phase.lines.map(({ source, total, reason }) => ({ source, total, code: reason?.code })),
  );
  assert.deepEqual(lines, [
    { source: { kind: 'equipment', id: 177, templateId: 1_302_177, slot: -1 }, total: 5, code: undefined },
    {
      source: { kind: 'buff', id: 1, statType: 'PAD', level: 20, expiresAt: NOW + 200_000 },
      total: 12,
      code: undefined,
    },
    {
      source: { kind: 'buff', id: 2, statType: 'PAD', level: 20, expiresAt: NOW + 10_000 },
      total: 12,
      code: 'expired',
    },
  ]);
  assert.deepEqual(
    idle.map(({ source, reason }) => ['id' in source ? source.id : undefined, reason.text]),
    [
      [3, 'this type grants no stat'],
      [178, 'carries no stats'],
    ],
  );
});

test('given what was read and what was heard since, when it is explained, then each line says which, and when', async () => {
  const { explain, bench, clock } = await setUp({ assets: [asset(177, -1, { strength: 5 })] });
  clock.pass(10_000);
  bench.event({ type: 'base-changed', values: { strength: 99 }, incomplete: false });
  const { stats } = await explain();
  const lines = stats.find(({ name }) => name === 'strength')?.phases.flatMap((phase) => phase.lines);
  assert.deepEqual(
    lines?.map(({ source, origin }) => [source.kind, origin]),
    [
      ['base', { how: 'heard', at: NOW + 10_000 }],
      ['equipment', { how: 'read', at: NOW }],
    ],
  );
});

test('symptom: what a read has listed is told as heard, because of an earlier instance, or a take-off that does not show yet', async () => {
  const newest = buffStat(7, 'SPEED', 40, instant(NOW + 10_001));
  const { explain, bench, clock } = await setUp({ assets: [asset(177, -1, { speed: 5 })] });
  clock.pass(10_000);
  bench.request('buffs');
  const claim = bench.claim('buffs');
  const changes = [{ type: 'SPEED', amount: 20 }];
  const createdAt = instant(NOW + 10_000);
  bench.event({ type: 'buff-applied', sourceId: 7, level: 20, changes, createdAt, expiresAt: undefined });
  bench.merge(claim, { part: 'buffs', buffs: [newest] });
  bench.event({ type: 'asset-moved', assetId: 177, templateId: 177, slot: 7, oldSlot: -1 });
  const { stats } = await explain();
  const lines = stats.find(({ name }) => name === 'speed')?.phases.flatMap((phase) => phase.lines);
  assert.deepEqual(
    lines?.map(({ source, origin }) => [source.kind, origin?.how]),
    [
      ['equipment', 'read'],
      ['buff', 'read'],
    ],
  );
});
