import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CalculationInput } from '../../src/domain/ruleset.ts';
import { atlas } from '../../src/domain/rulesets/atlas/ruleset.ts';
import { STATS, type StatRow } from '../../src/domain/stat.ts';
import type { SkillData, StaticData } from '../../src/domain/static-data.ts';
import { ITEM_TEMPLATES } from '../../world/item-templates.ts';
import type { AssetStats, Character } from '../../world/model.ts';
import { createRandomPlay } from '../../world/random-play.ts';
import { SKILL_TEMPLATES } from '../../world/skill-templates.ts';
import { createWorld, type MadeUp, WORLD_TENANT, type World } from '../../world/world.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { oracleStats } from './oracle.ts';

const WHO = { tenant: WORLD_TENANT, characterId: 12 };

function worldWith(base: MadeUp['base']): { world: World; clock: FakeClock } {
  const clock = createFakeClock();
  const world = createWorld({ seed: 1, clock, emit: () => undefined });
  world.makeUp({ ...WHO, ...(base === undefined ? {} : { base }) });
  return { world, clock };
}

function buffed(world: World, sourceId: number, type: string, amount: number, duration = 60_000): void {
  world.applyBuff(WHO, { sourceId, level: 1, duration, changes: [{ type, amount }] });
}

function wear(world: World, templateId: number, stats?: Partial<AssetStats>): void {
  world.equip(WHO, world.give(WHO, templateId, stats));
}

const statsOf = (world: World, options: { grace?: number; checkRequirements?: boolean } = {}) =>
  oracleStats(world.get(WHO), { now: world.clock.now(), ...options });

describe('given the worked examples of docs/reference/rulesets.md, then the oracle gives their results', () => {
  test('1: flat bonuses', () => {
    const { world } = worldWith({ max_hp: 1_000, max_mp: 500 });
    wear(world, 1142000);
    assert.partialDeepStrictEqual(statsOf(world), { max_hp: 1_047, max_mp: 550 });
  });

  test('2: Maple Warrior acts on the base alone', () => {
    const { world } = worldWith({ strength: 705, dexterity: 123, level: 100 });
    wear(world, 1002357, { strength: 15, dexterity: 15 });
    buffed(world, 1121000, 'MAPLE_WARRIOR', 10);
    assert.partialDeepStrictEqual(statsOf(world), { strength: 790, dexterity: 150 });
  });

  test('3: Hyper Body acts on base and gear, up to 30000', () => {
    const { world } = worldWith({ max_hp: 1_500, level: 100 });
    wear(world, 1002357, { hp: 150 });
    buffed(world, 1301007, 'HYPER_BODY_HP', 60);
    assert.equal(statsOf(world).max_hp, 2_640);
    const rich = worldWith({ max_hp: 20_000 }).world;
    buffed(rich, 1301007, 'HYPER_BODY_HP', 60);
    assert.equal(statsOf(rich).max_hp, 30_000);
  });

  test('4: percents are exact', () => {
    const { world } = worldWith({ max_hp: 1_425 });
    buffed(world, 1301007, 'HYPER_BODY_HP', 16);
    assert.equal(statsOf(world).max_hp, 1_653);
  });

  test('5: buffs of the same type add up', () => {
    const { world } = worldWith({});
    wear(world, 1302000, { weaponAttack: 83 });
    buffed(world, 1101006, 'WEAPON_ATTACK', 12);
    buffed(world, -2002004, 'PAD', 5);
    assert.equal(statsOf(world).weapon_attack, 100);
  });
});

test('given gear with requirements, then only what can be put on one after the other counts', () => {
  const { world } = worldWith({ level: 90, job: 111, strength: 255, dexterity: 80 });
  wear(world, 1302059, { weaponAttack: 97 });
  assert.equal(statsOf(world).weapon_attack, 0);
  assert.equal(statsOf(world, { checkRequirements: false }).weapon_attack, 97);
  wear(world, 1002357, { strength: 15 });
  assert.equal(statsOf(world).weapon_attack, 97);

  const mutual = worldWith({ level: 90, job: 111, strength: 70 }).world;
  wear(mutual, 1040021, { strength: 10 });
  wear(mutual, 1060016, { strength: 10 });
  assert.equal(statsOf(mutual).strength, 70);
  buffed(mutual, 1121000, 'MAPLE_WARRIOR', 8);
  assert.equal(statsOf(mutual).strength, 95);

  const thief = worldWith({ level: 90, job: 411, strength: 255, dexterity: 80 }).world;
  wear(thief, 1302059, { weaponAttack: 97 });
  wear(thief, 1002357, { strength: 15 });
  assert.equal(statsOf(thief).weapon_attack, 0);
});

test('given a buff, when it has lapsed, then it counts for the grace alone, and until then to the last ms', () => {
  const { world, clock } = worldWith({});
  buffed(world, 4101004, 'SPEED', 40, 10_000);
  clock.pass(9_999);
  assert.equal(statsOf(world).speed, 40);
  clock.pass(1);
  assert.equal(statsOf(world).speed, 0);
  assert.equal(statsOf(world, { grace: 15_000 }).speed, 40);
  clock.pass(15_000);
  assert.equal(statsOf(world, { grace: 15_000 }).speed, 0);
});

