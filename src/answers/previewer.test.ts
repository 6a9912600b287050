import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReadBench } from '../../test/support/read-bench.ts';
import { BASE, buffStat, instant, TENANT } from '../../test/support/state-bench.ts';
import type { CalculationInput } from '../domain/ruleset.ts';
import { rulesetByName } from '../domain/rulesets/index.ts';
import { STAT_INDEX, type Stat } from '../domain/stat.ts';
import type { EquipmentRequirements } from '../domain/static-data.ts';
import type { Preview, Trial, TrialProblem } from './preview.ts';

const NOW = Date.UTC(2026, 0, 1);
const NOTHING: Trial = { takeOff: [], putOn: [], addBuffs: [], removeBuffs: [], base: {} };
const FREE: EquipmentRequirements = {
  level: 0,
  job: 0,
  strength: 0,
  dexterity: 0,
  intelligence: 0,
  luck: 0,
  fame: 0,
};

const HAT = { assetId: 1, templateId: 1_002_357, slot: -1, stats: { strength: 20, max_hp: 5 } };
const SHIELD = { assetId: 2, templateId: 1_092_030, slot: -10, stats: { max_hp: 30 } };
/** Worn thanks to the hat: BASE has 25 STR. */
const SWORD = { assetId: 3, templateId: 1_302_000, slot: -11, stats: { weapon_attack: 17 } };
const NEEDS: Readonly<Record<number, EquipmentRequirements>> = { 1302000: { ...FREE, strength: 40 } };

const INPUT: CalculationInput = {
  base: BASE,
  assets: [HAT, SHIELD, SWORD],
  buffs: [
    buffStat(5, 'PAD', 7, instant(NOW)),
    buffStat(5, 'SPEED', 9, instant(NOW)),
    buffStat(6, 'JUMP', 4, instant(NOW)),
  ],
  skills: [],
  data: { skill: () => null, requirements: (id) => NEEDS[id] ?? (id === 0 ? undefined : null), revision: 1 },
  checkRequirements: true,
};

async function setUp(given: Partial<CalculationInput> = {}) {
  const bench = await createReadBench(rulesetByName('atlas'), { ...INPUT, ...given });
  const ask = (trial: Partial<Trial>) => bench.previewer.preview(TENANT, 12, undefined, { ...NOTHING, ...trial });
  const preview = async (trial: Partial<Trial>): Promise<Preview> => {
    const read = await ask(trial);
    assert.ok(read.kind === 'answer', JSON.stringify(read));
    return read.preview;
  };
  const problems = async (trial: Partial<Trial>): Promise<readonly TrialProblem[]> => {
    const read = await ask(trial);
    assert.ok(read.kind === 'impossible', JSON.stringify(read));
    return read.problems;
  };
  return { ...bench, ask, preview, problems };
}

function change({ before, after }: Preview, stat: Stat): number {
  return (after.values[STAT_INDEX[stat]] ?? 0) - (before.values[STAT_INDEX[stat]] ?? 0);
}

test('given a trial of everything, when it is previewed, then state, version and answer stay as they were', async () => {
  const { preview, bench, reader, items, characters, explainer } = await setUp();
  items.owned.push({ ...HAT, assetId: 9, slot: 4 });
  const snapshot = () => {
    const view = bench.view();
    return structuredClone([
      view.version,
      view.base,
      view.equipment,
      view.buffs,
      view.passives,
      characters.population(),
    ]);
  };
  const answer = reader.read(TENANT, 12, undefined);
  const explanation = explainer.explain(TENANT, 12, undefined);
  const before = snapshot();
  const { version } = await preview({
    takeOff: [2],
    putOn: [{ assetId: 9 }, { slot: -12, stats: { strength: 5 } }],
    addBuffs: [{ sourceId: 8, changes: [{ type: 'PAD', amount: 1 }] }],
    removeBuffs: [6],
    base: { strength: 99 },
  });
  assert.equal(version, bench.view().version);
  assert.deepEqual(snapshot(), before);
  assert.deepEqual(reader.read(TENANT, 12, undefined), answer);
  assert.deepEqual(explainer.explain(TENANT, 12, undefined), explanation);
});

test('given nothing to try, when it is previewed, then before is after, and no service is asked', async () => {
  const { preview, items } = await setUp();
  const { before, after, takenOff, stopQualifying } = await preview({});
  assert.deepEqual(after, before);
  assert.deepEqual([takenOff, stopQualifying, items.asked], [[], [], []]);
});

