import type { BuffChange } from '../domain/event.ts';
import type { Degradable } from '../domain/freshness.ts';
import type { EffectiveStats, Reason } from '../domain/ruleset.ts';
import type { WornAsset } from '../domain/snapshot.ts';
import type { BaseField, StatRow } from '../domain/stat.ts';
import type { CharacterId } from '../domain/tenant.ts';
import type { ExplainedNumbers } from './explanation.ts';

/**
 * An item to put on: one from the bag by its asset id; or one of a template, at the template's stats unless some are given;
 * or one of given stats in a given slot, which demands nothing of its wearer. Without a slot it goes where its kind is worn.
 */
export interface ItemToTry {
  readonly assetId?: number | undefined;
  readonly templateId?: number | undefined;
  readonly slot?: number | undefined;
  readonly stats?: StatRow | undefined;
}

/** A buff to cast; it replaces what is held of its source, and does not lapse. */
export interface BuffToTry {
  readonly sourceId: number;
  readonly level?: number | undefined;
  readonly changes: readonly BuffChange[];
}

/** What to try. Items come off first, then those to put on come in their order, each displacing what is in its way. */
export interface Trial {
  /** Asset ids of what is worn. */
  readonly takeOff: readonly number[];
  readonly putOn: readonly ItemToTry[];
  readonly addBuffs: readonly BuffToTry[];
  /** Sources. */
  readonly removeBuffs: readonly number[];
  readonly base: Readonly<Partial<Record<BaseField, number>>>;
}

/** Something in a trial that the character, or the game data, does not allow. */
export interface TrialProblem {
  /** JSON pointer into the trial. */
  readonly pointer: string;
  readonly expected: string;
  readonly got: string | number | undefined;
}

/** An item in a preview. Its asset id is undefined when no such asset exists, its template id when it has none. */
export interface TriedItem {
  readonly assetId: number | undefined;
  readonly templateId: number | undefined;
  readonly slot: number;
}

/** A buff of a trial that changes no number. */
export interface IdleBuff {
  readonly sourceId: number;
  readonly statType: string;
  readonly reason: Reason;
}

/** What the effective stats would be. */
export interface Preview {
  readonly characterId: CharacterId;
  /** When it was computed; epoch ms. */
  readonly now: number;
  /** Of the state that it starts from. */
  readonly version: number;
  readonly ruleset: string;
  /** What before or after may lack. */
  readonly degraded: readonly Degradable[];
  readonly before: EffectiveStats;
  readonly after: EffectiveStats;
  /** How the numbers of `after` come to be. */
  readonly explained: ExplainedNumbers;
  /** In the order of the trial; the reason says why the wearer would not qualify. */
  readonly putOn: readonly (TriedItem & { readonly reason: Reason | undefined })[];
  /** What would come off; `displacedBy` is the position among `putOn` of what takes its place. */
  readonly takenOff: readonly (TriedItem & { readonly displacedBy: number | undefined })[];
  /** What stays worn and would count no longer. */
  readonly stopQualifying: readonly (TriedItem & { readonly reason: Reason })[];
  /** What stays worn and would count from then on. */
  readonly startQualifying: readonly TriedItem[];
  /** Buffs to cast that have no effect, and why. */
  readonly idleBuffs: readonly IdleBuff[];
}

/** Position in `putOn` of an item that does not exist, by the id that stands for its asset; undefined: it exists. */
export function triedPosition(assetId: number): number | undefined {
  return assetId < 0 ? -1 - assetId : undefined;
}

/** Stands for the template of an item that has none; nothing in the game data has this id. */
export const NO_TEMPLATE = 0;

/** Asset ids below 0 stand for items that do not exist: −1 for the first of the trial. */
export function triedItem({ assetId, templateId, slot }: WornAsset): TriedItem {
  return {
    assetId: assetId < 0 ? undefined : assetId,
    templateId: templateId === NO_TEMPLATE ? undefined : templateId,
    slot,
  };
}
