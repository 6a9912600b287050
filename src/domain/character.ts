/**
 * One character's state as the transitions see it.
 *
 * Modes: absent → visitor (someone asked) → resident (at least one open session) → absent (last session ended), and
 * resident → visitor (idle for too long) → absent (its time is up). A visitor becomes a resident in place.
 * Each part: never loaded → loaded ⇄ stale; see part-state.
 */
import type { EventContext } from './event.ts';
import type { Instant } from './instant.ts';
import type { Part } from './part.ts';
import type { PartState } from './part-state.ts';
import type { BuffStat, SkillLevel, WornAsset } from './snapshot.ts';
import type { BaseField } from './stat.ts';
import type { CharacterId, Tenant } from './tenant.ts';

/** The two readings of the clock that a transition works with; see lib/clock. */
export interface Moment {
  /** Epoch ms, comparable with record times, createdAt and expiresAt. */
  readonly now: number;
  /** Never steps back; for ages, deadlines and schedules. */
  readonly mono: number;
}

/** Something that carries the character's version at which it was set. */
export interface Versioned {
  readonly version: number;
}

export interface BaseEntry extends Versioned {
  readonly value: number;
}

export interface AssetEntry extends Versioned {
  readonly asset: WornAsset;
}

export interface BuffEntry extends Versioned {
  readonly buff: BuffStat;
  /** Record time of the newest STAT_UPDATED applied to this instance; -Infinity when none was. */
  readonly updatedAt: number;
  /** True once this instance's lapse has been noticed, so that it makes the part stale only once (rules §4). */
  readonly lapseNoticed: boolean;
}

/** Instances of the source (and stat type) that are not later than createdAt have ended (architecture §3 rule 2). */
export interface BuffTombstone extends Versioned {
  readonly sourceId: number;
  /** undefined: every stat type of the source. */
  readonly statType: string | undefined;
  readonly createdAt: Instant;
  /** Monotonic ms. */
  readonly setAt: number;
}

/** Level 0 marks a skill that was forgotten. */
export interface SkillEntry extends Versioned {
  readonly skill: SkillLevel;
}

export interface OpenSession {
  readonly sessionId: string;
  /** Record time of its CREATED. */
  readonly createdAt: number;
}

/** Where the character plays, from the newest CREATED. */
export interface Place {
  readonly worldId: number;
  readonly channelId: number;
  /** Record time of that CREATED. */
  readonly since: number;
}

/** Why a part is stale; for people, metrics and explain. */
export type StaleReason =
  | 'base changed'
  | 'base changed without values'
  | 'equipment moved'
  | 'equipment changed'
  | 'skills changed'
  | 'buff incomplete'
  | 'buff out of order'
  | 'buff near a read'
  | 'buff lapsed'
  | 'read failed'
  | 'events missed'
  | 'an operator asked'
  | 'unknown to its service';

export interface CharacterView {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  /** False: absent. Only {@link hasEnded} and {@link wasTouchedAbsent} mean anything then. */
  readonly held: boolean;
  readonly resident: boolean;
  /** Version at which it became held. */
  readonly firstVersion: number;
  /** Rises with every change. Starts at epoch ms and never repeats for the same character. */
  readonly version: number;
  readonly place: Place | undefined;
  /** What to hand on to requests on this character's behalf: from the newest event. */
  readonly context: EventContext | undefined;
  sessions(): readonly OpenSession[];
  /** True when the session's DESTROYED has been seen. */
  hasEnded(sessionId: string): boolean;
  /** True when an event that concerns the part came, or may have been missed, moments ago: while absent or just before. */
  wasTouchedAbsent(part: Part): boolean;
  base(field: BaseField): BaseEntry | undefined;
  assets(): readonly AssetEntry[];
  asset(assetId: number): AssetEntry | undefined;
  /** Version at which the asset was taken off; undefined: it was not, or a read has settled it. */
  takenOffAt(assetId: number): number | undefined;
  buffs(): readonly BuffEntry[];
  buff(sourceId: number, statType: string): BuffEntry | undefined;
  buffTombstones(): readonly BuffTombstone[];
  /** The latest createdAt of all that has ended since the character is held, as {@link instantNumber}; -Infinity: none. */
  readonly buffsEndedUntil: number;
  skills(): readonly SkillEntry[];
  skill(skillId: number): SkillEntry | undefined;
  part(part: Part): Readonly<PartState>;
}

/** How soon a read should run: the earlier in the list, the sooner (architecture §3 rule 7). */
export const PRIORITIES = ['reader', 'live', 'backlog', 'audit'] as const;

export type Priority = (typeof PRIORITIES)[number];

/**
 * The changes that a transition may make. Every change is stamped with one new version per transition. An implementer
 * owes: what is written is visible to later reads of the view within the same transition.
 */
export interface CharacterWriter {
  /** Absent → held without sessions, all parts never loaded and due: at once, or when the backlog has caught up. */
  hold(backlog: string | undefined): void;
  /** Held → absent. Parts whose events are not confirmed yet are remembered as touched. */
  drop(): void;
  openSession(session: OpenSession): void;
  closeSession(sessionId: string): void;
  /** Bounded in number and time; also kept while the character is absent. */
  rememberEnded(sessionId: string): void;
  setPlace(place: Place): void;
  /** Resident → visitor with a fresh visitor's time. */
  becomeVisitor(): void;
  setBase(field: BaseField, value: number): void;
  putAsset(asset: WornAsset): void;
  /** Takes the asset off and remembers it as taken off until a later read settles it. */
  takeOffAsset(assetId: number): void;
  /** Takes the asset off because a read says so. */
  forgetAsset(assetId: number): void;
  /** Forgets what was taken off at or before the version. */
  forgetTakenOff(untilVersion: number): void;
  putBuff(buff: BuffStat, updatedAt: number, lapseNoticed: boolean): void;
  removeBuff(sourceId: number, statType: string): void;
  putBuffTombstone(sourceId: number, statType: string | undefined, createdAt: Instant): void;
  /** Drops tombstones that were set at or before this monotonic time. */
  dropBuffTombstones(setUntil: number): void;
  putSkill(skillId: number, level: number): void;
  forgetSkill(skillId: number): void;
  /** Marks a part stale at the current change's version; a read is due at once, or, with a backlog, once it caught up. */
  markStale(part: Part, reason: StaleReason, backlog: string | undefined): void;
  /** A confirming read at this monotonic time (or later, when one is owed later); the part counts as fresh meanwhile. */
  settle(part: Part, at: number): void;
  /** A read at this monotonic time, or sooner when one is due sooner. */
  want(part: Part, at: number): void;
  /** An event that concerns the part has come, whatever it changed; remembered for a moment while absent. */
  touch(part: Part): void;
}
