import type { Bonus, LineSource, Reason } from '../ruleset.ts';
import type { BuffStat, SkillLevel, WornAsset } from '../snapshot.ts';

/** A bonus with its place in the calculation and what grants it. */
export interface Entry {
  readonly bonus: Bonus;
  /** Position among the ruleset's phases. */
  readonly phase: number;
  readonly origin: WornAsset | BuffStat | SkillLevel;
  /** False: it is there only to be recorded. */
  readonly counts: boolean;
  /** Why it does not count, or counts only for now. */
  readonly reason: Reason | undefined;
}

export function entryOf(bonus: Bonus, phase: number, origin: Entry['origin'], reason?: Reason): Entry {
  return { bonus, phase, origin, counts: reason === undefined, reason };
}

/** The entry, recorded as one that does not count. */
export function rejected(entry: Entry, reason: Reason): Entry {
  return { ...entry, counts: false, reason };
}

/** The bonuses that count, in the order of the entries. */
export function countingBonuses(entries: readonly Entry[]): Bonus[] {
  const bonuses: Bonus[] = [];
  for (const entry of entries) if (entry.counts) bonuses.push(entry.bonus);
  return bonuses;
}

export function sourceOf(origin: Entry['origin']): LineSource {
  if ('assetId' in origin) return { kind: 'equipment', id: origin.assetId, templateId: origin.templateId };
  if ('statType' in origin) return { kind: 'buff', id: origin.sourceId, statType: origin.statType };
  return { kind: 'passive', id: origin.skillId, level: origin.level };
}
