import type { Character } from '../domain/character.ts';
import { displacedBy, roomAmong } from '../domain/equip-slots.ts';
import type { EventContext } from '../domain/event.ts';
import type { Moment } from '../domain/part-state.ts';
import type { CalculationInput, EffectiveStats, Reason, Ruleset } from '../domain/ruleset.ts';
import { createLedger, type Ledger } from '../domain/rulesets/ledger.ts';
import type { BuffStat, WornAsset } from '../domain/snapshot.ts';
import { STATS } from '../domain/stat.ts';
import type { StaticData } from '../domain/static-data.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { settledWithin } from '../lib/settled-within.ts';
import type { ItemSource } from '../upstream/item-source.ts';
import type { Upstream, UpstreamTarget } from '../upstream/port.ts';
import { degradedByMissing, type EffectiveStatsCache, inContractOrder } from './effective-stats.ts';
import { contributorAmong, explainNumbers } from './explanation.ts';
import { type IdleBuff, NO_TEMPLATE, type Preview, type Trial, type TrialProblem, triedItem } from './preview.ts';
import type { ReadFlow, Unanswered } from './read-flow.ts';
import { type Candidate, findTrialItems, isCandidate, isProblem } from './trial-items.ts';

export type PreviewRead =
  | { readonly kind: 'answer'; readonly preview: Preview }
  /** The trial names what is not there. */
  | { readonly kind: 'impossible'; readonly problems: readonly TrialProblem[] }
  | Unanswered;

/** Computes what a character's effective stats would be, and changes nothing. Waits as a StatsReader does. */
export interface Previewer {
  /** Rejects with AppError UPSTREAM_* when the items of the trial cannot be read. */
  preview(
    tenant: Tenant,
    characterId: CharacterId,
    context: EventContext | undefined,
    trial: Trial,
  ): Promise<PreviewRead>;
}

export interface PreviewerOptions {
  readonly flow: ReadFlow;
  readonly effective: EffectiveStatsCache;
  readonly upstream: ItemSource & Pick<Upstream, 'ensureStaticData'>;
  readonly rulesetOf: (tenant: Tenant) => Ruleset;
  /** READ_WAIT in ms: how long a preview waits for game data that it needs. */
  readonly readWait: number;
}

/** Previews that ask for items at the same time, at most: each may ask for dozens, over few connections. */
const ASKING_MAX = 64;

export function createPreviewer({ flow, effective, upstream, rulesetOf, readWait }: PreviewerOptions): Previewer {
  let asking = 0;

  function answerFrom(
    character: Character,
    moment: Moment,
    trial: Trial,
    items: readonly Candidate[],
  ): PreviewRead | undefined {
    const current = effective.of(character, moment);
    const calculation = effective.calculationOf(character, moment);
    if (current === undefined || calculation === undefined) return undefined;
    const { ruleset, input } = calculation;
    const gear = changeGear(input.assets, trial.takeOff, items);
    const buffs = changeBuffs(input.buffs, trial, moment);
    const problems = [...gear.problems, ...buffs.problems];
    if (problems.length > 0) return { kind: 'impossible', problems };
    const before = judge(ruleset, input);
    const after = judge(ruleset, {
      ...input,
      base: { ...input.base, ...trial.base },
      assets: gear.worn,
      buffs: buffs.active,
      data: withoutTemplate(input.data),
    });
    const staying = gear.worn.filter((asset) => input.assets.includes(asset));
    const sources = { contributor: contributorAmong(gear.worn, buffs.active), origin: () => undefined };
    const preview: Preview = {
      characterId: character.characterId,
      now: moment.now,
      version: character.version,
      ruleset: ruleset.name,
      degraded: inContractOrder([...current.degraded, ...degradedByMissing(after.stats.missing)]),
      before: before.stats,
      after: after.stats,
      explained: explainNumbers(sources, after.stats, after.ledger),
      putOn: gear.putOn.map((asset) => ({ ...triedItem(asset), reason: after.unqualified.get(asset.assetId) })),
      takenOff: gear.takenOff.map(({ asset, displacedBy: by }) => ({ ...triedItem(asset), displacedBy: by })),
      stopQualifying: staying.flatMap((asset) => {
        const reason = after.unqualified.get(asset.assetId);
        const stops = reason !== undefined && !before.unqualified.has(asset.assetId);
        return stops ? [{ ...triedItem(asset), reason }] : [];
      }),
      startQualifying: staying
        .filter(({ assetId }) => before.unqualified.has(assetId) && !after.unqualified.has(assetId))
        .map(triedItem),
      idleBuffs: buffs.cast.flatMap((buff) => idleBuff(buff, after.ledger) ?? []),
    };
    return { kind: 'answer', preview };
  }

  function loadedFrom(character: Character, moment: Moment): Loaded | undefined {
    const calculation = effective.calculationOf(character, moment);
    if (calculation === undefined) return undefined;
    return { kind: 'loaded', learnt: new Set(calculation.input.skills.map(({ skillId }) => skillId)) };
  }

  /** So that the preview is computed with the game data that it needs. */
  async function prepare(
    { tenant, context }: UpstreamTarget,
    trial: Trial,
    items: readonly Candidate[],
    learnt: ReadonlySet<number>,
  ): Promise<void> {
    const buffs = trial.addBuffs.flatMap((buff) => buffStats(buff, { now: 0, mono: 0 }));
    // Only what is known to exist, so that nobody can fill the cache with anything else.
    const skillIds = rulesetOf(tenant)
      .skillsOfBuffs(buffs)
      .filter((id) => learnt.has(id));
    const templateIds = items.filter(({ verified }) => verified).map(({ templateId }) => templateId);
    if (skillIds.length === 0 && templateIds.length === 0) return;
    await settledWithin(upstream.ensureStaticData({ tenant, context, skillIds, templateIds }), readWait);
  }

  return {
    async preview(tenant, characterId, context, trial) {
      const target = { tenant, characterId, context };
      const known = await flow.read(tenant, characterId, context, loadedFrom);
      if (known.kind !== 'loaded') return known;
      if (trial.putOn.length > 0 && asking >= ASKING_MAX) return { kind: 'overloaded' };
      asking += 1;
      const found = await findTrialItems(upstream, target, trial.putOn).finally(() => {
        asking -= 1;
      });
      const items = found.filter(isCandidate);
      if (items.length < found.length) return { kind: 'impossible', problems: found.filter(isProblem) };
      await prepare(target, trial, items, known.learnt);
      return flow.read(tenant, characterId, context, (character, moment) =>
        answerFrom(character, moment, trial, items),
      );
    },
  };
}

