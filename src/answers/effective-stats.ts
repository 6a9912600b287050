import type { Character } from '../domain/character.ts';
import { basisOf, type EffectiveOptions } from '../domain/effective.ts';
import { DEGRADABLE, type Degradable, isFresh, type Watch } from '../domain/freshness.ts';
import { PARTS, type Part } from '../domain/part.ts';
import { isSettled, type Moment } from '../domain/part-state.ts';
import type { CalculationInput, EffectiveStats, MissingData, Ruleset } from '../domain/ruleset.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { CacheCounts } from '../lib/expiring-set.ts';
import type { Upstream } from '../upstream/port.ts';
import { encodeStats } from './stats-document.ts';

/** How well the events of each part are followed, at the moment. */
export type Watches = Readonly<Record<Part, Watch>>;

/** A character's effective stats at a moment, and what they lack. The same object while nothing has changed. */
export interface Effective {
  readonly kind: 'answer';
  /** One per stat, in the order of STATS. */
  readonly values: readonly number[];
  /** In the order of DEGRADABLE; empty: all is fresh. */
  readonly degraded: readonly Degradable[];
  /** Of the character's state in this process; rises with every change of it. */
  readonly version: number;
  /** Epoch ms: the oldest start of the reads that the loaded parts rest on. Events that came since are in the answer. */
  readonly asOf: number;
  /** The whole JSON:API document, ASCII. */
  readonly body: string;
  /** What its sender has made of it, once; goes with it. With weak maps instead an answer took a sixth more of the CPU. */
  sent?: unknown;
}

/** What stats are computed from at a moment, and by which rules. */
export interface Calculation {
  readonly ruleset: Ruleset;
  readonly input: CalculationInput;
}

/**
 * Computes effective stats at the first question after a change and keeps them, encoded, until the next change or lapse: the
 * only cache between the state and an answer. Bounded in bytes; what is not asked for goes first.
 */
export interface EffectiveStatsCache {
  /** undefined: the base was never loaded. */
  of(character: Character, moment: Moment): Effective | undefined;
  /** What `of` computes from, for explain and preview. undefined: the base was never loaded. */
  calculationOf(character: Character, moment: Moment): Calculation | undefined;
  /** True when every part is fresh and nothing in it is provisional. */
  isSure(character: Character, moment: Moment): boolean;
  /** The character is held no longer. */
  forget(character: Character): void;
  readonly counts: CacheCounts;
}

export interface EffectiveStatsOptions extends EffectiveOptions {
  readonly upstream: Pick<Upstream, 'staticData' | 'ensureStaticData'>;
  readonly rulesetOf: (tenant: Tenant) => Ruleset;
  readonly watches: () => Watches;
  /** Bytes that what is kept may weigh, about. */
  readonly maxBytes: number;
}

/** A result, everything on which it depends, and its place in the cache. */
interface Kept {
  readonly effective: Effective;
  readonly staleParts: number;
  /** Monotonic ms: start of the oldest read. */
  readonly oldestRead: number;
  /** Of the tenant's static data. */
  readonly revision: number;
  /** Monotonic ms. */
  readonly until: number;
  readonly bytes: number;
  /** True when it was asked for since it was last looked at for eviction. */
  isUsed: boolean;
}

/** What a result weighs beside its encoded form, with the heads of its answers; bytes, measured. */
const RESULT_BYTES = 1_500;

