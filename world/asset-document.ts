import { ZERO_TIME } from './go-time.ts';
import { ITEM_TEMPLATES } from './item-templates.ts';
import type { Asset } from './model.ts';

/** The fields of today's AssetData from `quantity` on; events and REST answers share them. */
export function flatAsset(asset: Asset): object {
  return {
    quantity: 1,
    ownerId: 0,
    owner: '',
    flag: 0,
    rechargeable: 0,
    ...asset.stats,
    slots: asset.upgrades,
    levelType: 0,
    level: asset.level,
    experience: 0,
    hammersApplied: 0,
    equippedSince: null,
    cashId: '0',
    commodityId: 0,
    purchaseBy: 0,
    petId: 0,
  };
}

/** How S describes an item: what it is, by reference. */
export function referenceOf(asset: Asset): object {
  return {
    referenceId: asset.assetId,
    referenceType: ITEM_TEMPLATES.get(asset.templateId)?.cash === true ? 'cash-equipable' : 'equipable',
    referenceData: {
      ownerId: 0,
      ...asset.stats,
      slots: asset.upgrades,
      locked: false,
      spikes: false,
      karmaUsed: false,
      cold: false,
      canBeTraded: true,
      levelType: 0,
      level: asset.level,
      experience: 0,
      hammersApplied: 0,
      expiration: ZERO_TIME,
    },
  };
}