test('given an item that another needs, when it is taken off, then the other stops to qualify', async () => {
  const { preview } = await setUp();
  const result = await preview({ takeOff: [1] });
  assert.equal(change(result, 'strength'), -20);
  assert.equal(change(result, 'weapon_attack'), -17);
  assert.deepEqual(result.takenOff, [{ assetId: 1, templateId: 1_002_357, slot: -1, displacedBy: undefined }]);
  assert.deepEqual(result.stopQualifying, [
    { assetId: 3, templateId: 1_302_000, slot: -11, reason: { code: 'unqualified', text: 'strength 25 of 40' } },
  ]);
});

test('given an item that its wearer does not qualify for, when the base grows, then it starts to', async () => {
  const { preview } = await setUp({ assets: [SWORD] });
  const result = await preview({ base: { strength: 40 } });
  assert.equal(change(result, 'weapon_attack'), 17);
  assert.deepEqual(result.startQualifying, [{ assetId: 3, templateId: 1_302_000, slot: -11 }]);
});

test('given items of the bag, of templates and of given stats, when they are put on, then each counts and displaces', async () => {
  const { preview, items, scripted } = await setUp();
  items.owned.push(HAT, { assetId: 9, templateId: 1_002_001, slot: 4, stats: { strength: 22 } });
  items.templates.set(1_002_001, { stats: { strength: 1 }, cash: false });
  items.templates.set(1_442_024, { stats: { weapon_attack: 80 }, cash: false });
  const result = await preview({
    putOn: [{ assetId: 9 }, { templateId: 1_442_024 }, { slot: -12, stats: { speed: 3 } }],
  });
  assert.deepEqual(result.putOn, [
    { assetId: 9, templateId: 1_002_001, slot: -1, reason: undefined },
    { assetId: undefined, templateId: 1_442_024, slot: -11, reason: undefined },
    { assetId: undefined, templateId: undefined, slot: -12, reason: undefined },
  ]);
  assert.deepEqual(
    result.takenOff.map(({ assetId, displacedBy }) => [assetId, displacedBy]),
    [
      [1, 0],
      [2, 1],
      [3, 1],
    ],
  );
  assert.deepEqual(
    [change(result, 'strength'), change(result, 'weapon_attack'), change(result, 'speed'), change(result, 'max_hp')],
    [2, 63, 3, -35],
  );
  assert.deepEqual(result.degraded, []);
  assert.deepEqual(scripted.wanted.at(-1)?.templateIds, [1_002_001, 1_442_024]);
});

test('given a template with stats and slot of its own, when it is put on, then these count, and it demands', async () => {
  const { preview, items, scripted } = await setUp({ assets: [] });
  items.templates.set(1_302_000, { stats: { weapon_attack: 17 }, cash: false });
  const result = await preview({ putOn: [{ templateId: 1_302_000, slot: -11, stats: { weapon_attack: 50 } }] });
  assert.deepEqual(scripted.wanted.at(-1)?.templateIds, [1_302_000]);
  assert.equal(change(result, 'weapon_attack'), 0);
  assert.equal(result.putOn[0]?.reason?.text, 'strength 25 of 40');
});

test('given a cash item, when it is put on, then it goes over the others', async () => {
  const { preview, items } = await setUp();
  items.templates.set(1_002_186, { stats: {}, cash: true });
  const { putOn, takenOff } = await preview({ putOn: [{ templateId: 1_002_186 }] });
  assert.equal(putOn[0]?.slot, -101);
  assert.deepEqual(takenOff, []);
});

test('given an item that lies in the bag though the state has it worn, when it is put on, then it counts once', async () => {
  const { preview, items } = await setUp();
  items.owned.push({ ...HAT, slot: 4 });
  const result = await preview({ putOn: [{ assetId: 1, slot: -101 }] });
  assert.equal(change(result, 'strength'), 0);
});

test('given two items for one slot, when both are put on, then the second displaces the first', async () => {
  const { preview } = await setUp({ assets: [] });
  const stats = { speed: 3 };
  const result = await preview({
    putOn: [
      { slot: -12, stats },
      { slot: -12, stats: { speed: 1 } },
    ],
  });
  assert.equal(change(result, 'speed'), 1);
  assert.deepEqual(result.takenOff, [{ assetId: undefined, templateId: undefined, slot: -12, displacedBy: 1 }]);
});

