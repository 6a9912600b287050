import type { BuffChange } from '../src/domain/event.ts';
import type { SkillEffect } from '../src/domain/static-data.ts';
import { lineageOf } from './jobs.ts';

export interface SkillTemplate {
  readonly skillId: number;
  readonly name: string;
  /** False: passive. */
  readonly action: boolean;
  readonly maxLevel: number;
  /** Fields that are not 0, at a level from 1. */
  readonly effect: (level: number) => Partial<SkillEffect>;
  /** What casting it at that level does; undefined: it is no buff. */
  readonly buff: BuffTemplate | undefined;
}

export interface BuffTemplate {
  /** Ms */
  readonly duration: (level: number) => number;
  readonly changes: (level: number) => readonly BuffChange[];
  /** True when it may be cast on others. */
  readonly party: boolean;
  /** True when its stats come and go one by one under the one source. */
  readonly accumulates: boolean;
}

type Effect = SkillTemplate['effect'];

/** A number that grows evenly up to `most` at the last level. */
function upTo(most: number, maxLevel: number, level: number): number {
  // The sum keeps -0 out of small negative amounts.
  return Math.ceil((most * level) / maxLevel) + 0;
}

function passive(skillId: number, name: string, maxLevel: number, effect: Effect = () => ({})): SkillTemplate {
  return { skillId, name, action: false, maxLevel, effect, buff: undefined };
}

/** `most` gives each stat type's amount at the last level. */
function active(
  skillId: number,
  name: string,
  maxLevel: number,
  seconds: number,
  most: Readonly<Record<string, number>>,
  traits: { readonly party?: boolean; readonly accumulates?: boolean } = {},
): SkillTemplate {
  const changes = (level: number): readonly BuffChange[] =>
    Object.entries(most).map(([type, amount]) => ({ type, amount: upTo(amount, maxLevel, level) }));
  return {
    skillId,
    name,
    action: true,
    maxLevel,
    effect: (level) => ({ statups: changes(level) }),
    buff: {
      duration: (level) => 1_000 * upTo(seconds, maxLevel, level),
      changes,
      party: traits.party ?? false,
      accumulates: traits.accumulates ?? false,
    },
  };
}

/** Fills an energy bar, which is charged by hits and not cast. */
function charging(skillId: number, name: string, maxLevel: number): SkillTemplate {
  const effect: Effect = (level) => ({ weaponAttack: upTo(20, maxLevel, level), speed: upTo(10, maxLevel, level) });
  return { skillId, name, action: true, maxLevel, effect, buff: undefined };
}

/** Weapon masteries and their like: numbers that the ruleset `atlas` does not read. */
const mastery: Effect = (level) => ({ x: level });

const thrust: Effect = (level) => ({ speed: 2 * level, statups: [{ type: 'SPEED', amount: 2 * level }] });
const nimbleness: Effect = (level) => ({ accuracy: level, avoidability: level, x: level, y: level });
const blessing: Effect = (level) => ({ x: level, y: level, z: level });

