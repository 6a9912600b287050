import type { Character } from './character.ts';
import type { Moment } from './part-state.ts';
import { baseOf } from './parts/base.ts';
import { timedBuffs } from './parts/buffs.ts';
import { nextTakeOffAt, wornOf } from './parts/equipment.ts';
import { skillsOf } from './parts/passives.ts';
import type { CalculationInput } from './ruleset.ts';
import type { StaticData } from './static-data.ts';

export interface EffectiveOptions {
  /** Ms after expiresAt for which a buff still counts (how-state-works: time). */
  readonly expiryGrace: number;
  readonly checkRequirements: boolean;
}

/** What a ruleset computes a character's stats from at a moment, and how long that holds by itself. */
export interface Basis {
  readonly input: CalculationInput;
  /** Monotonic ms; Infinity: until something is heard or read. */
  readonly until: number;
}

/** undefined while the base was never read: no number may be answered then, because clients take zeros for the truth. */
export function basisOf(
  character: Character,
  moment: Moment,
  data: StaticData,
  { expiryGrace, checkRequirements }: EffectiveOptions,
): Basis | undefined {
  const base = baseOf(character.base);
  if (base === undefined) return undefined;
  const { now, mono } = moment;
  const buffs = timedBuffs(character.buffs, moment, expiryGrace);
  const lapse = buffs.reduce(
    (next, { asksAt }) => (asksAt > now ? Math.min(next, asksAt) : next),
    Number.POSITIVE_INFINITY,
  );
  const input = {
    base,
    assets: wornOf(character.equipment, mono),
    buffs: buffs.filter(({ counts }) => counts).map(({ buff }) => buff),
    lapsedBuffs: buffs.filter(({ counts }) => !counts).map(({ buff }) => buff),
    skills: skillsOf(character.passives),
    data,
    checkRequirements,
  };
  return { input, until: Math.min(mono + (lapse - now), nextTakeOffAt(character.equipment, mono)) };
}
