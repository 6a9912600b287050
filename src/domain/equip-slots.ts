import { CASH_OFFSET } from './slot.ts';
import type { WornAsset } from './snapshot.ts';

/** Kinds of items: templates / 10000. Source of all: the equip slots and the equip action of the Cosmic v83 server. */
const KIND = { overall: 105, pants: 106, firstTwoHanded: 140, lastTwoHanded: 149 } as const;

const TOP_SLOT = -5;
const PANTS_SLOT = -6;
const SHIELD_SLOT = -10;
const WEAPON_SLOT = -11;

/** Where an item of a kind is worn; several: wherever there is room. */
const SLOTS: ReadonlyMap<number, readonly number[]> = new Map([
  [100, [-1]], // cap
  [101, [-2]], // face accessory
  [102, [-3]], // eye accessory
  [103, [-4]], // earrings
  [104, [TOP_SLOT]],
  [KIND.overall, [TOP_SLOT]],
  [KIND.pants, [PANTS_SLOT]],
  [107, [-7]], // shoes
  [108, [-8]], // gloves
  [109, [SHIELD_SLOT]],
  [110, [-9]], // cape
  [111, [-12, -13, -15, -16]], // rings
  [112, [-17]], // pendant
  [113, [-50]], // belt
  [114, [-49]], // medal
  [190, [-18]], // tamed monster
  [191, [-19]], // saddle
]);

/** Slots in which an item of the template is worn; empty: unknown. */
export function slotsOf(templateId: number, cash: boolean): readonly number[] {
  const kind = kindOf(templateId);
  const slots = SLOTS.get(kind) ?? (isWeapon(kind) ? [WEAPON_SLOT] : []);
  return cash ? slots.map((slot) => slot + CASH_OFFSET) : slots;
}

/** The first of the slots that is free, else the first. undefined: there are none. */
export function roomAmong(slots: readonly number[], worn: readonly WornAsset[]): number | undefined {
  return slots.find((slot) => worn.every((asset) => asset.slot !== slot)) ?? slots[0];
}

/** What has to come off when the item is put on: from its slot, and what cannot be worn together with it. */
export function displacedBy(item: WornAsset, worn: readonly WornAsset[]): WornAsset[] {
  return worn.filter((other) => other.slot === item.slot || excludes(item, other) || excludes(other, item));
}

/** An overall covers the legs; two hands at a weapon leave none for a shield. */
function excludes(one: WornAsset, other: WornAsset): boolean {
  const kind = kindOf(one.templateId);
  if (one.slot === TOP_SLOT && kind === KIND.overall) return other.slot === PANTS_SLOT;
  const isTwoHanded = kind >= KIND.firstTwoHanded && kind <= KIND.lastTwoHanded;
  return one.slot === WEAPON_SLOT && isTwoHanded && other.slot === SHIELD_SLOT;
}

/** From the one-handed sword to the gun, and weapons for looks. */
function isWeapon(kind: number): boolean {
  return (kind >= 130 && kind <= KIND.lastTwoHanded) || kind === 170;
}

function kindOf(templateId: number): number {
  return Math.trunc(templateId / 10_000);
}
