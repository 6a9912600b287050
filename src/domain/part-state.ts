/**
 * One part of one character: what was read, and what was heard since, laid over it.
 *
 * Modes: unloaded (never read) → stale (doubted: a read is due) → settling (read so soon after something was heard that
 * another read is owed; it counts meanwhile) → fresh. Whatever is heard and not sure leads back to stale. The one rule that
 * leads forward is {@link merge}.
 */
import { GRACE_MS, SETTLE_MS } from './timing.ts';

/** Something that an event told about one key of a part. */
export interface Heard {
  /** Monotonic ms. */
  readonly heardAt: number;
}

/** Why a part is doubted; for people, metrics and explain. */
export type DoubtReason =
  | 'base changed'
  | 'base changed without values'
  | 'equipment moved'
  | 'equipment changed'
  | 'skills changed'
  | 'buff incomplete'
  | 'buff out of order'
  | 'buff near a read'
  | 'buff lapsed'
  | 'a session began'
  | 'read and event disagree'
  | 'read failed'
  | 'events missed'
  | 'an operator asked'
  | 'unknown to its service'
  | 'a defect';

export interface Doubt {
  readonly reason: DoubtReason;
  /** Epoch ms of the first doubt since the part was last without one. */
  readonly since: number;
  /** Monotonic ms: a read that began at that moment or later ends the doubt. */
  readonly until: number;
}

export interface PartState<Value, Fact extends Heard> {
  /** The owner's last answer, whole; undefined: none yet. */
  readonly read: Value | undefined;
  /** Monotonic ms at which the request for it began; -Infinity: none yet. */
  readonly began: number;
  /** The newest fact for each key, oldest first; of ends of buffs those of later instances as well. Those that were heard after `began` are laid over `read`. */
  readonly heard: readonly Fact[];
  readonly doubt: Doubt | undefined;
  /** Monotonic ms: a read that begins then or later is owed, and confirms the one before. */
  readonly confirmAt: number | undefined;
}

/** Facts kept per part; the oldest goes first beyond this. A game master knows about a thousand skills. */
const HEARD_MAX = 4_096;

const NOTHING_HEARD: readonly never[] = [];

/** Never read. `confirmAt` as in {@link PartState}. */
export function unloaded<Value, Fact extends Heard>(confirmAt: number | undefined): PartState<Value, Fact> {
  return { read: undefined, began: Number.NEGATIVE_INFINITY, heard: NOTHING_HEARD, doubt: undefined, confirmAt };
}

/** The facts that count: what was heard after the read began. */
export function laidOver<Fact extends Heard>({ heard, began }: PartState<unknown, Fact>): readonly Fact[] {
  return heard.length === 0 ? heard : heard.filter(({ heardAt }) => heardAt > began);
}

/** With a fact in the place of those about the same key, unless one of them was heard later. */
export function withFact<Value, Fact extends Heard>(
  part: PartState<Value, Fact>,
  fact: Fact,
  isSameKey: (other: Fact) => boolean,
): PartState<Value, Fact> {
  const last = part.heard.at(-1)?.heardAt ?? fact.heardAt;
  const isOlder = last > fact.heardAt && part.heard.some((other) => other.heardAt > fact.heardAt && isSameKey(other));
  return isOlder ? part : withNewest(part, fact, isSameKey);
}

/** With a fact in the place of those about the same key, whenever they were heard: it orders itself, and is the newest. */
export function withNewest<Value, Fact extends Heard>(
  part: PartState<Value, Fact>,
  fact: Fact,
  isSameKey: (other: Fact) => boolean,
): PartState<Value, Fact> {
  const others = part.heard.filter((other) => !isSameKey(other));
  const kept = others.length < HEARD_MAX ? others : others.slice(1);
  const last = part.heard.at(-1);
  const heard = [...kept, fact];
  if (last !== undefined && last.heardAt > fact.heardAt) heard.sort((a, b) => a.heardAt - b.heardAt);
  return { ...part, heard };
}

/** The two readings of the clock that belong together. */
export interface Moment {
  /** Epoch ms by our clock. */
  readonly now: number;
  /** Monotonic ms. */
  readonly mono: number;
}

/** Doubted because something is not sure: a read is due at once, and another when producers have committed. */
export function doubted<Value, Fact extends Heard>(
  part: PartState<Value, Fact>,
  reason: DoubtReason,
  { now, mono }: Moment,
): PartState<Value, Fact> {
  const confirmAt = Math.max(mono + SETTLE_MS, part.confirmAt ?? mono);
  return { ...withDoubt(part, reason, now, mono), confirmAt };
}

