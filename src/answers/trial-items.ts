import { slotsOf } from '../domain/equip-slots.ts';
import { slotWord } from '../domain/slot.ts';
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
 * Finds out what the items of a trial are like, with one read of the bag and one of each template, where they are needed. In
 * the order of the trial. Rejects with AppError UPSTREAM_*, unless slot and stats are given: then the trial can do without
 * its template.
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
  const { slot } = item;
  if (item.assetId !== undefined) {
    const asset = owned.find(({ assetId }) => assetId === item.assetId);
    if (asset === undefined || asset.slot < 0) {
      const got = asset === undefined ? item.assetId : `${item.assetId}, which is worn`;
      return { pointer: `${at}/assetId`, expected: 'an item in the bag', got };
    }
    const asked = templateOf(asset.templateId);
    const template = await (slot === undefined ? asked : asked.catch(() => 'missing' as const));
    return placed({ ...asset, verified: true }, slot, template, at);
  }
  const assetId = -1 - index;
  if (item.templateId === undefined) {
    const nothing = { assetId, templateId: NO_TEMPLATE, stats: item.stats ?? {}, verified: false };
    return placed(nothing, slot, 'missing', at);
  }
  const { templateId, stats } = item;
  if (stats !== undefined && slot !== undefined) {
    const known = await templateOf(templateId).catch(() => undefined);
    if (known !== 'missing') {
      return placed({ assetId, templateId, stats, verified: known !== undefined }, slot, known ?? 'missing', at);
    }
  }
  const template = await templateOf(templateId);
  if (template === 'missing') {
    return { pointer: `${at}/templateId`, expected: 'a template that the data service knows', got: templateId };
  }
  return placed({ assetId, templateId, stats: stats ?? template.stats, verified: true }, slot, template, at);
}

/** A slot that is asked for has to be one of its kind. Of kinds that nobody knows any slot will do. */
function placed(
  item: Omit<Candidate, 'slots'>,
  slot: number | undefined,
  template: ItemTemplate | 'missing',
  at: string,
): Candidate | TrialProblem {
  const slotsIf = (cash: boolean): readonly number[] => slotsOf(item.templateId, cash);
  const usual = slotsIf(template !== 'missing' && template.cash);
  // Whether it is worn over the others is not known then.
  const possible = template === 'missing' ? [...usual, ...slotsIf(true)] : usual;
  if (slot === undefined) {
    if (usual.length > 0) return { ...item, slots: usual };
    return { pointer: `${at}/slot`, expected: 'a slot, because none is known for this kind of item', got: undefined };
  }
  if (possible.length === 0 || possible.includes(slot)) return { ...item, slots: [slot] };
  const words = possible.map((each) => `${slotWord(each)} (${each})`).join(', ');
  return { pointer: `${at}/slot`, expected: `a slot that this kind of item goes to: ${words}`, got: slot };
}
