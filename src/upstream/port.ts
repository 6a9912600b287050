import type { EventContext } from '../domain/event.ts';
import type { Part } from '../domain/part.ts';
import type { PartSnapshot } from '../domain/snapshot.ts';
import type { StaticData } from '../domain/static-data.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';

/** The upstream services, each with its own URL, gate and concurrency budget. */
export const SERVICES = ['characters', 'inventory', 'buffs', 'skills', 'data'] as const;

export type Service = (typeof SERVICES)[number];

export function mapServices<T>(of: (service: Service) => T): Readonly<Record<Service, T>> {
  return Object.fromEntries(SERVICES.map((service) => [service, of(service)])) as Record<Service, T>;
}

/** Which service owns the truth of a part. */
export const SERVICE_OF_PART = {
  base: 'characters',
  equipment: 'inventory',
  buffs: 'buffs',
  passives: 'skills',
} as const satisfies Record<Part, Service>;

/** Whose data is wanted, and what to hand on to the request. */
export interface UpstreamTarget {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  readonly context: EventContext | undefined;
}

/**
 * Reads of the truth. An implementer owes: a deadline on every request; bounded retries with jitter; both wire formats;
 * never a made-up value: anything that is not a well-formed answer rejects with an AppError (UPSTREAM_*).
 */
export interface Upstream {
  /**
   * The whole part, or `missing` when the character service does not know the character (only for `base`; the other
   * parts answer an empty snapshot then). Goes through the service's gate: rejects with UPSTREAM_GATE_OPEN while that is
   * open and this read may not probe.
   */
  fetch(part: Part, target: UpstreamTarget): Promise<PartSnapshot | 'missing'>;
  /** Static data of one tenant as far as it is known now; synchronous, loads nothing. */
  staticData(tenant: Tenant): StaticData;
  /**
   * Loads what is not known or due to be asked again, single-flight per entry, bounded in parallel. Resolves when every
   * entry has been answered, or its attempt has failed (it then stays unknown); never rejects.
   */
  ensureStaticData(wanted: StaticDataWanted): Promise<void>;
  readonly gates: Readonly<Record<Service, GateView>>;
  close(): Promise<void>;
}

export interface StaticDataWanted {
  readonly tenant: Tenant;
  readonly skillIds: readonly number[];
  readonly templateIds: readonly number[];
  readonly context: EventContext | undefined;
}

/** closed: requests flow. open: none but probes. */
export interface GateView {
  readonly state: 'closed' | 'open';
  /**
   * True when a request about this id of this tenant may be sent now: the gate is closed, or this call takes the probe that
   * is due. Who takes it owes the request: until it has ended, or 5 s have passed, nobody else may probe.
   */
  tryEnter(tenant: Tenant, id: GateId): boolean;
  /** Monotonic ms at which the next probe is allowed; only meaningful while open. */
  readonly nextProbeAt: number;
  /** Called whenever the gate closes after having been open. Returns a function that takes the listener off. */
  onClose(listener: () => void): () => void;
}

/** What a request is about: a character, or game data. Unique within its tenant and service. */
export type GateId = CharacterId | `${'skill' | 'requirements'} ${number}`;
