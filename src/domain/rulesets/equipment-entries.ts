import type { Reason, Recorder } from '../ruleset.ts';
import type { WornAsset } from '../snapshot.ts';
import { STATS } from '../stat.ts';
import { bonusOf } from './bonus.ts';
import { type Entry, sourceOf } from './entry.ts';
import { NEVER_LOWERS, NO_STATS } from './reasons.ts';

/** A worn asset and whether its stats count. */
export interface Verdict {
  readonly asset: WornAsset;
  readonly counts: boolean;
  /** Why it does not count, or counts only for now. */
  readonly reason: Reason | undefined;
}

/**
 * Entries of worn items, ordered by asset, then stat. Only positive entries of an item count. With a
 * recorder those that do not count are among them.
 */
export function equipmentEntries(
  verdicts: readonly Verdict[],
  phase: number,
  recorder: Recorder | undefined,
): readonly Entry[] {
  const entries: Entry[] = [];
  for (const { asset, counts, reason } of verdicts.toSorted((a, b) => a.asset.assetId - b.asset.assetId)) {
    if (!counts && recorder === undefined) continue;
    const before = entries.length;
    for (const stat of STATS) {
      const amount = asset.stats[stat] ?? 0;
      if (amount > 0) {
        const bonus = bonusOf('equipment', asset.assetId, stat, 'amount', amount);
        entries.push({ bonus, phase, origin: asset, counts, reason });
      } else if (amount < 0 && recorder !== undefined) {
        const bonus = bonusOf('equipment', asset.assetId, stat, 'amount', amount);
        entries.push({ bonus, phase, origin: asset, counts: false, reason: NEVER_LOWERS });
      }
    }
    if (entries.length === before) recorder?.idle(sourceOf(asset), reason ?? NO_STATS);
  }
  return entries;
}