/** Real skills of the v83 game with plausible numbers; good enough to play with, not a reference. */
const PASSIVES: readonly SkillTemplate[] = [
  passive(12, 'Blessing of the Fairy', 20, blessing),
  passive(10000012, 'Blessing of the Fairy', 20, blessing),
  passive(20000012, 'Blessing of the Fairy', 20, blessing),
  passive(1000000, 'Improving HP Recovery', 16, (level) => ({ hp: 3 * level + 2 })),
  passive(1000001, 'Improving MaxHP Increase', 10, (level) => ({ x: 4 * level, y: 3 * level })),
  passive(1000002, 'Endure', 8),
  passive(1100000, 'Sword Mastery', 20, mastery),
  passive(1100001, 'Axe Mastery', 20, mastery),
  passive(1110000, 'Improving MP Recovery', 20, (level) => ({ mp: 2 * level })),
  passive(1110001, 'Shield Mastery', 20, mastery),
  passive(1120004, 'Achilles', 30, (level) => ({ x: 1_000 - 5 * level })),
  passive(1200000, 'Sword Mastery', 20, mastery),
  passive(1200001, 'Blunt Weapon Mastery', 20, mastery),
  passive(1300000, 'Spear Mastery', 20, mastery),
  passive(1300001, 'Polearm Mastery', 20, mastery),
  passive(1310000, 'Elemental Resistance', 20, mastery),
  passive(1320006, 'Berserk', 30, mastery),
  passive(2000000, 'Improving MP Recovery', 16, (level) => ({ mp: level })),
  passive(2000001, 'Improving MaxMP Increase', 10, (level) => ({ x: 2 * level, y: level })),
  passive(2100000, 'MP Eater', 20, mastery),
  passive(2110001, 'Element Amplification', 30, mastery),
  passive(2300000, 'MP Eater', 20, mastery),
  passive(3000000, 'Blessing of Amazon', 16, mastery),
  passive(3000001, 'Critical Shot', 20, mastery),
  passive(3000002, 'Eye of Amazon', 8),
  passive(3100000, 'Bow Mastery', 20, mastery),
  passive(3110000, 'Thrust', 20, thrust),
  passive(3120005, 'Bow Expert', 30, mastery),
  passive(3200000, 'Crossbow Mastery', 20, mastery),
  passive(3210000, 'Thrust', 20, thrust),
  passive(4000000, 'Nimble Body', 20, nimbleness),
  passive(4000001, 'Keen Eyes', 8),
  passive(4100000, 'Claw Mastery', 20, mastery),
  passive(4100002, 'Endure', 20, (level) => ({ hp: 3 * level, mp: level })),
  passive(4200000, 'Dagger Mastery', 20, mastery),
  passive(4200001, 'Endure', 20, (level) => ({ hp: 3 * level, mp: level })),
  passive(5000000, 'Bullet Time', 20, nimbleness),
  passive(5100000, 'Improve MaxHP', 10, (level) => ({ x: 3 * level, y: 3 * level })),
  passive(5100001, 'Knuckler Mastery', 20, mastery),
  passive(5200000, 'Gun Mastery', 20, mastery),
  passive(11000000, 'MaxHP Enhancement', 10, (level) => ({ x: 4 * level, y: 3 * level })),
  passive(13100004, 'Thrust', 20, thrust),
  passive(13110003, 'Bow Expert', 20, mastery),
  passive(14000000, 'Nimble Body', 20, nimbleness),
  passive(15000000, 'Quick Motion', 10, nimbleness),
  passive(21120001, 'High Mastery', 30, mastery),
];