test('given an item whose requirements are unknown, when it is put on, then it counts and the preview says so', async () => {
  const { preview, items } = await setUp({ assets: [], data: { ...INPUT.data, requirements: () => undefined } });
  items.source.template = () => Promise.reject(new Error('not now'));
  const result = await preview({ putOn: [{ templateId: 1_302_000, slot: -11, stats: { weapon_attack: 5 } }] });
  assert.equal(change(result, 'weapon_attack'), 5);
  assert.deepEqual(result.degraded, ['requirements']);
});

test('given buffs, when some are cast and some end, then a cast replaces its whole source', async () => {
  const { preview } = await setUp();
  const result = await preview({
    addBuffs: [
      {
        sourceId: 5,
        level: 3,
        changes: [
          { type: 'PAD', amount: 1 },
          { type: 'PAD', amount: 10 },
        ],
      },
      { sourceId: 7, changes: [{ type: 'HYPER_BODY_HP', amount: 100 }] },
    ],
    removeBuffs: [6],
  });
  assert.equal(change(result, 'weapon_attack'), 3);
  assert.equal(change(result, 'speed'), -9);
  assert.equal(change(result, 'jump'), -4);
  assert.equal(change(result, 'max_hp'), 535);
});

test('given an energy charge to cast, when it is previewed, then the data of its skill is loaded first', async () => {
  const { preview, scripted } = await setUp({ skills: [{ skillId: 5_110_001, level: 1 }] });
  await preview({ addBuffs: [{ sourceId: 5_110_001, changes: [{ type: 'ENERGY_CHARGE', amount: 15_000 }] }] });
  assert.deepEqual(scripted.wanted.at(-1)?.skillIds, [5_110_001]);
});

test('given what is not there, when it is tried, then each problem says where', async () => {
  const { problems, items } = await setUp();
  items.owned.push(HAT, { assetId: 9, templateId: 9_990_000, slot: 4, stats: {} });
  const pointers = async (trial: Partial<Trial>) => (await problems(trial)).map(({ pointer, got }) => [pointer, got]);
  assert.deepEqual(
    await pointers({
      putOn: [{ assetId: 8 }, { assetId: 1 }, { templateId: 1_002_999 }, { assetId: 9 }, { assetId: 9, slot: -1 }],
    }),
    [
      ['/putOn/0/assetId', 8],
      ['/putOn/1/assetId', '1, which is worn'],
      ['/putOn/2/templateId', 1_002_999],
      ['/putOn/3/slot', undefined],
      ['/putOn/4/assetId', '9 again'],
    ],
  );
  assert.deepEqual(await pointers({ takeOff: [1, 8, 1], removeBuffs: [5, 99] }), [
    ['/takeOff/1', 8],
    ['/takeOff/2', 1],
    ['/removeBuffs/1', 99],
  ]);
});

test('given a character whose base cannot be had, when something is tried, then no item is asked for', async () => {
  const { bench, ask, characters, items, clock } = await setUp();
  bench.logout();
  characters.visit(TENANT, 12, undefined);
  bench.fail(bench.claim('base'), clock.mono(), true);
  assert.deepEqual(await ask({ putOn: [{ assetId: 9 }] }), { kind: 'unavailable' });
  assert.deepEqual(items.asked, []);
});

test('symptom: previews of what does not exist fill the cache of game data, and turn out what is needed', async () => {
  const { ask, items, scripted } = await setUp();
  const before = scripted.wanted.length;
  const madeUp = { templateId: 1_302_999, slot: -11, stats: { weapon_attack: 5 } };
  assert.equal((await ask({ putOn: [madeUp] })).kind, 'impossible');
  items.source.template = () => Promise.reject(new Error('refused, as format S refuses what it does not know'));
  assert.equal((await ask({ putOn: [madeUp] })).kind, 'answer');
  const charge = { sourceId: 5_110_999, changes: [{ type: 'ENERGY_CHARGE', amount: 15_000 }] };
  assert.equal((await ask({ addBuffs: [charge] })).kind, 'answer');
  const asked = scripted.wanted.slice(before).flatMap(({ skillIds, templateIds }) => [...skillIds, ...templateIds]);
  assert.deepEqual(
    asked.filter((id) => id === madeUp.templateId || id === charge.sourceId),
    [],
  );
});

