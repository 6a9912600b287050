import type { Bonus, CalculationInput } from '../../ruleset.ts';
import type { WornAsset } from '../../snapshot.ts';
import type { BaseValues } from '../../stat.ts';
import type { EquipmentRequirements } from '../../static-data.ts';
import { clampInt32, statTotal } from '../stat-total.ts';

export interface Qualification {
  /** Assets whose stats count. */
  readonly assets: readonly WornAsset[];
  /** Templates whose requirements are unknown: their assets count. Ascending, each once. */
  readonly unknownTemplateIds: readonly number[];
}

/** The stats that an item may demand (rules §2). */
const DEMANDED = ['strength', 'dexterity', 'intelligence', 'luck'] as const;

type Abilities = Record<(typeof DEMANDED)[number], number>;

interface Pending {
  readonly asset: WornAsset;
  readonly requirements: EquipmentRequirements;
}

/**
 * Which assets their wearer qualifies for (rules §2), beginning with base and the bonuses that are not equipment: rounds
 * over those that do not qualify yet, until a round adds none. Items never lower a stat in this ruleset, so what suffices
 * once suffices for good, and the order of the assets cannot matter.
 */
export function qualify(input: CalculationInput, ownBonuses: readonly Bonus[]): Qualification {
  const assets: WornAsset[] = [];
  const unknown = new Set<number>();
  const abilities = abilitiesOf(input.base, ownBonuses);
  const jobClass = classOf(input.base.job);
  const wear = (asset: WornAsset) => {
    assets.push(asset);
    for (const stat of DEMANDED) abilities[stat] += Math.max(0, clampInt32(asset.stats[stat] ?? 0));
  };

  let pending: Pending[] = [];
  for (const asset of input.assets) {
    const requirements = input.data.requirements(asset.templateId);
    if (requirements === undefined) unknown.add(asset.templateId);
    if (requirements === undefined || requirements === null) wear(asset);
    else pending.push({ asset, requirements });
  }

  let before: number;
  do {
    before = pending.length;
    pending = pending.filter(({ asset, requirements }) => {
      if (!meets(requirements, input.base.level, jobClass, abilities)) return true;
      wear(asset);
      return false;
    });
  } while (pending.length < before);
  return { assets, unknownTemplateIds: [...unknown].sort((a, b) => a - b) };
}

function abilitiesOf(base: BaseValues, ownBonuses: readonly Bonus[]): Abilities {
  return {
    strength: statTotal('strength', base.strength, ownBonuses),
    dexterity: statTotal('dexterity', base.dexterity, ownBonuses),
    intelligence: statTotal('intelligence', base.intelligence, ownBonuses),
    luck: statTotal('luck', base.luck, ownBonuses),
  };
}

function meets(requirements: EquipmentRequirements, level: number, jobClass: number, abilities: Abilities): boolean {
  if (level < requirements.level) return false;
  if (requirements.job !== 0 && (requirements.job & jobClass) === 0) return false;
  // A requirement of 0 demands nothing, not even of someone whom a curse has brought below 0.
  return DEMANDED.every((stat) => requirements[stat] <= 0 || abilities[stat] >= requirements[stat]);
}

/** The bit of `reqJob` that a job belongs to (rules §2): by its hundreds; 0 for beginners and everyone else. */
function classOf(job: number): number {
  switch (Math.trunc(job / 100)) {
    case 1: // Warrior
    case 11: // Dawn Warrior
    case 21: // Aran
      return 1;
    case 2: // Magician
    case 12: // Blaze Wizard
    case 22: // Evan
      return 2;
    case 3: // Bowman
    case 13: // Wind Archer
      return 4;
    case 4: // Thief
    case 14: // Night Walker
      return 8;
    case 5: // Pirate
    case 15: // Thunder Breaker
      return 16;
    default:
      return 0;
  }
}
