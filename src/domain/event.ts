import type { Instant } from './instant.ts';
import type { BaseField, StatRow } from './stat.ts';
import type { CharacterId, Tenant } from './tenant.ts';

/** What an event hands on to every request that it causes. */
export interface EventContext {
  readonly traceparent?: string;
  readonly environment?: string;
}

/** What every event has. */
export interface EventBase {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  /** Kafka record time, epoch ms: a hint only (the outbox publishes late and twice). */
  readonly recordTime: number;
  readonly context: EventContext | undefined;
  /** Name of the partition when it was behind at decoding, else undefined (how-state-works, rule 6). */
  readonly backlog: string | undefined;
  /** True for a session of the past that is replayed at the start: it tells who is online, and loads nobody. */
  readonly replayed: boolean;
}

/** One stat of a buff. `type` is the wire's stat type, e.g. `WEAPON_ATTACK`; `amount` is int32. */
export interface BuffChange {
  readonly type: string;
  readonly amount: number;
}

export interface SessionCreated extends EventBase {
  readonly type: 'session-created';
  readonly sessionId: string;
  readonly worldId: number;
  readonly channelId: number;
}

export interface SessionDestroyed extends EventBase {
  readonly type: 'session-destroyed';
  readonly sessionId: string;
}

export interface BuffApplied extends EventBase {
  readonly type: 'buff-applied';
  readonly sourceId: number;
  /** undefined: the wire had none (format S). */
  readonly level: number | undefined;
  readonly changes: readonly BuffChange[];
  readonly createdAt: Instant;
  /** Epoch ms; undefined: never expires (`noExpiry`, or the zero time). */
  readonly expiresAt: number | undefined;
}

export interface BuffExpired extends EventBase {
  readonly type: 'buff-expired';
  readonly sourceId: number;
  /** Stat types that end; empty: all of the source. */
  readonly statTypes: readonly string[];
  readonly createdAt: Instant;
}

export interface BuffStatUpdated extends EventBase {
  readonly type: 'buff-stat-updated';
  readonly sourceId: number;
  readonly level: number | undefined;
  readonly changes: readonly BuffChange[];
  readonly createdAt: Instant;
}

/** MOVED with at least one slot below 0. Slots are int16; below 0 is worn. */
export interface AssetMoved extends EventBase {
  readonly type: 'asset-moved';
  readonly assetId: number;
  readonly templateId: number;
  readonly slot: number;
  readonly oldSlot: number;
}

/** UPDATED of a worn asset. `stats` is undefined when the body did not carry them. */
export interface AssetUpdated extends EventBase {
  readonly type: 'asset-updated';
  readonly assetId: number;
  readonly templateId: number;
  readonly slot: number;
  readonly stats: StatRow | undefined;
}

/** DELETED, EXPIRED or RELEASED of a worn asset. */
export interface AssetRemoved extends EventBase {
  readonly type: 'asset-removed';
  readonly assetId: number;
}

/** Any other asset event that touches a worn slot (ACCEPTED, CREATED, unknown types): the re-read decides. */
export interface EquipmentTouched extends EventBase {
  readonly type: 'equipment-touched';
}

/** STAT_CHANGED that concerns this service. Fields that are absent from `values` are unchanged. */
export interface BaseChanged extends EventBase {
  readonly type: 'base-changed';
  readonly values: Readonly<Partial<Record<BaseField, number>>>;
  /** True when something changed whose value the event does not carry (LEVEL, JOB, format S). */
  readonly incomplete: boolean;
}

/** A skill was learnt, levelled or forgotten. `level` 0: forgotten. undefined: unknown, the re-read decides. */
export interface SkillChanged extends EventBase {
  readonly type: 'skill-changed';
  readonly skillId: number;
  readonly level: number | undefined;
}

export type CharacterEvent =
  | SessionCreated
  | SessionDestroyed
  | BuffApplied
  | BuffExpired
  | BuffStatUpdated
  | AssetMoved
  | AssetUpdated
  | AssetRemoved
  | EquipmentTouched
  | BaseChanged
  | SkillChanged;