test('symptom: previews of items ask a slow service without bound', async () => {
  const { ask, items } = await setUp();
  const hanging = Promise.withResolvers<never>();
  hanging.promise.catch(() => undefined);
  items.source.template = () => hanging.promise;
  const waiting = Array.from({ length: 64 }, () => ask({ putOn: [{ templateId: 1_002_357 }] }));
  assert.deepEqual(await ask({ putOn: [{ templateId: 1_002_357 }] }), { kind: 'overloaded' });
  assert.equal((await ask({ takeOff: [2] })).kind, 'answer');
  hanging.reject(new Error('given up'));
  assert.ok((await Promise.allSettled(waiting)).every(({ status }) => status === 'rejected'));
  items.source.template = async () => 'missing';
  assert.notEqual((await ask({ putOn: [{ templateId: 1_002_357 }] })).kind, 'overloaded');
});

test('symptom: a preview says yes to a sword that is worn as a hat', async () => {
  const { problems, preview, items } = await setUp();
  items.templates.set(1_302_000, { stats: { weapon_attack: 17 }, cash: false });
  items.templates.set(1_002_186, { stats: {}, cash: true });
  items.owned.push({ ...SWORD, assetId: 9, slot: 4 });
  const stats = { weapon_attack: 5 };
  const found = await problems({
    putOn: [
      { templateId: 1_302_000, slot: -1 },
      { templateId: 1_302_000, slot: -7, stats },
      { assetId: 9, slot: -9 },
      { templateId: 1_002_186, slot: -1 },
    ],
  });
  assert.deepEqual(found, [
    { pointer: '/putOn/0/slot', expected: 'a slot that this kind of item goes to: weapon (-11)', got: -1 },
    { pointer: '/putOn/1/slot', expected: 'a slot that this kind of item goes to: weapon (-11)', got: -7 },
    { pointer: '/putOn/2/slot', expected: 'a slot that this kind of item goes to: weapon (-11)', got: -9 },
    { pointer: '/putOn/3/slot', expected: 'a slot that this kind of item goes to: cash hat (-101)', got: -1 },
  ]);
  items.source.template = () => Promise.reject(new Error('not now'));
  for (const slot of [-1, -101]) assert.ok(await preview({ putOn: [{ templateId: 1_002_186, slot, stats }] }));
  assert.equal((await problems({ putOn: [{ templateId: 1_002_186, slot: -2, stats }] })).length, 1);
  assert.equal((await problems({ putOn: [{ assetId: 9, slot: -1 }] })).length, 1);
});

test('symptom: buffs of a preview that have no effect pass without a word', async () => {
  const { preview } = await setUp();
  const { idleBuffs } = await preview({
    addBuffs: [
      {
        sourceId: 7,
        changes: [
          { type: 'STR', amount: 5 },
          { type: 'PAD', amount: 0 },
          { type: 'SPEED', amount: 1 },
        ],
      },
      { sourceId: 8, changes: [{ type: 'FOO', amount: 5 }] },
    ],
  });
  assert.deepEqual(
    idleBuffs.map(({ sourceId, statType, reason }) => [sourceId, statType, reason.code]),
    [
      [7, 'STR', 'inert'],
      [7, 'PAD', 'inert'],
      [8, 'FOO', 'inert'],
    ],
  );
});

test('symptom: a preview beyond a limit does not tell of the limit', async () => {
  const { preview } = await setUp();
  const { explained, after } = await preview({
    putOn: [{ slot: -12, stats: { max_hp: 40_000 } }],
    addBuffs: [{ sourceId: 7, level: 3, changes: [{ type: 'PAD', amount: 9 }] }],
  });
  assert.deepEqual(
    explained.stats.map(({ value }) => value),
    after.values,
  );
  const lines = (stat: Stat) =>
    explained.stats.filter(({ name }) => name === stat).flatMap(({ phases }) => phases.flatMap((phase) => phase.lines));
  const limit = lines('max_hp').at(-1);
  assert.deepEqual([limit?.source, limit?.reason?.code], [{ kind: 'rule' }, 'capped']);
  assert.deepEqual(lines('max_hp').find(({ raw }) => raw === 40_000)?.source, {
    kind: 'equipment',
    id: -1,
    templateId: 0,
    slot: -12,
  });
  assert.deepEqual(lines('weapon_attack').at(-1)?.source, {
    kind: 'buff',
    id: 7,
    statType: 'PAD',
    level: 3,
    expiresAt: undefined,
  });
});