const ACTIVES: readonly SkillTemplate[] = [
  active(1005, 'Echo of Hero', 1, 2_400, { ECHO_OF_HERO: 4 }, { party: true }),
  active(1001003, 'Iron Body', 20, 300, { WEAPON_DEFENSE: 40 }),
  active(1101004, 'Sword Booster', 20, 200, { BOOSTER: -2 }),
  active(1101006, 'Rage', 20, 160, { WEAPON_ATTACK: 12, WEAPON_DEFENSE: -12 }, { party: true }),
  active(1301007, 'Hyper Body', 30, 300, { HYPER_BODY_HP: 60, HYPER_BODY_MP: 60 }, { party: true }),
  active(1111002, 'Combo Attack', 30, 200, { COMBO: 1 }),
  active(1121000, 'Maple Warrior', 30, 900, { MAPLE_WARRIOR: 15 }, { party: true }),
  active(
    1320009,
    'Hex of the Beholder',
    25,
    60,
    { WEAPON_DEFENSE: 40, MAGIC_DEFENSE: 40, ACCURACY: 20, AVOIDABILITY: 20, WEAPON_ATTACK: 15 },
    { accumulates: true },
  ),
  active(2001002, 'Magic Guard', 20, 600, { MAGIC_GUARD: 80 }),
  active(2001003, 'Magic Armor', 20, 600, { WEAPON_DEFENSE: 40 }),
  active(2101001, 'Meditation', 20, 200, { MAGIC_ATTACK: 20 }, { party: true }),
  active(2121000, 'Maple Warrior', 30, 900, { MAPLE_WARRIOR: 15 }, { party: true }),
  active(
    2301004,
    'Bless',
    20,
    200,
    { WEAPON_ATTACK: 20, WEAPON_DEFENSE: 20, MAGIC_DEFENSE: 20, ACCURACY: 20, AVOIDABILITY: 20 },
    { party: true },
  ),
  active(2311003, 'Holy Symbol', 30, 120, { HOLY_SYMBOL: 150 }, { party: true }),
  active(3001003, 'Focus', 20, 300, { ACCURACY: 20, AVOIDABILITY: 20 }),
  active(3101004, 'Soul Arrow', 20, 900, { SOUL_ARROW: 1 }),
  active(3121000, 'Maple Warrior', 30, 900, { MAPLE_WARRIOR: 15 }, { party: true }),
  active(3121002, 'Sharp Eyes', 30, 300, { SHARP_EYES: 3_980 }, { party: true }),
  active(4101003, 'Claw Booster', 20, 200, { BOOSTER: -2 }),
  active(4101004, 'Haste', 20, 200, { SPEED: 40, JUMP: 20 }, { party: true }),
  active(4121000, 'Maple Warrior', 30, 900, { MAPLE_WARRIOR: 15 }, { party: true }),
  active(5001005, 'Dash', 10, 30, { DASH_SPEED: 40, DASH_JUMP: 20 }),
  charging(5110001, 'Energy Charge', 40),
  active(5121000, 'Maple Warrior', 30, 900, { MAPLE_WARRIOR: 15 }, { party: true }),
  active(11001001, 'Iron Body', 20, 300, { WEAPON_DEFENSE: 40 }),
  active(11101003, 'Rage', 20, 160, { WEAPON_ATTACK: 12, WEAPON_DEFENSE: -12 }, { party: true }),
  active(12101000, 'Meditation', 20, 200, { MAGIC_ATTACK: 20 }, { party: true }),
  active(14101003, 'Haste', 20, 200, { SPEED: 40, JUMP: 20 }, { party: true }),
  charging(15100004, 'Energy Charge', 20),
  active(21121000, 'Maple Warrior', 30, 900, { MAPLE_WARRIOR: 15 }, { party: true }),
];

export const SKILL_TEMPLATES: ReadonlyMap<number, SkillTemplate> = new Map(
  [...PASSIVES, ...ACTIVES].map((template) => [template.skillId, template]),
);

/** Skills whose buff is the reading of an energy bar. */
export const ENERGY_SKILLS: readonly number[] = [5110001, 15100004];

/** Reading of a full energy bar. */
export const FULL_ENERGY = 15_000;

/** What eating or drinking grants: item id, ms, and what changes. */
export const CONSUMABLES: readonly {
  readonly itemId: number;
  readonly name: string;
  readonly duration: number;
  readonly change: BuffChange;
}[] = [
  { itemId: 2002000, name: 'Dexterity Potion', duration: 180_000, change: { type: 'AVOIDABILITY', amount: 5 } },
  { itemId: 2002001, name: 'Speed Potion', duration: 180_000, change: { type: 'SPEED', amount: 8 } },
  { itemId: 2002002, name: 'Magic Potion', duration: 180_000, change: { type: 'MAGIC_ATTACK', amount: 5 } },
  { itemId: 2002004, name: 'Warrior Potion', duration: 180_000, change: { type: 'WEAPON_ATTACK', amount: 5 } },
  { itemId: 2002005, name: 'Sniper Potion', duration: 180_000, change: { type: 'ACCURACY', amount: 5 } },
  { itemId: 2002006, name: 'Warrior Pill', duration: 600_000, change: { type: 'PAD', amount: 8 } },
];

/** Skills that a character of the job can learn: its own and those of the jobs that it came from. */
export function skillsOfJob(jobId: number): readonly SkillTemplate[] {
  const jobs = new Set(lineageOf(jobId));
  return [...SKILL_TEMPLATES.values()].filter(({ skillId }) => jobs.has(Math.floor(skillId / 10_000)));
}