interface Loaded {
  readonly kind: 'loaded';
  /** Skill ids. */
  readonly learnt: ReadonlySet<number>;
}

interface ChangedGear {
  readonly worn: readonly WornAsset[];
  readonly putOn: readonly WornAsset[];
  readonly takenOff: readonly { readonly asset: WornAsset; readonly displacedBy: number | undefined }[];
  readonly problems: readonly TrialProblem[];
}

function changeGear(
  before: readonly WornAsset[],
  takeOff: readonly number[],
  items: readonly Candidate[],
): ChangedGear {
  const takenOff: { asset: WornAsset; displacedBy: number | undefined }[] = [];
  const problems: TrialProblem[] = [];
  let worn = [...before];
  for (const [index, assetId] of takeOff.entries()) {
    const asset = worn.find((each) => each.assetId === assetId);
    if (asset === undefined) {
      problems.push({
        pointer: `/takeOff/${index}`,
        expected: 'the asset id of an item that is worn',
        got: assetId,
      });
      continue;
    }
    worn = worn.filter((each) => each !== asset);
    takenOff.push({ asset, displacedBy: undefined });
  }
  const putOn: WornAsset[] = [];
  for (const [index, { slots, ...item }] of items.entries()) {
    const slot = roomAmong(slots, worn);
    if (slot === undefined) continue;
    const asset = { ...item, slot };
    // What the bag holds is not worn, whatever the state still says.
    worn = worn.filter(({ assetId }) => assetId !== asset.assetId);
    const displaced = displacedBy(asset, worn);
    takenOff.push(...displaced.map((each) => ({ asset: each, displacedBy: index })));
    worn = [...worn.filter((each) => !displaced.includes(each)), asset];
    putOn.push(asset);
  }
  return { worn, putOn, takenOff, problems };
}

interface ChangedBuffs {
  readonly active: readonly BuffStat[];
  /** Those among them that the trial casts. */
  readonly cast: readonly BuffStat[];
  readonly problems: readonly TrialProblem[];
}

function changeBuffs(held: readonly BuffStat[], trial: Trial, moment: Moment): ChangedBuffs {
  const problems = trial.removeBuffs.flatMap((sourceId, index) =>
    held.some((buff) => buff.sourceId === sourceId)
      ? []
      : [{ pointer: `/removeBuffs/${index}`, expected: 'the source of an active buff', got: sourceId }],
  );
  const ended = new Set([...trial.removeBuffs, ...trial.addBuffs.map(({ sourceId }) => sourceId)]);
  const kept = held.filter(({ sourceId }) => !ended.has(sourceId));
  // A source that is cast twice is the second cast's, as are types that a cast names twice.
  const lastOfSource = new Map(trial.addBuffs.map((buff) => [buff.sourceId, buff]));
  const cast = [...lastOfSource.values()].flatMap((buff) => buffStats(buff, moment));
  return { active: [...kept, ...cast], cast, problems };
}

function buffStats({ sourceId, level, changes }: Trial['addBuffs'][number], { now }: Moment): BuffStat[] {
  const createdAt = { ms: now, ns: 0 };
  const amounts = new Map(changes.map(({ type, amount }) => [type, amount]));
  return [...amounts].map(([statType, amount]) => ({
    sourceId,
    statType,
    amount,
    level,
    createdAt,
    expiresAt: undefined,
  }));
}

/** An item without a template demands nothing. */
function withoutTemplate(data: StaticData): StaticData {
  return {
    skill: (skillId) => data.skill(skillId),
    requirements: (templateId) => (templateId === NO_TEMPLATE ? null : data.requirements(templateId)),
    revision: data.revision,
  };
}

interface Judgement {
  readonly stats: EffectiveStats;
  readonly ledger: Ledger;
  /** By asset id. */
  readonly unqualified: ReadonlyMap<number, Reason>;
}

/** Why a buff has no effect; undefined: it has one. */
function idleBuff({ sourceId, statType }: BuffStat, ledger: Ledger): IdleBuff | undefined {
  const entries = [...STATS.flatMap((stat) => ledger.lines(stat)), ...ledger.idles].filter(
    ({ source }) => source.kind === 'buff' && source.id === sourceId && source.statType === statType,
  );
  const [first] = entries;
  if (first?.reason === undefined || entries.some(({ reason }) => reason === undefined)) return undefined;
  return { sourceId, statType, reason: first.reason };
}

/** Computes with a record, because only that tells who qualifies for what. */
function judge(ruleset: Ruleset, input: CalculationInput): Judgement {
  const ledger = createLedger();
  const stats = ruleset.compute(input, ledger);
  const unqualified = new Map<number, Reason>();
  for (const { source, reason } of [...STATS.flatMap((stat) => ledger.lines(stat)), ...ledger.idles]) {
    if (source.kind === 'equipment' && reason?.code === 'unqualified') unqualified.set(source.id, reason);
  }
  return { stats, ledger, unqualified };
}
