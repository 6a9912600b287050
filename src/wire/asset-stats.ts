import { STATS, type Stat, type StatRow } from '../domain/stat.ts';
import { INT32, type Json, optionalInteger, optionalObject } from './go-json.ts';

/** Which field of an asset, and of an item template, grants which stat; `hands` grants nothing. */
export const ASSET_FIELD = {
  strength: 'strength',
  dexterity: 'dexterity',
  luck: 'luck',
  intelligence: 'intelligence',
  max_hp: 'hp',
  max_mp: 'mp',
  weapon_attack: 'weaponAttack',
  weapon_defense: 'weaponDefense',
  magic_attack: 'magicAttack',
  magic_defense: 'magicDefense',
  accuracy: 'accuracy',
  avoidability: 'avoidability',
  speed: 'speed',
  jump: 'jump',
} as const satisfies Record<Stat, string>;

/** In the order of {@link STATS}. */
export const ASSET_FIELDS: readonly string[] = STATS.map((stat) => ASSET_FIELD[stat]);

/** What S and T call an asset that is equipment. */
export const EQUIPMENT_REFERENCES: readonly string[] = ['equipable', 'cash_equipable', 'cash-equipable'];

/** T writes the stats flat, S under `referenceData`; undefined when the body has none of them. */
export function statsOf(body: Json, path = ''): StatRow | undefined {
  const nested = optionalObject(body, 'referenceData', `${path}referenceData`);
  const stats: Partial<Record<Stat, number>> = {};
  let carried = false;
  for (const stat of STATS) {
    const name = ASSET_FIELD[stat];
    const value =
      nested === undefined
        ? optionalInteger(body, name, INT32, `${path}${name}`)
        : optionalInteger(nested, name, INT32, `${path}referenceData.${name}`);
    carried ||= value !== undefined;
    if (value !== undefined && value > 0) stats[stat] = value;
  }
  return carried ? stats : undefined;
}
