import type { Stat } from '../stat.ts';

/** Buff stat types that grant an amount of the same stat, under every name that Atlas's services use for it. */
export const FLAT_TYPES: readonly (readonly [Stat, readonly string[]])[] = [
  ['weapon_attack', ['WEAPON_ATTACK', 'PAD']],
  ['magic_attack', ['MAGIC_ATTACK', 'MAD']],
  ['weapon_defense', ['WEAPON_DEFENSE', 'PDD']],
  ['magic_defense', ['MAGIC_DEFENSE', 'MDD']],
  ['accuracy', ['ACCURACY', 'ACC']],
  ['avoidability', ['AVOIDABILITY', 'AVOID', 'EVA']],
  ['speed', ['SPEED']],
  ['jump', ['JUMP']],
];
