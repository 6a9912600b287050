import fc from 'fast-check';
import type { CalculationInput } from '../../src/domain/ruleset.ts';
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
  gm: fc.integer({ min: 0, max: 1 }),
});

const asset: fc.Arbitrary<WornAsset> = fc.record({
  assetId: fc.integer({ min: 1, max: 40 }),
  templateId: small,
  slot: fc.integer({ min: -60, max: -1 }),
  stats: fc.record(Object.fromEntries(STATS.map((stat) => [stat, int32])), { requiredKeys: [] }),
});

export const BUFF_TYPES = [
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

const skill: fc.Arbitrary<SkillLevel> = fc.record({ skillId: small, level: fc.integer({ min: 1, max: 3 }) });

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

const requirements: fc.Arbitrary<EquipmentRequirements> = fc.record({
  level: demand,
  job: fc.constantFrom(0, 0, 1, 2, 4, 8, 16, 24),
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

/** Any character with any game data; ids are unique as they are in the store. */
export const calculationInput: fc.Arbitrary<CalculationInput> = fc
  .record({
    base,
    assets: fc.uniqueArray(asset, { selector: (entry) => entry.assetId, maxLength: 8 }),
    buffs: fc.uniqueArray(buff, { selector: (entry) => `${entry.sourceId}/${entry.statType}`, maxLength: 8 }),
    skills: fc.uniqueArray(skill, { selector: (entry) => entry.skillId, maxLength: 5 }),
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
      skill: (skillId: number) => skillsById[skillId],
      requirements: (templateId: number) => requirementsById[templateId],
      revision: 0,
    },
  }));

/** The same character with its lists in any order. */
export function shuffled(input: CalculationInput): fc.Arbitrary<CalculationInput> {
  return fc
    .record({ assets: permutation(input.assets), buffs: permutation(input.buffs), skills: permutation(input.skills) })
    .map((lists) => ({ ...input, ...lists }));
}

function permutation<T>(list: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...list], { minLength: list.length });
}
