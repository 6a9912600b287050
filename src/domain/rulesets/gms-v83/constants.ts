import type { Phase } from '../evaluation.ts';

/**
 * Every number of the ruleset with its source.
 * Cosmic: the recalculation of a character's local stats in the Cosmic v83 server (HeavenMS is its forerunner).
 * Client: published notes on the v83 client's BasicStat and SecondaryStat, and the open re-implementations of them.
 */
export const CONSTANTS = {
  /** MaxHP and MaxMP after Hyper Body. Cosmic: 30000 for both, before Maple Warrior. */
  poolCap: 30_000,
  /** Weapon and magic attack and defense. Client: 1999 where SecondaryStat gives PAD, PDD, MAD and MDD. */
  attackCap: 1_999,
  /** Accuracy and avoidability. Client: 999 where SecondaryStat sets ACC and EVA. */
  accuracyCap: 999,
  /** Percent of normal speed; the stat is what is above {@link bareMovement}. Client: speed is shown up to 140. */
  speedCap: 140,
  /** Percent of normal jump. Client: jump is shown up to 123. */
  jumpCap: 123,
  /** Speed and jump of a character without any bonus. Client: both start at 100. */
  bareMovement: 100,
  /** INT and magic attack of base and equipment together, for `magic` only. HeavenMS: 2000; Cosmic today has it off. */
  magicCap: 2_000,
  /** Hits that one more weapon attack takes. Client: the combo count by tens. */
  comboStep: 10,
} as const;

/**
 * The order of the calculation: Cosmic's, with Echo of Hero last (client: percents of PAD and MAD follow all flat
 * bonuses).
 */
export const PHASES = [
  { name: 'base' },
  { name: 'equipment' },
  { name: 'Hyper Body' },
  {
    name: 'HP and MP cap',
    caps: [
      ['max_hp', CONSTANTS.poolCap],
      ['max_mp', CONSTANTS.poolCap],
    ],
  },
  { name: 'Maple Warrior' },
  { name: 'passives' },
  { name: 'buffs' },
  { name: 'Blessing of the Fairy' },
  { name: 'Echo of Hero' },
  {
    name: 'limits',
    caps: [
      ['weapon_attack', CONSTANTS.attackCap],
      ['weapon_defense', CONSTANTS.attackCap],
      ['magic_attack', CONSTANTS.attackCap],
      ['magic_defense', CONSTANTS.attackCap],
      ['accuracy', CONSTANTS.accuracyCap],
      ['avoidability', CONSTANTS.accuracyCap],
      ['speed', CONSTANTS.speedCap - CONSTANTS.bareMovement],
      ['jump', CONSTANTS.jumpCap - CONSTANTS.bareMovement],
    ],
  },
] as const satisfies readonly Phase[];

/** Positions in {@link PHASES}. */
export const PHASE = {
  equipment: 1,
  hyperBody: 2,
  mapleWarrior: 4,
  passives: 5,
  buffs: 6,
  blessing: 7,
  echo: 8,
} as const;

/** Templates / 10000. Cosmic: the weapon types of item ids. */
export const WEAPON = {
  oneHandedSword: 130,
  oneHandedAxe: 131,
  oneHandedBlunt: 132,
  dagger: 133,
  twoHandedSword: 140,
  twoHandedAxe: 141,
  twoHandedBlunt: 142,
  spear: 143,
  polearm: 144,
  bow: 145,
  crossbow: 146,
  claw: 147,
  knuckle: 148,
  gun: 149,
} as const;
