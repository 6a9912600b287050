import type { AssetMoved, AssetRemoved, AssetUpdated, EquipmentTouched } from '../event.ts';
import {
  type Heard,
  type HearingContext,
  isAtRest,
  laidOver,
  type PartState,
  predates,
  withFact,
} from '../part-state.ts';
import { type AssetRow, unpackAssets } from '../rows.ts';
import { sameStats, type WornAsset } from '../snapshot.ts';
import type { StatRow } from '../stat.ts';
import { TAKE_OFF_MS } from '../timing.ts';
import { type PartChange, provisional } from './change.ts';

/** What was announced of an asset: that it came off, or its new stats. */
export interface AssetFact extends Heard {
  readonly assetId: number;
  /** undefined: it came off. */
  readonly stats: StatRow | undefined;
  /** Monotonic ms: a take-off shows {@link TAKE_OFF_MS} after it was taken in. */
  readonly showsAt: number;
}

export type EquipmentPart = PartState<AssetRow, AssetFact>;

type AssetEvent = AssetMoved | AssetRemoved | AssetUpdated | EquipmentTouched;

/** What is worn, as far as it shows at this monotonic time. */
export function wornOf(part: EquipmentPart, mono: number): WornAsset[] {
  const assets = part.read === undefined ? [] : unpackAssets(part.read);
  const facts = laidOver(part);
  if (facts.length === 0) return assets;
  return assets.flatMap((asset) => {
    const fact = facts.find(({ assetId }) => assetId === asset.assetId);
    if (fact === undefined || mono < fact.showsAt) return [asset];
    return fact.stats === undefined ? [] : [{ ...asset, stats: fact.stats }];
  });
}

/** Monotonic ms at which the next take-off begins to show; Infinity: none is to come. */
export function nextTakeOffAt(part: EquipmentPart, mono: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { showsAt } of laidOver(part)) if (showsAt > mono && showsAt < next) next = showsAt;
  return next;
}

/**
 * Equipping never subtracts and carries no stats: it is a doubt, and cancels a take-off heard before. What comes off is taken
 * off, whether it is known to be worn or not: a read under way may be about to say that it is. An update changes only what
 * is worn already.
 */
export function hearAsset(part: EquipmentPart, event: AssetEvent, context: HearingContext): PartChange<EquipmentPart> {
  const isReplay = predates(part, event.recordTime, context);
  switch (event.type) {
    case 'asset-moved': {
      const comesOff = event.oldSlot < 0 && event.slot >= 0;
      if (comesOff && !isReplay) return takeOff(part, event.assetId, 'equipment moved', context);
      const isPutOn = event.slot < 0 && event.oldSlot >= 0 && !isReplay;
      return provisional(isPutOn ? withoutFact(part, event.assetId) : part, 'equipment moved', context, false);
    }
    case 'asset-removed':
      if (!isReplay) return takeOff(part, event.assetId, 'equipment changed', context);
      return provisional(part, 'equipment changed', context, false);
    case 'asset-updated':
      return update(part, event, context, isReplay);
    case 'equipment-touched':
      return provisional(part, 'equipment changed', context, false);
    default:
      return unreachable(event);
  }
}

function takeOff(
  part: EquipmentPart,
  assetId: number,
  reason: 'equipment moved' | 'equipment changed',
  context: HearingContext,
): PartChange<EquipmentPart> {
  // Announced once more, it does not count from now: it would show again.
  if (isComingOff(part, assetId)) return provisional(part, reason, context, false);
  const worn = wornOf(part, context.mono).some((asset) => asset.assetId === assetId);
  const fact = { assetId, stats: undefined, heardAt: context.mono, showsAt: context.takenAt + TAKE_OFF_MS };
  const heard = withFact(part, fact, (other) => other.assetId === assetId);
  return provisional(heard, reason, context, worn);
}

function update(
  part: EquipmentPart,
  { assetId, stats }: AssetUpdated,
  context: HearingContext,
  isReplay: boolean,
): PartChange<EquipmentPart> {
  const worn = wornOf(part, context.mono).find((asset) => asset.assetId === assetId);
  const known = worn !== undefined && stats !== undefined && sameStats(worn.stats, stats);
  if (known && isAtRest(part, context)) return { part, outcome: 'unchanged' };
  if (worn === undefined || stats === undefined || isReplay) {
    return provisional(part, 'equipment changed', context, false);
  }
  const comingOff = isComingOff(part, assetId);
  // Equal stats are remembered as well: a read under way may carry older ones.
  const heard = comingOff
    ? part
    : withFact(
        part,
        { assetId, stats, heardAt: context.mono, showsAt: context.mono },
        (other) => other.assetId === assetId,
      );
  return provisional(heard, 'equipment changed', context, !known && !comingOff);
}

function isComingOff(part: EquipmentPart, assetId: number): boolean {
  return laidOver(part).some((fact) => fact.assetId === assetId && fact.stats === undefined);
}

function withoutFact(part: EquipmentPart, assetId: number): EquipmentPart {
  const heard = part.heard.filter((fact) => fact.assetId !== assetId);
  return heard.length === part.heard.length ? part : { ...part, heard };
}

export function contradictedByEquipment(read: AssetRow): (fact: AssetFact) => boolean {
  const assets = unpackAssets(read);
  return ({ assetId, stats }) => {
    const asset = assets.find((each) => each.assetId === assetId);
    return asset !== undefined && (stats === undefined || !sameStats(asset.stats, stats));
  };
}

export function sameWorn(a: readonly WornAsset[], b: readonly WornAsset[]): boolean {
  return a.length === b.length && a.every((asset) => b.some((other) => sameAsset(asset, other)));
}

function sameAsset(a: WornAsset, b: WornAsset): boolean {
  return a.assetId === b.assetId && a.templateId === b.templateId && a.slot === b.slot && sameStats(a.stats, b.stats);
}

function unreachable(event: never): never {
  throw new Error(`unknown event ${JSON.stringify(event)}`);
}