/** Doubted for a reason that no producer has announced: one read settles it. */
export function questioned<Value, Fact extends Heard>(
  part: PartState<Value, Fact>,
  reason: DoubtReason,
  { now, mono }: Moment,
): PartState<Value, Fact> {
  return withDoubt(part, reason, now, mono);
}

function withDoubt<Value, Fact extends Heard>(
  part: PartState<Value, Fact>,
  reason: DoubtReason,
  now: number,
  until: number,
): PartState<Value, Fact> {
  const before = part.doubt;
  const since = before?.since ?? now;
  return { ...part, doubt: { reason, since, until: Math.max(until, before?.until ?? until) } };
}

/**
 * The rule (docs/explanation/how-state-works.md). A read that began after something was heard overrides it; what was heard
 * after it began lies on top. A read that began within {@link SETTLE_MS} of the last thing heard before it is confirmed by
 * another one then; where it contradicts what was heard, the part is doubted until that one has decided. A fact is forgotten
 * once a read began {@link GRACE_MS} after it; until then it orders later events about its key.
 */
export function merge<Value, Fact extends Heard>(
  part: PartState<Value, Fact>,
  read: Value,
  began: number,
  contradictedBy: (read: Value) => (fact: Fact) => boolean,
  now: number,
): PartState<Value, Fact> {
  if (began <= part.began)
    throw new Error(`a read that began at ${began} ms is older than the one at ${part.began} ms`);
  const young = part.heard.filter(({ heardAt }) => heardAt <= began && began < heardAt + SETTLE_MS);
  const owed = young.reduce((at, { heardAt }) => Math.max(at, heardAt + SETTLE_MS), part.confirmAt ?? began);
  const remembered = part.heard.filter(({ heardAt }) => heardAt > began - GRACE_MS);
  const merged: PartState<Value, Fact> = {
    read,
    began,
    heard: remembered.length === 0 ? NOTHING_HEARD : remembered,
    doubt: part.doubt !== undefined && part.doubt.until > began ? part.doubt : undefined,
    confirmAt: owed > began ? owed : undefined,
  };
  if (young.length === 0 || !young.some(contradictedBy(read))) return merged;
  return withDoubt(merged, 'read and event disagree', now, owed);
}

/** The rule once more, for what was heard before the last read began and came here after it. */
export function mergedAgain<Value, Fact extends Heard>(
  part: PartState<Value, Fact>,
  read: Value,
  contradictedBy: (read: Value) => (fact: Fact) => boolean,
  now: number,
): PartState<Value, Fact> {
  return merge({ ...part, began: Number.NEGATIVE_INFINITY }, read, part.began, contradictedBy, now);
}

/** Monotonic ms at which the next read is due for the part's own sake; Infinity: none is. */
export function dueOf({ read, doubt, confirmAt }: PartState<unknown, Heard>): number {
  if (read === undefined) return Number.NEGATIVE_INFINITY;
  return doubt?.until ?? confirmAt ?? Number.POSITIVE_INFINITY;
}

/** True when nothing is doubted, and no read is owed. */
export function isSettled({ read, doubt, confirmAt }: PartState<unknown, Heard>): boolean {
  return read !== undefined && doubt === undefined && confirmAt === undefined;
}

/** What an event is told apart by. */
export interface HearingContext extends Moment {
  /** Monotonic ms at which the event is taken in: in a backlog later than `mono`, when it was heard. */
  readonly takenAt: number;
  /** Epoch ms by the clock of the service that owns the part. */
  readonly ownerNow: number;
  /** True when no read of the part is wanted or under way, and none is to come because events were missed. */
  readonly quiet: boolean;
  /** Monotonic ms at which the read under way began, undefined when none is: what it answers may be older than the event. */
  readonly readingSince: number | undefined;
}

/** True when an event that says what is known tells nothing: no read is about to bring an older value. */
export function isAtRest(part: PartState<unknown, Heard>, { quiet }: HearingContext): boolean {
  return quiet && isSettled(part);
}

/** Epoch ms, by its owner's clock, at which the part's last read began; -Infinity: it was never read. */
export function readByOwner(part: PartState<unknown, Heard>, { mono, ownerNow }: HearingContext): number {
  return ownerNow - (mono - part.began);
}

/** True when an event was published so long before the last read, or the one under way, that it tells it nothing: a replay. */
export function predates(part: PartState<unknown, Heard>, recordTime: number, context: HearingContext): boolean {
  const { mono, ownerNow, readingSince } = context;
  return recordTime < ownerNow - (mono - (readingSince ?? part.began)) - GRACE_MS;
}
