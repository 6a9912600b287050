import type { Stat, StatRow } from '../domain/stat.ts';
import { INT32, type Json, optionalInteger, optionalObject } from './fields.ts';

/** Which field of an asset grants which stat; `hands` grants nothing. */
const STAT_OF_FIELD: readonly (readonly [string, Stat])[] = [
  ['strength', 'strength'],
  ['dexterity', 'dexterity'],
  ['luck', 'luck'],
  ['intelligence', 'intelligence'],
  ['hp', 'max_hp'],
  ['mp', 'max_mp'],
  ['weaponAttack', 'weapon_attack'],
  ['weaponDefense', 'weapon_defense'],
  ['magicAttack', 'magic_attack'],
  ['magicDefense', 'magic_defense'],
  ['accuracy', 'accuracy'],
  ['avoidability', 'avoidability'],
  ['speed', 'speed'],
  ['jump', 'jump'],
];

/** What S and T call an asset that is equipment. */
export const EQUIPMENT_REFERENCES: readonly string[] = ['equipable', 'cash_equipable', 'cash-equipable'];

/** T writes the stats flat, S under `referenceData`; undefined when the body has none of them. */
export function statsOf(body: Json, path = ''): StatRow | undefined {
  const nested = optionalObject(body, 'referenceData', `${path}referenceData`);
  const stats: Partial<Record<Stat, number>> = {};
  let carried = false;
  for (const [name, stat] of STAT_OF_FIELD) {
    const value =
      nested === undefined
        ? optionalInteger(body, name, INT32, `${path}${name}`)
        : optionalInteger(nested, name, INT32, `${path}referenceData.${name}`);
    carried ||= value !== undefined;
    if (value !== undefined && value > 0) stats[stat] = value;
  }
  return carried ? stats : undefined;
}
