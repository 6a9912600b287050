import { flatAsset, referenceOf } from './asset-document.ts';
import type { ActionContext } from './context.ts';
import { formatInstant, ZERO_TIME } from './go-time.ts';
import { ITEM_TEMPLATES, isOverall, PANTS_SLOT, placeOf, TOP_SLOT } from './item-templates.ts';
import { ASSET_STATS, type Asset, type AssetStats, type Character, type Format, NO_STATS, type Who } from './model.ts';

/** How an item leaves its owner for good. */
export type Loss = 'DELETED' | 'EXPIRED' | 'RELEASED';

/** Items come, go, are worn and taken off. Truth first, then the announcement. */
export interface EquipmentActions {
  /** Puts an item into the bag and returns its id. `stats` replace those of the template, or add to nothing. */
  give(who: Who, templateId: number, stats?: Partial<AssetStats>): number;
  /** Puts a bagged item on. What it displaces goes to the bag: nothing announces that, except for pants under an overall. */
  equip(who: Who, assetId: number): void;
  /** Takes a worn item off. */
  unequip(who: Who, assetId: number): void;
  /** Puts a bagged item elsewhere in the bag. */
  moveInBag(who: Who, assetId: number): void;
  /** Adds to an item's stats, worn or not. */
  scroll(who: Who, assetId: number, gain: Partial<AssetStats>): void;
  /** The item is gone, worn or not. */
  drop(who: Who, assetId: number, loss?: Loss): void;
  /** Announces that a bagged item was put on, though that was rolled back (format S can do that). */
  announceRolledBackEquip(who: Who, assetId: number): void;
}

export function createEquipmentActions(context: ActionContext): EquipmentActions {
  const { history, prng, producer, format } = context;

  const announce = (who: Character, transactionId: string, asset: Asset, type: string, body: object): void =>
    producer.send('asset', who.tenant, asset.assetId, {
      transactionId,
      characterId: who.characterId,
      compartmentId: who.compartmentId,
      assetId: asset.assetId,
      templateId: asset.templateId,
      slot: asset.slot,
      type,
      body,
    });

  // S announces a move with its two slots swapped.
  const announceMove = (who: Character, transactionId: string, before: Asset, after: Asset): void => {
    const [from, to] = format === 'S' ? [after, before] : [before, after];
    announce(who, transactionId, to, 'MOVED', { oldSlot: from.slot, createdAt: formatInstant(after.createdAt) });
  };

  const move = (who: Who, assetId: number, slotOf: (character: Character) => number): void => {
    const character = history.get(who);
    const before = assetOf(character, assetId);
    const after = { ...before, slot: slotOf(character) };
    history.commit({ ...character, assets: replaced(character, after) });
    announceMove(character, prng.uuid(), before, after);
  };

  return {
    give(who, templateId, stats) {
      const character = history.get(who);
      const template = ITEM_TEMPLATES.get(templateId);
      const asset: Asset = {
        assetId: context.nextAssetId(who.tenant),
        templateId,
        slot: freeSlot(character),
        stats: stats === undefined ? (template?.stats ?? NO_STATS) : { ...NO_STATS, ...stats },
        createdAt: { ms: Math.floor(context.clock.now()), ns: prng.between(0, 999) * 1_000 },
        upgrades: template?.upgrades ?? 0,
        level: 0,
      };
      history.commit({ ...character, assets: [...character.assets, asset] });
      announce(character, prng.uuid(), asset, 'CREATED', assetBody(asset, format));
      return asset.assetId;
    },
    equip(who, assetId) {
      const character = history.get(who);
      const before = assetOf(character, assetId);
      const after = { ...before, slot: placeOf(before.templateId).slot };
      const displaced = character.assets.find((asset) => asset.slot === after.slot);
      const swapped = displaced === undefined ? [] : [{ ...displaced, slot: before.slot }];
      const changed = { ...character, assets: replaced(character, after, ...swapped) };
      const crowdedOut = otherHalf(character, after);
      const bagged = crowdedOut === undefined ? [] : [{ ...crowdedOut, slot: freeSlot(changed) }];
      history.commit({ ...changed, assets: replaced(changed, ...bagged) });
      const transactionId = prng.uuid();
      announceMove(character, transactionId, before, after);
      for (const asset of bagged) announceMove(character, transactionId, assetOf(character, asset.assetId), asset);
    },
    unequip: (who, assetId) => move(who, assetId, freeSlot),
    moveInBag: (who, assetId) => move(who, assetId, freeSlot),
    scroll(who, assetId, gain) {
      const character = history.get(who);
      const after = scrolled(assetOf(character, assetId), gain);
      history.commit({ ...character, assets: replaced(character, after) });
      announce(character, prng.uuid(), after, 'UPDATED', assetBody(after, format));
    },
    drop(who, assetId, loss = 'DELETED') {
      const character = history.get(who);
      const asset = assetOf(character, assetId);
      history.commit({ ...character, assets: character.assets.filter((other) => other !== asset) });
      announce(character, prng.uuid(), asset, loss, lossBody(asset, loss, format));
    },
    announceRolledBackEquip(who, assetId) {
      const character = history.get(who);
      const asset = assetOf(character, assetId);
      announceMove(character, prng.uuid(), asset, { ...asset, slot: placeOf(asset.templateId).slot });
    },
  };
}

function assetOf(character: Character, assetId: number): Asset {
  const asset = character.assets.find((candidate) => candidate.assetId === assetId);
  if (asset === undefined) throw new Error(`character ${character.characterId} has no asset ${assetId}`);
  return asset;
}

function replaced(character: Character, ...assets: Asset[]): Asset[] {
  return character.assets.map((old) => assets.find((asset) => asset.assetId === old.assetId) ?? old);
}

function freeSlot(character: Character): number {
  const taken = new Set(character.assets.map((asset) => asset.slot));
  let slot = 1;
  while (taken.has(slot)) slot++;
  return slot;
}

/** Pants under an overall that is put on, or the overall over pants that are. */
function otherHalf(character: Character, put: Asset): Asset | undefined {
  const at = (slot: number) => character.assets.find((asset) => asset.slot === slot);
  if (put.slot === TOP_SLOT && isOverall(put.templateId)) return at(PANTS_SLOT);
  const top = at(TOP_SLOT);
  return put.slot === PANTS_SLOT && top !== undefined && isOverall(top.templateId) ? top : undefined;
}

function scrolled(asset: Asset, gain: Partial<AssetStats>): Asset {
  const stats = { ...asset.stats };
  for (const stat of ASSET_STATS) stats[stat] += gain[stat] ?? 0;
  return { ...asset, stats, upgrades: Math.max(0, asset.upgrades - 1), level: asset.level + 1 };
}

function lossBody(asset: Asset, loss: Loss, format: Format): object {
  switch (loss) {
    case 'DELETED':
      return {};
    case 'EXPIRED':
      return { isCash: false };
    case 'RELEASED':
      return assetBody(asset, format);
  }
}

/** What an event says about an item itself. T: all flat; S: the stats under `referenceData`, as in its REST answers. */
function assetBody(asset: Asset, format: Format): object {
  if (format === 'S') return { ...referenceOf(asset), expiration: ZERO_TIME };
  return {
    expiration: ZERO_TIME,
    createdAt: formatInstant(asset.createdAt),
    ...flatAsset(asset),
  };
}
