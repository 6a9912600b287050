import fc from 'fast-check';
import type { CalculationInput } from '../../src/domain/ruleset.ts';
import { PASSIVES } from '../../src/domain/rulesets/gms-v83/passives.ts';
import type { BuffStat, SkillLevel, WornAsset } from '../../src/domain/snapshot.ts';
import { STATS } from '../../src/domain/stat.ts';
import type { EquipmentRequirements, SkillData } from '../../src/domain/static-data.ts';

/** `FC_SEED=… npm test` replays what a failing property printed. */
export const REPLAY = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };

// Small ranges, so that sources, templates, skills and thresholds meet often; sometimes the ends of the type.
const int32 = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -40, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }) },
  { weight: 1, arbitrary: fc.constantFrom(-0x8000_0000, 0x7fff_ffff, 15_000) },
);

const small = fc.integer({ min: 1, max: 6 });
const uint16 = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 0xffff }));

const base = fc.record({
  strength: uint16,
  dexterity: uint16,
  luck: uint16,
  intelligence: uint16,
  max_hp: uint16,
  max_mp: uint16,
  level: fc.integer({ min: 1, max: 200 }),
  job: fc.constantFrom(0, 112, 230, 322, 412, 522, 900, 1000, 1112, 1512, 2112, 2218),
  fame: fc.integer({ min: -100, max: 100 }),
});

function assetOf(templateId: fc.Arbitrary<number>): fc.Arbitrary<WornAsset> {
  return fc.record({
    assetId: fc.integer({ min: 1, max: 40 }),
    templateId,
    slot: fc.integer({ min: -60, max: -1 }),
    stats: fc.record(Object.fromEntries(STATS.map((stat) => [stat, int32])), { requiredKeys: [] }),
  });
}

const BUFF_TYPES = [
  'WEAPON_ATTACK',
  'PAD',
  'MAD',
  'WEAPON_DEFENSE',
  'AVOID',
  'EVA',
  'SPEED',
  'JUMP',
  'HYPER_BODY_HP',
  'HYPER_BODY_MP',
  'MAPLE_WARRIOR',
  'ENERGY_CHARGE',
  'ARAN_COMBO',
  'DASH_SPEED',
  'DASH_JUMP',
  'ECHO_OF_HERO',
  'STANCE',
] as const;

const buff: fc.Arbitrary<BuffStat> = fc.record({
  sourceId: fc.integer({ min: -2, max: 6 }),
  statType: fc.constantFrom(...BUFF_TYPES),
  amount: int32,
  level: fc.constantFrom(undefined, 0, 1, 2),
  createdAt: fc.record({ ms: fc.integer({ min: 0, max: 2 }), ns: fc.integer({ min: 0, max: 1 }) }),
  expiresAt: fc.constant(undefined),
});

export const buffs = fc.uniqueArray(buff, { selector: (entry) => `${entry.sourceId}/${entry.statType}`, maxLength: 8 });

function skillOf(skillId: fc.Arbitrary<number>): fc.Arbitrary<SkillLevel> {
  return fc.record({ skillId, level: fc.integer({ min: 1, max: 3 }) });
}

const effect = fc.record({
  weaponAttack: int32,
  magicAttack: int32,
  weaponDefense: int32,
  magicDefense: int32,
  accuracy: int32,
  avoidability: int32,
  speed: int32,
  jump: int32,
  hp: int32,
  mp: int32,
  x: int32,
  y: int32,
  z: int32,
  statups: fc.array(
    fc.record({ type: fc.constantFrom('STR', 'DEX', 'HP', 'MHP', 'MP', 'PAD', 'ACC', 'STANCE'), amount: int32 }),
    { maxLength: 3 },
  ),
});

const skillData: fc.Arbitrary<SkillData> = fc.record({
  action: fc.boolean(),
  effects: fc.array(effect, { minLength: 1, maxLength: 3 }),
});

const demand = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 120 }));

/** What `reqJob` says where beginners alone may wear it. */
export const BEGINNERS: readonly number[] = [-1, 65_535];

const requirements: fc.Arbitrary<EquipmentRequirements> = fc.record({
  level: demand,
  job: fc.constantFrom(0, 0, 1, 2, 4, 8, 16, 24, ...BEGINNERS),
  strength: demand,
  dexterity: demand,
  intelligence: demand,
  luck: demand,
  fame: demand,
});

function byId<T>(value: fc.Arbitrary<T>) {
  const lookup = fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom(null, undefined) });
  return fc.array(lookup, { minLength: 10, maxLength: 10 });
}

function inputOf(
  templateId: fc.Arbitrary<number>,
  skillId: fc.Arbitrary<number>,
  gameMaster: fc.Arbitrary<number>,
): fc.Arbitrary<CalculationInput> {
  return fc
    .record({
      base: fc.tuple(base, gameMaster).map(([values, gm]) => ({ ...values, gm })),
      assets: fc.uniqueArray(assetOf(templateId), { selector: (entry) => entry.assetId, maxLength: 8 }),
      buffs,
      skills: fc.uniqueArray(skillOf(skillId), { selector: (entry) => entry.skillId, maxLength: 5 }),
      skillData: byId(skillData),
      requirements: byId(requirements),
      checkRequirements: fc.boolean(),
    })
    .map(({ skillData: skillsById, requirements: requirementsById, ...rest }) => ({
      ...rest,
      data: {
        // Kept for the print of a counterexample, where functions show nothing.
        skillsById,
        requirementsById,
        skill: (id: number) => skillsById[id % skillsById.length],
        requirements: (id: number) => (id === FRESH ? undefined : requirementsById[id % requirementsById.length]),
        revision: 0,
      },
    }));
}

/** An id that no generated input uses; an item template of this id has unknown requirements, and counts. */
export const FRESH = 1_000;

/** Any character with any game data; ids are unique as they are in the store. */
export const calculationInput = inputOf(small, small, fc.integer({ min: 0, max: 1 }));

// Weapons of several types, and other items.
const v83Template = fc.constantFrom(1302001, 1402002, 1442003, 1452004, 1462005, 1002006, 1102007);
const v83Skill = fc.constantFrom(...PASSIVES.keys());

/**
 * The same with the ids that ruleset gms-v83 knows; game masters are rare, because requirements say nothing of them.
 */
export const v83Input = inputOf(
  v83Template,
  fc.oneof(v83Skill, fc.constantFrom(1100000, 12, 3120005, 1234567)),
  fc.constantFrom(0, 0, 0, 0, 1),
);

/** The same character with its lists in any order. */
export function shuffled(input: CalculationInput): fc.Arbitrary<CalculationInput> {
  return fc
    .record({ assets: permutation(input.assets), buffs: permutation(input.buffs), skills: permutation(input.skills) })
    .map((lists) => ({ ...input, ...lists }));
}

function permutation<T>(list: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...list], { minLength: list.length });
}
