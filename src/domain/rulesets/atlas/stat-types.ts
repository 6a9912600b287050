import type { Stat } from '../../stat.ts';
import type { Form } from '../bonus.ts';

/** Rules §2, buff stat types: flat, of the same stat, under every name that Atlas's services use for it. */
const FLAT: readonly (readonly [string, Stat])[] = [
  ['WEAPON_ATTACK', 'weapon_attack'],
  ['PAD', 'weapon_attack'],
  ['MAGIC_ATTACK', 'magic_attack'],
  ['MAD', 'magic_attack'],
  ['WEAPON_DEFENSE', 'weapon_defense'],
  ['PDD', 'weapon_defense'],
  ['MAGIC_DEFENSE', 'magic_defense'],
  ['MDD', 'magic_defense'],
  ['ACCURACY', 'accuracy'],
  ['ACC', 'accuracy'],
  ['AVOIDABILITY', 'avoidability'],
  ['AVOID', 'avoidability'],
  ['EVA', 'avoidability'],
  ['SPEED', 'speed'],
  ['JUMP', 'jump'],
];

/** Rules §2, passives: the flat types above, and these. */
const PASSIVE_ONLY: readonly (readonly [string, Stat])[] = [
  ['STR', 'strength'],
  ['DEX', 'dexterity'],
  ['LUK', 'luck'],
  ['INT', 'intelligence'],
  ['HP', 'max_hp'],
  ['MHP', 'max_hp'],
  ['MAX_HP', 'max_hp'],
  ['MP', 'max_mp'],
  ['MMP', 'max_mp'],
  ['MAX_MP', 'max_mp'],
];

export interface BuffMeaning {
  readonly stats: readonly Stat[];
  readonly form: Form;
}

/** What a buff's stat type bears on. Types that are missing here grant nothing; ENERGY_CHARGE has its own rule. */
export const BUFF_TYPES: ReadonlyMap<string, BuffMeaning> = new Map<string, BuffMeaning>([
  ...FLAT.map(([type, stat]) => [type, { stats: [stat], form: 'amount' }] as const),
  ['HYPER_BODY_HP', { stats: ['max_hp'], form: 'percent' }],
  ['HYPER_BODY_MP', { stats: ['max_mp'], form: 'percent' }],
  ['MAPLE_WARRIOR', { stats: ['strength', 'dexterity', 'luck', 'intelligence'], form: 'basePercent' }],
]);

/** Which stat a passive's `statups` entry raises. Types that are missing here grant nothing. */
export const STATUP_TYPES: ReadonlyMap<string, Stat> = new Map([...FLAT, ...PASSIVE_ONLY]);
