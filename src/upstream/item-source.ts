import type { WornAsset } from '../domain/snapshot.ts';
import type { StatRow } from '../domain/stat.ts';
import type { UpstreamTarget } from './port.ts';

/** What the data service tells of an item template. */
export interface ItemTemplate {
  /** Of an item as it drops on average. */
  readonly stats: StatRow;
  /** Cash items are worn over the others, in slots of their own. */
  readonly cash: boolean;
}

/**
 * Items that no state is kept of, read when somebody asks. An implementer owes what an Upstream owes: a deadline, bounded
 * retries, the gates, both formats, and an AppError (UPSTREAM_*) for anything that is not a well-formed answer.
 */
export interface ItemSource {
  /** Every item of a character's compartment for equipment, worn (slot below 0) or in the bag. */
  items(target: UpstreamTarget): Promise<readonly WornAsset[]>;
  template(target: Omit<UpstreamTarget, 'characterId'>, templateId: number): Promise<ItemTemplate | 'missing'>;
}
