import type { CharacterView, CharacterWriter, Moment } from '../character.ts';
import type { AssetMoved, AssetRemoved, AssetUpdated, EquipmentTouched } from '../event.ts';
import { sameStats } from '../snapshot.ts';
import { hint, isSettled, predatesFetch } from './hint.ts';
import type { Outcome } from './outcome.ts';

/** Equipping never subtracts and carries no stats: only an unequip changes what is worn at once (rules 1 and 3). */
export function moveAsset(view: CharacterView, event: AssetMoved, moment: Moment, writer: CharacterWriter): Outcome {
  const unequips = event.oldSlot < 0 && event.slot >= 0;
  const applied = unequips && takeOff(view, event, moment, writer);
  hint('equipment', 'equipment moved', event, moment, writer);
  return applied ? 'applied' : 'hinted';
}

export function removeAsset(
  view: CharacterView,
  event: AssetRemoved,
  moment: Moment,
  writer: CharacterWriter,
): Outcome {
  const applied = takeOff(view, event, moment, writer);
  hint('equipment', 'equipment changed', event, moment, writer);
  return applied ? 'applied' : 'hinted';
}

/** Changes an asset that is already worn, never puts one on (rule 1). */
export function updateAsset(
  view: CharacterView,
  event: AssetUpdated,
  moment: Moment,
  writer: CharacterWriter,
): Outcome {
  const worn = view.asset(event.assetId);
  const known = worn !== undefined && event.stats !== undefined && sameStats(worn.asset.stats, event.stats);
  if (known && isSettled(view, 'equipment')) return 'unchanged';
  const applies = worn !== undefined && event.stats !== undefined && !predatesFetch(view, 'equipment', event, moment);
  // Equal stats are written as well: a fetch in flight may carry older ones.
  if (applies) writer.putAsset({ ...worn.asset, stats: event.stats });
  hint('equipment', 'equipment changed', event, moment, writer);
  return applies && !known ? 'applied' : 'hinted';
}

export function touchEquipment(event: EquipmentTouched, moment: Moment, writer: CharacterWriter): Outcome {
  hint('equipment', 'equipment changed', event, moment, writer);
  return 'hinted';
}

/** Also when the asset is not known to be worn: a fetch in flight may be about to say that it is. */
function takeOff(
  view: CharacterView,
  event: AssetMoved | AssetRemoved,
  moment: Moment,
  writer: CharacterWriter,
): boolean {
  if (predatesFetch(view, 'equipment', event, moment)) return false;
  const worn = view.asset(event.assetId) !== undefined;
  writer.takeOffAsset(event.assetId);
  return worn;
}
