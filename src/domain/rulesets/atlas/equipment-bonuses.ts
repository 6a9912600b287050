import type { Bonus } from '../../ruleset.ts';
import type { WornAsset } from '../../snapshot.ts';
import { STATS } from '../../stat.ts';
import { bonusOf } from '../bonus.ts';

/** Bonuses of worn items, ordered by asset, then stat. Only positive entries of an item count (rules §2). */
export function equipmentBonuses(assets: readonly WornAsset[]): Bonus[] {
  const bonuses: Bonus[] = [];
  for (const { assetId, stats } of assets.toSorted((a, b) => a.assetId - b.assetId)) {
    for (const stat of STATS) {
      const amount = stats[stat] ?? 0;
      if (amount > 0) bonuses.push(bonusOf('equipment', assetId, stat, 'amount', amount));
    }
  }
  return bonuses;
}