export function createEffectiveStats(options: EffectiveStatsOptions): EffectiveStatsCache {
  /** In the order of eviction. */
  const kept = new Map<Character, Kept>();
  let bytes = 0;
  let evicted = 0;

  function forget(character: Character): void {
    bytes -= kept.get(character)?.bytes ?? 0;
    kept.delete(character);
  }

  function keep(character: Character, result: Kept): void {
    forget(character);
    kept.set(character, result);
    bytes += result.bytes;
    for (const [oldest, other] of kept) {
      if (bytes <= options.maxBytes || oldest === character) return;
      if (other.isUsed) {
        // A second chance, at the end.
        other.isUsed = false;
        kept.delete(oldest);
        kept.set(oldest, other);
      } else {
        forget(oldest);
        evicted += 1;
      }
    }
  }

  function compute(
    character: Character,
    moment: Moment,
    staleParts: number,
    oldestRead: number,
  ): Effective | undefined {
    const { tenant, characterId, version } = character;
    const data = options.upstream.staticData(tenant);
    const basis = basisOf(character, moment, data, options);
    if (basis === undefined) return undefined;
    const stats = options.rulesetOf(tenant).compute(basis.input);
    askForMissing(character, stats);
    const degraded = degradedBy(staleParts, stats);
    const asOf = moment.now - (moment.mono - oldestRead);
    const body = encodeStats(characterId, stats, degraded);
    const { values } = stats;
    const effective: Effective = { kind: 'answer', values, degraded, version, asOf, body, sent: undefined };
    const weight = RESULT_BYTES + body.length;
    const { revision } = data;
    keep(character, { effective, staleParts, oldestRead, revision, until: basis.until, bytes: weight, isUsed: false });
    return effective;
  }

  /** A buff that came as an event may need data that no read has asked for. Loads are single-flight and back off. */
  function askForMissing({ tenant, context }: Character, { missing }: EffectiveStats): void {
    const { templateIds } = missing;
    const skillIds = [...missing.skillIds, ...missing.buffSkillIds];
    if (skillIds.length === 0 && templateIds.length === 0) return;
    void options.upstream.ensureStaticData({ tenant, context, skillIds, templateIds });
  }

  return {
    of(character, moment) {
      const staleParts = staleMask(character, moment, options.watches());
      const oldestRead = oldestReadOf(character);
      const known = kept.get(character);
      const holds =
        known !== undefined &&
        known.effective.version === character.version &&
        known.staleParts === staleParts &&
        known.oldestRead === oldestRead &&
        moment.mono < known.until &&
        known.revision === options.upstream.staticData(character.tenant).revision;
      if (!holds) return compute(character, moment, staleParts, oldestRead);
      known.isUsed = true;
      return known.effective;
    },
    calculationOf(character, moment) {
      const data = options.upstream.staticData(character.tenant);
      const basis = basisOf(character, moment, data, options);
      return basis && { ruleset: options.rulesetOf(character.tenant), input: basis.input };
    },
    isSure(character, moment) {
      const isFreshNow = staleMask(character, moment, options.watches()) === 0;
      return isFreshNow && PARTS.every((part) => isSettled(character[part]));
    },
    forget,
    counts: {
      get size() {
        return kept.size;
      },
      get evicted() {
        return evicted;
      },
    },
  };
}

/** Monotonic ms of the oldest read that the loaded parts rest on; Infinity: none is loaded. */
function oldestReadOf(character: Character): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const part of PARTS) {
    const { began } = character[part];
    if (began !== Number.NEGATIVE_INFINITY && began < oldest) oldest = began;
  }
  return oldest;
}

/** One bit per part that is not fresh. */
function staleMask(character: Character, moment: Moment, watches: Watches): number {
  let mask = 0;
  for (let index = 0; index < PARTS.length; index += 1) {
    const part = PARTS[index] ?? 'base';
    if (!isFresh(character[part], moment, watches[part])) mask |= 1 << index;
  }
  return mask;
}

function degradedBy(staleParts: number, { missing }: EffectiveStats): Degradable[] {
  return inContractOrder([
    ...PARTS.filter((_part, index) => (staleParts & (1 << index)) !== 0),
    ...degradedByMissing(missing),
  ]);
}

/** What a result may lack because static data is missing. */
export function degradedByMissing(missing: MissingData): Degradable[] {
  const lacking: Degradable[] = [];
  if (missing.skillIds.length > 0) lacking.push('passives');
  if (missing.buffSkillIds.length > 0) lacking.push('buffs');
  if (missing.templateIds.length > 0) lacking.push('requirements');
  return lacking;
}

/** Each name once, in the order of DEGRADABLE. */
export function inContractOrder(names: readonly Degradable[]): Degradable[] {
  return DEGRADABLE.filter((name) => names.includes(name));
}
