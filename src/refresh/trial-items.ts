import { slotsOf } from '../domain/outfit.ts';
import type { WornAsset } from '../domain/snapshot.ts';
import type { ItemSource, ItemTemplate } from '../upstream/item-source.ts';
import type { UpstreamTarget } from '../upstream/port.ts';
import { type ItemToTry, NO_TEMPLATE, type TrialProblem } from './preview.ts';

/** An item of a trial with everything that is known of it. */
export interface Candidate extends Omit<WornAsset, 'slot'> {
  /** Where it may be worn: the first that is free, else the first. */
  readonly slots: readonly number[];
  /** Whether an upstream service knows its template. What nobody knows is not to fill caches. */
  readonly verified: boolean;
}

/**
 * Finds out what the items of a trial are like: one read of the bag, one of each template, and none of either when it can
 * do without. In the order of the trial. Rejects with AppError UPSTREAM_*, unless slot and stats are given: then the trial can
 * do without its template.
 */
export async function findTrialItems(
  source: ItemSource,
  target: UpstreamTarget,
  items: readonly ItemToTry[],
): Promise<readonly (Candidate | TrialProblem)[]> {
  const needsBag = items.some(({ assetId }) => assetId !== undefined);
  const owned = needsBag ? await source.items(target) : [];
  const templates = new Map<number, Promise<ItemTemplate | 'missing'>>();
  const templateOf = (templateId: number): Promise<ItemTemplate | 'missing'> => {
    const asked = templates.get(templateId) ?? source.template(target, templateId);
    templates.set(templateId, asked);
    return asked;
  };
  const assetIds = items.map(({ assetId }) => assetId);
  return Promise.all(
    items.map((item, index) =>
      item.assetId !== undefined && assetIds.indexOf(item.assetId) < index
        ? { pointer: `/putOn/${index}/assetId`, expected: 'every item once', got: `${item.assetId} again` }
        : find(item, index, owned, templateOf),
    ),
  );
}

export function isCandidate(found: Candidate | TrialProblem): found is Candidate {
  return !isProblem(found);
}

export function isProblem(found: Candidate | TrialProblem): found is TrialProblem {
  return 'pointer' in found;
}

async function find(
  item: ItemToTry,
  index: number,
  owned: readonly WornAsset[],
  templateOf: (templateId: number) => Promise<ItemTemplate | 'missing'>,
): Promise<Candidate | TrialProblem> {
  const at = `/putOn/${index}`;
  const given = item.slot === undefined ? undefined : [item.slot];
  const placed = (candidate: Candidate): Candidate | TrialProblem =>
    candidate.slots.length > 0
      ? candidate
      : { pointer: `${at}/slot`, expected: 'a slot, because none is known for this kind of item', got: undefined };

  if (item.assetId !== undefined) {
    const asset = owned.find(({ assetId }) => assetId === item.assetId);
    if (asset === undefined || asset.slot < 0) {
      const got = asset === undefined ? item.assetId : `${item.assetId}, which is worn`;
      return { pointer: `${at}/assetId`, expected: 'an item in the bag', got };
    }
    return placed({ ...asset, verified: true, slots: given ?? (await usualSlots(asset.templateId, templateOf)) });
  }
  const assetId = -1 - index;
  if (item.templateId === undefined) {
    return placed({ assetId, templateId: NO_TEMPLATE, stats: item.stats ?? {}, verified: false, slots: given ?? [] });
  }
  const { templateId, stats } = item;
  if (stats !== undefined && given !== undefined) {
    const known = await templateOf(templateId).catch(() => undefined);
    if (known !== 'missing') return { assetId, templateId, stats, verified: known !== undefined, slots: given };
  }
  const template = await templateOf(templateId);
  if (template === 'missing') {
    return { pointer: `${at}/templateId`, expected: 'a template that the data service knows', got: templateId };
  }
  const slots = given ?? slotsOf(templateId, template.cash);
  return placed({ assetId, templateId, stats: stats ?? template.stats, verified: true, slots });
}

async function usualSlots(
  templateId: number,
  templateOf: (templateId: number) => Promise<ItemTemplate | 'missing'>,
): Promise<readonly number[]> {
  const template = await templateOf(templateId);
  return slotsOf(templateId, template !== 'missing' && template.cash);
}