test('given an energy bar, then it grants weapon attack only when it is full', () => {
  const { world } = worldWith({});
  for (const [amount, attack] of [
    [14_999, 0],
    [15_000, 10],
    [15_001, 0],
  ] as const) {
    world.updateBuff(WHO, 5110001, 20, [{ type: 'ENERGY_CHARGE', amount }]);
    assert.equal(statsOf(world).weapon_attack, attack, `${amount}`);
  }
  world.learnSkill(WHO, 5110001, 40);
  world.applyBuff(WHO, {
    sourceId: 5110001,
    level: 0,
    duration: 0,
    changes: [{ type: 'ENERGY_CHARGE', amount: 15_000 }],
  });
  assert.equal(statsOf(world).weapon_attack, 20);
});

test('given passives and a curse, then they are added, and nothing falls below 0', () => {
  const { world } = worldWith({ max_hp: 1_000 });
  world.learnSkill(WHO, 1000000, 10);
  world.learnSkill(WHO, 3110000, 5);
  world.learnSkill(WHO, 4101004, 5);
  assert.partialDeepStrictEqual(statsOf(world), { max_hp: 1_032, speed: 10 });
  buffed(world, 1101006, 'WEAPON_DEFENSE', -12);
  assert.equal(statsOf(world).weapon_defense, 0);
});

test('given worlds that lived, then the oracle and the ruleset agree on everyone', () => {
  for (const format of ['T', 'S'] as const) {
    const clock = createFakeClock();
    const world = createWorld({ seed: 21, clock, emit: () => undefined, characters: 60, format });
    const play = createRandomPlay(world, { seed: 21, actionsPerSecond: 1 });
    let differences = 0;
    for (let round = 0; round < 10; round++) {
      for (let count = 0; count < 300; count++) play.act();
      clock.pass(30_000);
      for (const character of world.characters()) {
        const expected = oracleStats(character, { now: clock.now(), format });
        const { values } = atlas.compute(inputOf(character, clock.now(), format === 'T'));
        assert.deepEqual(Object.fromEntries(STATS.map((stat, index) => [stat, values[index]])), expected);
        if (expected.weapon_attack > 0) differences++;
      }
    }
    assert.ok(differences > 300, 'the characters are worth comparing');
  }
});

const FIELDS: readonly (readonly [keyof AssetStats, keyof StatRow])[] = [
  ['strength', 'strength'],
  ['dexterity', 'dexterity'],
  ['intelligence', 'intelligence'],
  ['luck', 'luck'],
  ['hp', 'max_hp'],
  ['mp', 'max_mp'],
  ['weaponAttack', 'weapon_attack'],
  ['magicAttack', 'magic_attack'],
  ['weaponDefense', 'weapon_defense'],
  ['magicDefense', 'magic_defense'],
  ['accuracy', 'accuracy'],
  ['avoidability', 'avoidability'],
  ['speed', 'speed'],
  ['jump', 'jump'],
];

function inputOf(character: Character, now: number, today: boolean): CalculationInput {
  return {
    base: character.base,
    assets: character.assets
      .filter(({ slot }) => slot < 0)
      .map(({ assetId, templateId, slot, stats }) => ({
        assetId,
        templateId,
        slot,
        stats: Object.fromEntries(FIELDS.map(([field, stat]) => [stat, stats[field]])),
      })),
    buffs: character.buffs
      .filter(({ expiresAt }) => expiresAt === undefined || now < expiresAt.ms)
      .flatMap(({ sourceId, level, changes, createdAt, expiresAt }) =>
        changes.map(({ type, amount }) => ({
          sourceId,
          statType: type,
          amount,
          level: today ? level : undefined,
          createdAt,
          expiresAt: expiresAt?.ms,
        })),
      ),
    skills: character.skills,
    data: staticData(today),
    checkRequirements: true,
  };
}

function staticData(today: boolean): StaticData {
  const none = { weaponAttack: 0, magicAttack: 0, weaponDefense: 0, magicDefense: 0, accuracy: 0, avoidability: 0 };
  const nothing = { ...none, speed: 0, jump: 0, hp: 0, mp: 0, x: 0, y: 0, z: 0, statups: [] };
  return {
    revision: 1,
    skill(skillId): SkillData | null {
      const skill = SKILL_TEMPLATES.get(skillId);
      if (skill === undefined) return null;
      const effects = Array.from({ length: skill.maxLevel }, (_, index) => ({
        ...nothing,
        ...skill.effect(index + 1),
      }));
      return { action: skill.action, effects };
    },
    requirements(templateId) {
      const requires = today ? ITEM_TEMPLATES.get(templateId)?.requires : undefined;
      if (requires === undefined) return null;
      const { level, job, str, dex, int, luk } = requires;
      return { level, job, strength: str, dexterity: dex, intelligence: int, luck: luk, fame: 0 };
    },
  };
}
