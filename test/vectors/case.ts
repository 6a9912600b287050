import type { Bonus, CalculationInput, EffectiveStats } from '../../src/domain/ruleset.ts';
import type { BaseValues, Stat } from '../../src/domain/stat.ts';
import { STATS } from '../../src/domain/stat.ts';
import type { EquipmentRequirements, SkillData, SkillEffect } from '../../src/domain/static-data.ts';
import type { Vector } from './vector.ts';

type Effect = Extract<NonNullable<Vector['skillData']>[string], object>['effects'][string];

const NO_BASE: BaseValues = {
  strength: 0,
  dexterity: 0,
  luck: 0,
  intelligence: 0,
  max_hp: 0,
  max_mp: 0,
  level: 0,
  job: 0,
  fame: 0,
  gm: 0,
};

const NO_REQUIREMENTS: EquipmentRequirements = {
  level: 0,
  job: 0,
  strength: 0,
  dexterity: 0,
  intelligence: 0,
  luck: 0,
  fame: 0,
};

const NO_EFFECT: SkillEffect = {
  weaponAttack: 0,
  magicAttack: 0,
  weaponDefense: 0,
  magicDefense: 0,
  accuracy: 0,
  avoidability: 0,
  speed: 0,
  jump: 0,
  hp: 0,
  mp: 0,
  x: 0,
  y: 0,
  z: 0,
  statups: [],
};

/** What the ruleset is given. */
export function inputOf(vector: Vector): CalculationInput {
  return {
    base: { ...NO_BASE, ...vector.base },
    assets: (vector.assets ?? []).map(({ id, template, slot, stats }) => ({
      assetId: id,
      templateId: template ?? 0,
      slot: slot ?? -1,
      stats,
    })),
    buffs: (vector.buffs ?? []).map(({ source, type, amount, level, createdAt: [ms, ns] = [0, 0] }) => ({
      sourceId: source,
      statType: type,
      amount,
      level,
      createdAt: { ms, ns },
      expiresAt: undefined,
    })),
    skills: Object.entries(vector.skills ?? {}).map(([skillId, level]) => ({ skillId: Number(skillId), level })),
    data: {
      skill: (skillId) => skillOf(vector.skillData?.[skillId]),
      requirements: (templateId) => requirementsOf(vector.requirements?.[templateId]),
      revision: 0,
    },
    checkRequirements: vector.checkRequirements ?? true,
  };
}

function skillOf(entry: NonNullable<Vector['skillData']>[string] | undefined): SkillData | null | undefined {
  if (entry === 'unknown') return undefined;
  if (entry === undefined) return null;
  const levels = Math.max(...Object.keys(entry.effects).map(Number));
  const effects = Array.from({ length: levels }, (_, index) => effectOf(entry.effects[index + 1] ?? {}));
  return { action: entry.action ?? false, effects };
}

function effectOf(effect: Effect): SkillEffect {
  return { ...NO_EFFECT, ...effect };
}

function requirementsOf(
  entry: NonNullable<Vector['requirements']>[string] | undefined,
): EquipmentRequirements | null | undefined {
  if (entry === 'unknown') return undefined;
  return entry === undefined ? null : { ...NO_REQUIREMENTS, ...entry };
}

/** The expected answer in the form in which {@link readable} shows the real one. */
export function expectedOf(vector: Vector) {
  const bases: Readonly<Partial<Record<Stat, number>>> = vector.base ?? {};
  return {
    stats: Object.fromEntries(STATS.map((stat) => [stat, vector.stats[stat] ?? bases[stat] ?? 0])),
    bonuses: vector.bonuses,
    missing: { templateIds: [], skillIds: [], buffSkillIds: [], ...vector.missing },
  };
}

/** The answer as a person would write it down. */
export function readable(result: EffectiveStats) {
  return {
    stats: Object.fromEntries(STATS.map((stat, index) => [stat, result.values[index]])),
    bonuses: result.bonuses.map(line),
    missing: result.missing,
  };
}

function line({ kind, id, stat, amount, percent, basePercent }: Bonus): string {
  const parts = [
    ...(amount === 0 ? [] : [signed(amount)]),
    ...(percent === 0 ? [] : [`${signed(percent)}%`]),
    ...(basePercent === 0 ? [] : [`${signed(basePercent)}% of base`]),
  ];
  return `${kind}:${id} ${stat} ${parts.join(' ')}`;
}

function signed(value: number): string {
  return value < 0 ? `${value}` : `+${value}`;
}
