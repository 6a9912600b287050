import type { Stat } from '../../stat.ts';
import type { SkillEffect } from '../../static-data.ts';
import { PHASE, WEAPON } from './constants.ts';

/** A field of a skill's effect. */
export type Field = 'x' | 'y' | 'z' | 'speed';

/** A passive skill that raises a stat of the character window. */
export interface Passive {
  /** The skill's name in v83. */
  readonly name: string;
  /** Weapon types of which one must be worn; undefined: any, or none. */
  readonly weapons: readonly number[] | undefined;
  readonly phase: number;
  /** In the order of STATS. */
  readonly reads: readonly (readonly [Field & keyof SkillEffect, Stat])[];
}

const SWORDS = [WEAPON.oneHandedSword, WEAPON.twoHandedSword];
const AXES = [WEAPON.oneHandedAxe, WEAPON.twoHandedAxe];
const BLUNTS = [WEAPON.oneHandedBlunt, WEAPON.twoHandedBlunt];

// Client: x, y and z as PAD, MAD and both of ACC and EVA. Cosmic adds level and 2 × level and leaves z out.
const BLESSING = blessing();

/**
 * The passives by skill id (docs/reference/rulesets.md).
 * Ids and names: the skill constants of BeiDou, which descends from Cosmic and HeavenMS, compared with Vana's and kinoko's.
 * Fields and weapons: kinoko's SecondaryStat, which follows the game's SecondaryStat::SetFrom, get_weapon_mastery and
 * get_increase_speed; two forks of the Journey client; MasteryLogic of a port of v83. The game's texts agree at the
 * highest level: masteries accuracy +20, Nimble Body accuracy and avoidability +20, Thrust speed +30.
 *
 * Some lists also name 13000000 as a Blessing of Amazon. In BeiDou, Vana and kinoko 13000000 is Wind Archer's
 * Critical Shot, and a Wind Archer has no Blessing of Amazon; it is left out.
 */
export const PASSIVES: ReadonlyMap<number, Passive> = new Map<number, Passive>([
  [12, BLESSING], // Beginner
  [10000012, BLESSING], // Noblesse
  [20000012, BLESSING], // Legend

  // Fourth-job (Wind Archer: third-job) masteries: x is weapon attack.
  [3120005, expert('Bow Expert', [WEAPON.bow])], // Bowmaster
  [13110003, expert('Bow Expert', [WEAPON.bow])], // Wind Archer
  [3220004, expert('Marksman Boost', [WEAPON.crossbow])], // Marksman
  // A fork of Journey reads x as accuracy here; kinoko and MasteryLogic as weapon attack, like us.
  [21120001, expert('High Mastery', [WEAPON.polearm])], // Aran

  // Second-job masteries: x is accuracy.
  [1100000, mastery('Sword Mastery', SWORDS)], // Fighter
  [1100001, mastery('Axe Mastery', AXES)], // Fighter
  [1200000, mastery('Sword Mastery', SWORDS)], // Page
  [1200001, mastery('BW Mastery', BLUNTS)], // Page
  [1300000, mastery('Spear Mastery', [WEAPON.spear])], // Spearman
  [1300001, mastery('Pole Arm Mastery', [WEAPON.polearm])], // Spearman
  [3100000, mastery('Bow Mastery', [WEAPON.bow])], // Hunter
  [3200000, mastery('Crossbow Mastery', [WEAPON.crossbow])], // Crossbowman
  [4100000, mastery('Claw Mastery', [WEAPON.claw])], // Assassin
  [4200000, mastery('Dagger Mastery', [WEAPON.dagger])], // Bandit
  [5100001, mastery('Knuckler Mastery', [WEAPON.knuckle])], // Brawler
  [5200000, mastery('Gun Mastery', [WEAPON.gun])], // Gunslinger
  [11100000, mastery('Sword Mastery', SWORDS)], // Dawn Warrior
  [13100000, mastery('Bow Mastery', [WEAPON.bow])], // Wind Archer
  [14100000, mastery('Claw Mastery', [WEAPON.claw])], // Night Walker
  [15100001, mastery('Knuckler Mastery', [WEAPON.knuckle])], // Thunder Breaker
  [21100000, mastery('Polearm Mastery', [WEAPON.polearm])], // Aran

  // First-job passives without a weapon.
  [3000000, passive('The Blessing of Amazon', [['x', 'accuracy']])], // Archer
  [4000000, nimble('Nimble Body')], // Rogue
  [14000000, nimble('Nimble Body')], // Night Walker
  [5000000, nimble('Bullet Time')], // Pirate
  [15000000, nimble('Quick Motion')], // Thunder Breaker

  [3110000, passive('Thrust', [['speed', 'speed']])], // Ranger
  [3210000, passive('Thrust', [['speed', 'speed']])], // Sniper
  [13100004, passive('Thrust', [['speed', 'speed']])], // Wind Archer
]);

function passive(name: string, reads: Passive['reads'], weapons?: readonly number[]): Passive {
  return { name, weapons, phase: PHASE.passives, reads };
}

function expert(name: string, weapons: readonly number[]): Passive {
  return passive(name, [['x', 'weapon_attack']], weapons);
}

function mastery(name: string, weapons: readonly number[]): Passive {
  return passive(name, [['x', 'accuracy']], weapons);
}

function nimble(name: string): Passive {
  return passive(name, [
    ['x', 'accuracy'],
    ['y', 'avoidability'],
  ]);
}

function blessing(): Passive {
  return {
    name: 'Blessing of the Fairy',
    weapons: undefined,
    phase: PHASE.blessing,
    reads: [
      ['x', 'weapon_attack'],
      ['y', 'magic_attack'],
      ['z', 'accuracy'],
      ['z', 'avoidability'],
    ],
  };
}
