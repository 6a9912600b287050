import type { CharacterView, Moment } from '../domain/character.ts';
import { calculationInput, type EffectiveOptions, lapsedBuffs, nextLapseAt } from '../domain/effective.ts';
import { DEGRADABLE, type Degradable, isFresh } from '../domain/freshness.ts';
import { PARTS, type Part } from '../domain/part.ts';
import type { CalculationInput, EffectiveStats, MissingData, Ruleset } from '../domain/ruleset.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Upstream } from '../upstream/port.ts';

/** A character's effective stats at a moment, and what they lack. The same object while nothing has changed. */
export interface Effective {
  readonly stats: EffectiveStats;
  /** In the order of the contract; empty: all is fresh. */
  readonly degraded: readonly Degradable[];
  /** Of the character, when it was computed. */
  readonly version: number;
  /** Of the tenant's static data, likewise. */
  readonly revision: number;
  /** Epoch ms of the next lapse of a buff; Infinity: none. */
  readonly until: number;
}

/** What a character's stats are computed from at a moment, lapsed buffs included, and how. */
export interface Basis {
  readonly ruleset: Ruleset;
  readonly input: CalculationInput;
}

/** Computes effective stats at the first question after a change and keeps them until the next change or lapse. */
export interface EffectiveCache {
  /** undefined: the base was never loaded. */
  of(view: CharacterView, moment: Moment): Effective | undefined;
  /** Whether `of` would give the same again, but for the passing of time. For results that are not degraded. */
  holds(effective: Effective, view: CharacterView): boolean;
  /** What `of` computes from, for whoever takes the calculation down or tries it with something changed; undefined likewise. */
  basisOf(view: CharacterView, moment: Moment): Basis | undefined;
}

export interface EffectiveCacheOptions extends EffectiveOptions {
  readonly upstream: Pick<Upstream, 'staticData' | 'ensureStaticData'>;
  readonly rulesetOf: (tenant: Tenant) => Ruleset;
  readonly isFeedCurrent: (part: Part) => boolean;
}

/** What was computed and everything on which it depends; valid while none of that has moved. */
interface Memo {
  readonly staleParts: number;
  /** Epoch ms of its calculation: it holds from then to the next lapse of a buff. */
  readonly from: number;
  readonly effective: Effective;
}

export function createEffectiveCache(options: EffectiveCacheOptions): EffectiveCache {
  const memos = new WeakMap<CharacterView, Memo>();

  function compute(view: CharacterView, moment: Moment, staleParts: number): Effective | undefined {
    const data = options.upstream.staticData(view.tenant);
    const input = calculationInput(view, moment, data, options);
    if (input === undefined) return undefined;
    const stats = options.rulesetOf(view.tenant).compute(input);
    askForMissing(view, stats);
    const effective = {
      stats,
      degraded: degradedBy(staleParts, stats),
      version: view.version,
      revision: data.revision,
      until: nextLapseAt(input.buffs, options.expiryGrace),
    };
    memos.set(view, { staleParts, from: moment.now, effective });
    return effective;
  }

  /** A buff that came as an event may need data that no read has asked for. Loads are single-flight and back off. */
  function askForMissing({ tenant, context }: CharacterView, { missing }: EffectiveStats): void {
    const { templateIds } = missing;
    const skillIds = [...missing.skillIds, ...missing.buffSkillIds];
    if (skillIds.length === 0 && templateIds.length === 0) return;
    void options.upstream.ensureStaticData({ tenant, context, skillIds, templateIds });
  }

  return {
    of(view, moment) {
      const { revision } = options.upstream.staticData(view.tenant);
      const staleParts = staleMask(view, moment, options.isFeedCurrent);
      const memo = memos.get(view);
      if (
        memo !== undefined &&
        memo.effective.version === view.version &&
        memo.effective.revision === revision &&
        memo.staleParts === staleParts &&
        moment.now >= memo.from &&
        moment.now < memo.effective.until
      ) {
        return memo.effective;
      }
      return compute(view, moment, staleParts);
    },
    holds(effective, view) {
      if (effective.version !== view.version || !PARTS.every(options.isFeedCurrent)) return false;
      return effective.revision === options.upstream.staticData(view.tenant).revision;
    },
    basisOf(view, moment) {
      const { tenant } = view;
      const input = calculationInput(view, moment, options.upstream.staticData(tenant), options);
      if (input === undefined) return undefined;
      const lapsed = lapsedBuffs(view, moment, options.expiryGrace);
      return { ruleset: options.rulesetOf(tenant), input: { ...input, lapsedBuffs: lapsed } };
    },
  };
}

/** One bit per part that is not fresh. */
function staleMask(view: CharacterView, moment: Moment, isFeedCurrent: (part: Part) => boolean): number {
  let mask = 0;
  for (const [index, part] of PARTS.entries()) {
    if (!isFresh(view.part(part), moment, isFeedCurrent(part))) mask |= 1 << index;
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

/** Each name once, in the order of the contract. */
export function inContractOrder(names: readonly Degradable[]): Degradable[] {
  return DEGRADABLE.filter((name) => names.includes(name));
}
