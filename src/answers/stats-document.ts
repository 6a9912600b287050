import type { Bonus, EffectiveStats } from '../domain/ruleset.ts';
import { STATS, type Stat } from '../domain/stat.ts';
import type { CharacterId } from '../domain/tenant.ts';

/** The attribute of each stat, in the order of the document. */
export const ATTRIBUTES = {
  strength: 'strength',
  dexterity: 'dexterity',
  luck: 'luck',
  intelligence: 'intelligence',
  max_hp: 'maxHP',
  max_mp: 'maxMP',
  weapon_attack: 'weaponAttack',
  weapon_defense: 'weaponDefense',
  magic_attack: 'magicAttack',
  magic_defense: 'magicDefense',
  accuracy: 'accuracy',
  avoidability: 'avoidability',
  speed: 'speed',
  jump: 'jump',
} as const satisfies Record<Stat, string>;

/**
 * The JSON:API document of docs/reference/api.md. Written by hand, because the order of attributes is part of it and nothing
 * in it needs escaping: names are constants, the rest are integers. `degraded` comes in order.
 */
export function encodeStats(characterId: CharacterId, effective: EffectiveStats, degraded: readonly string[]): string {
  const attributes = STATS.map((stat, index) => `"${ATTRIBUTES[stat]}":${effective.values[index] ?? 0}`);
  if (effective.bonuses.length > 0) attributes.push(`"bonuses":[${effective.bonuses.map(encodeBonus).join(',')}]`);
  const meta = degraded.length === 0 ? '' : `,"meta":{"degraded":["${degraded.join('","')}"]}`;
  return `{"data":{"type":"effective-stats","id":"${characterId}","attributes":{${attributes.join(',')}}}${meta}}`;
}

function encodeBonus({ kind, id, stat, amount, percent, basePercent }: Bonus): string {
  const source = `"source":"${kind}:${id}","statType":"${stat}"`;
  return `{${source},"amount":${amount},"multiplier":${percent / 100},"basePercent":${basePercent}}`;
}
