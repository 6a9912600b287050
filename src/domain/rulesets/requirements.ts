import type { WornAsset } from '../snapshot.ts';
import { type BaseValues, STAT_INDEX } from '../stat.ts';
import type { EquipmentRequirements } from '../static-data.ts';
import { clampInt32 } from './bonus.ts';
import type { Entry } from './entry.ts';
import type { Verdict } from './equipment-entries.ts';
import { type Phase, totals } from './evaluation.ts';

export interface Qualification {
  /** One per asset. */
  readonly verdicts: readonly Verdict[];
  /** Templates whose requirements are unknown: their assets count. Ascending, each once. */
  readonly unknownTemplateIds: readonly number[];
}

/** Everything that is worn counts. */
export function withoutRequirements(assets: readonly WornAsset[]): Qualification {
  return { verdicts: assets.map((asset) => ({ asset, counts: true, reason: undefined })), unknownTemplateIds: [] };
}

/** The stats that an item may demand. */
const DEMANDED = ['strength', 'dexterity', 'intelligence', 'luck'] as const;

/** Who wears the items: each ability as far as it is known to count. */
export interface Wearer {
  readonly level: number;
  readonly job: number;
  readonly jobClass: number;
  /** Infinity where fame is not asked for. */
  readonly fame: number;
  readonly abilities: Record<(typeof DEMANDED)[number], number>;
}

/** Who the wearer is before any item: base and the entries that are not equipment, in a ruleset's phases. */
export function wearerOf(base: BaseValues, fame: number, phases: readonly Phase[], own: readonly Entry[]): Wearer {
  const raising = own.filter(({ bonus }) => DEMANDED.some((stat) => stat === bonus.stat));
  const values = totals(base, phases, raising);
  const ability = (stat: (typeof DEMANDED)[number]) => values[STAT_INDEX[stat]] ?? 0;
  const abilities = {
    strength: ability('strength'),
    dexterity: ability('dexterity'),
    intelligence: ability('intelligence'),
    luck: ability('luck'),
  };
  return { level: base.level, job: base.job, jobClass: classOf(base.job), fame, abilities };
}

/** Adds the asset's abilities to the wearer's, or takes them away. Entries below 0 of an item do nothing. */
export function wear({ abilities }: Wearer, { stats }: WornAsset, sign: 1 | -1): void {
  abilities.strength += sign * raise(stats.strength);
  abilities.dexterity += sign * raise(stats.dexterity);
  abilities.intelligence += sign * raise(stats.intelligence);
  abilities.luck += sign * raise(stats.luck);
}

function raise(amount: number | undefined): number {
  return amount === undefined ? 0 : Math.max(0, clampInt32(amount));
}

export function meets(requirements: EquipmentRequirements, wearer: Wearer): boolean {
  const { abilities } = wearer;
  return (
    suffices(wearer.level, requirements.level) &&
    isOfClass(wearer, requirements.job) &&
    suffices(abilities.strength, requirements.strength) &&
    suffices(abilities.dexterity, requirements.dexterity) &&
    suffices(abilities.intelligence, requirements.intelligence) &&
    suffices(abilities.luck, requirements.luck) &&
    suffices(wearer.fame, requirements.fame)
  );
}

/** What the wearer lacks, for people; empty when he meets the requirements. */
export function shortfall(requirements: EquipmentRequirements, wearer: Wearer): string {
  const numbers = [
    ['level', wearer.level, requirements.level],
    ...DEMANDED.map((stat) => [stat, wearer.abilities[stat], requirements[stat]] as const),
    ['fame', wearer.fame, requirements.fame],
  ] as const;
  const lacking = numbers.filter(([, has, needed]) => !suffices(has, needed));
  const texts = lacking.map(([what, has, needed]) => `${what} ${has} of ${needed}`);
  if (!isOfClass(wearer, requirements.job)) {
    const demanded = isForBeginners(requirements.job) ? 'no beginner' : `not of class ${requirements.job}`;
    texts.push(`job ${wearer.job} is ${demanded}`);
  }
  return texts.join(', ');
}

/** A requirement of 0 demands nothing, not even of someone whom a curse has brought below 0. */
function suffices(has: number, needed: number): boolean {
  return needed <= 0 || has >= needed;
}

function isOfClass({ jobClass }: Wearer, classes: number): boolean {
  if (isForBeginners(classes)) return jobClass === 0;
  return classes === 0 || (classes & jobClass) !== 0;
}

/** The game data mark what beginners alone wear with -1, which the data service reads as a uint16. As bits it is all others. */
function isForBeginners(classes: number): boolean {
  return classes === -1 || classes === 0xffff;
}

/** The bit of `reqJob` that a job belongs to: by its hundreds; 0 for beginners and everyone else. */
function classOf(job: number): number {
  switch (Math.trunc(job / 100)) {
    case 1: // Warrior
    case 11: // Dawn Warrior
    case 21: // Aran
      return 1;
    case 2: // Magician
    case 12: // Blaze Wizard
    case 22: // Evan
      return 2;
    case 3: // Bowman
    case 13: // Wind Archer
      return 4;
    case 4: // Thief
    case 14: // Night Walker
      return 8;
    case 5: // Pirate
    case 15: // Thunder Breaker
      return 16;
    default:
      return 0;
  }
}
