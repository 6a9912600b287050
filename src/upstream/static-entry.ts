import type { EventContext } from '../domain/event.ts';
import type { EquipmentRequirements, Lookup, SkillData, StaticData } from '../domain/static-data.ts';
import type { Tenant } from '../domain/tenant.ts';

export interface StaticAsk {
  readonly tenant: Tenant;
  readonly id: number;
  readonly context: EventContext | undefined;
  /** True for the gate's probe: a short deadline, one attempt. */
  readonly probe: boolean;
}

/** The data service. Rejects with AppError UPSTREAM_*. */
export interface StaticSource {
  skill(ask: StaticAsk): Promise<SkillData | 'missing'>;
  requirements(ask: StaticAsk): Promise<EquipmentRequirements | 'missing'>;
}

/** What one tenant's data service has answered. */
export interface TenantShelf {
  readonly tenant: Tenant;
  readonly skills: Map<number, StaticEntry<SkillData>>;
  readonly requirements: Map<number, StaticEntry<EquipmentRequirements>>;
  /** The lookups over both, with the revision. */
  readonly view: StaticData;
  revision: number;
  /** What the service has answered last, the newest first: see static-witness.ts. */
  readonly witnesses: Readonly<Record<keyof StaticSource, AnyEntry[]>>;
}

/** Something that was wanted: undefined until it has been answered, null while the service does not know it. */
export interface StaticEntry<T> {
  readonly shelf: TenantShelf;
  readonly kind: keyof StaticSource;
  readonly id: number;
  readonly ask: (ask: StaticAsk) => Promise<T | 'missing'>;
  value: Lookup<T>;
  /** Monotonic ms from which it may be asked; Infinity: it is known. */
  askAt: number;
  /** Monotonic ms at which somebody wanted it last. */
  wantedAt: number;
  /** Attempts that failed since the last answer. */
  failures: number;
  /** Answers of 500 in a row, while the service answered for others. */
  refusals: number;
  /** Monotonic ms of the last attempt that had no answer, not even that there is no such entry. */
  unansweredAt: number;
  /** Under way while it is asked for as a witness for others. */
  check: Promise<boolean> | undefined;
  /** True when the last answer was a 404 although a value is known. */
  doubted: boolean;
  /** Of whoever wanted it first when it was asked last. */
  context: EventContext | undefined;
  /** Resolved when the attempt that is waiting or under way has ended. */
  attempt: PromiseWithResolvers<void> | undefined;
  evicted: boolean;
}

/** The entry of either kind, for bookkeeping. */
export type AnyEntry = StaticEntry<unknown>;

export function createShelf(tenant: Tenant): TenantShelf {
  const skills: TenantShelf['skills'] = new Map();
  const requirements: TenantShelf['requirements'] = new Map();
  const shelf: TenantShelf = {
    tenant,
    skills,
    requirements,
    view: {
      skill: (id) => skills.get(id)?.value,
      requirements: (id) => requirements.get(id)?.value,
      get revision() {
        return shelf.revision;
      },
    },
    revision: 0,
    witnesses: { skill: [], requirements: [] },
  };
  return shelf;
}

/** Finds the entry, or puts one on the shelf that is unknown and due. */
export function staticEntryOf(
  shelf: TenantShelf,
  kind: keyof StaticSource,
  id: number,
  source: StaticSource,
): AnyEntry {
  return kind === 'skill'
    ? getOrAdd(shelf.skills, shelf, kind, id, source.skill)
    : getOrAdd(shelf.requirements, shelf, kind, id, source.requirements);
}

export function isKnown({ value }: AnyEntry): boolean {
  return value !== undefined && value !== null;
}

export function removeEntry({ shelf, kind, id }: AnyEntry): void {
  if (kind === 'skill') shelf.skills.delete(id);
  else shelf.requirements.delete(id);
}

function getOrAdd<T>(
  entries: Map<number, StaticEntry<T>>,
  shelf: TenantShelf,
  kind: keyof StaticSource,
  id: number,
  ask: StaticEntry<T>['ask'],
): StaticEntry<T> {
  const known = entries.get(id);
  if (known !== undefined) return known;
  const entry: StaticEntry<T> = {
    shelf,
    kind,
    id,
    ask,
    value: undefined,
    askAt: Number.NEGATIVE_INFINITY,
    wantedAt: Number.NEGATIVE_INFINITY,
    failures: 0,
    refusals: 0,
    unansweredAt: Number.NEGATIVE_INFINITY,
    check: undefined,
    doubted: false,
    context: undefined,
    attempt: undefined,
    evicted: false,
  };
  entries.set(id, entry);
  return entry;
}
