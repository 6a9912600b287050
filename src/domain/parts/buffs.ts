/** Buffs order themselves by the createdAt of their instances, whatever the order in which their events come. */
import type { BuffApplied, BuffExpired, BuffStatUpdated } from '../event.ts';
import { compareInstants, type Instant, instantNumber } from '../instant.ts';
import {
  type DoubtReason,
  doubted,
  type Heard,
  type HearingContext,
  isAtRest,
  laidOver,
  type Moment,
  type PartState,
  predates,
  readByOwner,
  withNewest,
} from '../part-state.ts';
import { type BuffRow, firstExpiry, unpackBuffs } from '../rows.ts';
import type { BuffStat } from '../snapshot.ts';
import { GRACE_MS, LAPSED_AGAIN_MS } from '../timing.ts';
import { type PartChange, provisional } from './change.ts';

/** An instance that was announced, for one of its stat types. */
interface BuffBegan extends Heard {
  readonly kind: 'began';
  readonly buff: BuffStat;
  /** Record time of its newest STAT_UPDATED; -Infinity: there was none. */
  readonly updatedAt: number;
}

/** Instances of the source that are not later than `until` have ended. */
interface BuffEnded extends Heard {
  readonly kind: 'ended';
  readonly sourceId: number;
  /** undefined: every stat type of the source. */
  readonly statType: string | undefined;
  readonly until: Instant;
}

export type BuffFact = BuffBegan | BuffEnded;

export interface BuffsRead {
  readonly row: BuffRow;
  /**
   * The latest createdAt of all that has ended since the character is held, as {@link instantNumber}: what is not later may
   * have ended with it, whatever its producer's clock says. -Infinity: nothing has.
   */
  readonly endedUntil: number;
}

export type BuffsPart = PartState<BuffsRead, BuffFact>;

interface Key {
  readonly sourceId: number;
  readonly statType: string;
}

/** What is held, lapsed or not: all, or what is of one source, which is what an event asks for. */
export function buffsOf(part: BuffsPart, sourceId?: number): BuffStat[] {
  const shown = part.read === undefined ? [] : listedOf(part, part.read.row, sourceId);
  // In plain loops: every event about buffs comes through here.
  for (const fact of part.heard) {
    const isOther = fact.kind === 'ended' || fact.heardAt <= part.began;
    if (!isOther && (sourceId === undefined || fact.buff.sourceId === sourceId)) layOver(shown, fact.buff);
  }
  return shown;
}

/** What the last read listed, without what has ended since. */
function listedOf(part: BuffsPart, row: BuffRow, sourceId: number | undefined): BuffStat[] {
  const listed = unpackBuffs(row, sourceId);
  if (listed.length === 0) return listed;
  const facts = laidOver(part);
  return listed.filter((buff) => endOf(facts, buff, buff.createdAt) === undefined);
}

function layOver(shown: BuffStat[], buff: BuffStat): void {
  for (let at = 0; at < shown.length; at += 1) {
    const held = shown[at];
    if (held === undefined || !isSame(held, buff)) continue;
    // A read that has seen a later instance knows better.
    if (compareInstants(held.createdAt, buff.createdAt) <= 0) shown[at] = buff;
    return;
  }
  shown.push(buff);
}

/** What a read that began at a monotonic time makes of the past: what was held before and is not listed has ended. */
export function buffsRead(part: BuffsPart, row: BuffRow, began: number): BuffsRead {
  const before = { ...part, heard: part.heard.filter(({ heardAt }) => heardAt < began) };
  const listed = unpackBuffs(row);
  let endedUntil = Math.max(part.read?.endedUntil ?? Number.NEGATIVE_INFINITY, endsHeard(part));
  for (const buff of buffsOf(before)) {
    // An earlier instance in its place: a clock was set back between the two.
    const isListed = listed.some(
      (other) => isSame(other, buff) && compareInstants(other.createdAt, buff.createdAt) >= 0,
    );
    if (!isListed) endedUntil = Math.max(endedUntil, instantNumber(buff.createdAt));
  }
  return { row, endedUntil };
}

function endsHeard({ heard }: BuffsPart): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const fact of heard) if (fact.kind === 'ended') latest = Math.max(latest, instantNumber(fact.until));
  return latest;
}

/** The fact that says that this instance has ended, if there is one. */
function endOf(facts: readonly BuffFact[], { sourceId, statType }: Key, createdAt: Instant): BuffEnded | undefined {
  for (const fact of facts) {
    if (fact.kind === 'began' || fact.sourceId !== sourceId) continue;
    const concerns = fact.statType === undefined || fact.statType === statType;
    if (concerns && compareInstants(createdAt, fact.until) <= 0) return fact;
  }
  return undefined;
}

export function hearBuffApplied(part: BuffsPart, event: BuffApplied, context: HearingContext): PartChange<BuffsPart> {
  const { sourceId, createdAt, level, expiresAt } = event;
  const isSure = isNews(part, createdAt, context);
  const shown = buffsOf(part, sourceId);
  let next = part;
  let doubt: DoubtReason | undefined = meetsAnotherInstance(shown, event) ? 'buff incomplete' : undefined;
  let outdated = false;
  for (const { type: statType, amount } of event.changes) {
    const key = { sourceId, statType };
    const end = endOf(part.heard, key, createdAt);
    const held = shown.find((buff) => buff.statType === statType);
    const order = held === undefined ? 1 : compareInstants(createdAt, held.createdAt);
    if (end !== undefined) {
      outdated = true;
      // An older instance after a newer one's end: out of order, or the producer's clock was set back.
      if (compareInstants(createdAt, end.until) < 0) doubt = 'buff out of order';
    } else if (order === 0) {
      // The instance that is held is no news. Where its amount differs and no update explains that, one of the two is
      // outdated.
      if (held?.amount !== amount && updateOf(part, key, createdAt) === Number.NEGATIVE_INFINITY)
        doubt = 'buff out of order';
    } else if (order < 0 || createdAt.ms < readByOwner(part, context) - GRACE_MS) {
      doubt = 'buff out of order';
    } else {
      const buff = { sourceId, statType, amount, level, createdAt, expiresAt };
      next = withBegan(next, { kind: 'began', buff, updatedAt: Number.NEGATIVE_INFINITY, heardAt: context.mono });
      if (!isSure) doubt ??= 'buff near a read';
    }
  }
  const applied = next !== part;
  if (doubt !== undefined) return provisional(next, doubt, context, applied);
  if (applied) return { part: next, outcome: 'applied' };
  return { part, outcome: outdated ? 'outdated' : 'unchanged' };
}

/**
 * True when the instance is clearly newer than the last read: nothing that is known can have seen it end. What was made in
 * the future was made by a wrong clock, and may be a repetition of long ago. A read under way may list what it has replaced.
 */
function isNews(part: BuffsPart, createdAt: Instant, context: HearingContext): boolean {
  if (part.read === undefined || context.readingSince !== undefined || createdAt.ms > context.ownerNow + GRACE_MS)
    return false;
  const made = instantNumber(createdAt);
  return made > readByOwner(part, context) + GRACE_MS && made > part.read.endedUntil && made > endsHeard(part);
}

/**
 * Another instance of the source, of which `shown` is held, holds stat types that the event does not name. One may have
 * replaced the other, or the source collects them. The re-read tells.
 */
function meetsAnotherInstance(shown: readonly BuffStat[], { createdAt, changes }: BuffApplied): boolean {
  return shown.some(
    (buff) =>
      compareInstants(buff.createdAt, createdAt) !== 0 && !changes.some((change) => change.type === buff.statType),
  );
}

/** Ends instances that are not later than the event's own, always, and remembers that they ended. */
export function hearBuffExpired(part: BuffsPart, event: BuffExpired, context: HearingContext): PartChange<BuffsPart> {
  const { sourceId, createdAt, statTypes } = event;
  const ends = (buff: BuffStat): boolean =>
    buff.sourceId === sourceId &&
    (statTypes.length === 0 || statTypes.includes(buff.statType)) &&
    compareInstants(buff.createdAt, createdAt) <= 0;
  const ended = buffsOf(part, sourceId).filter(ends);
  const heard = part.heard.filter((fact) => fact.kind === 'ended' || !ends(fact.buff));
  let next = heard.length === part.heard.length ? part : { ...part, heard };
  for (const statType of statTypes.length === 0 ? [undefined] : statTypes) {
    next = withEnded(next, { kind: 'ended', sourceId, statType, until: createdAt, heardAt: context.mono });
  }
  // What has ended is older than the event's own instance: that one never came, or the producer's clock was set back since.
  if (ended.some((buff) => compareInstants(buff.createdAt, createdAt) < 0)) {
    next = doubted(next, 'buff out of order', context);
  }
  return { part: next, outcome: ended.length > 0 ? 'applied' : 'unchanged' };
}

/** New values for the instance with the event's createdAt, in record order; times and flag stay. The re-read decides. */
export function hearBuffUpdated(
  part: BuffsPart,
  event: BuffStatUpdated,
  context: HearingContext,
): PartChange<BuffsPart> {
  const { sourceId, createdAt, changes } = event;
  const held = buffsOf(part, sourceId);
  const instance = held.filter((buff) => compareInstants(buff.createdAt, createdAt) === 0);
  const [sibling] = instance;
  const news = changes.filter(({ type }) => endOf(part.heard, { sourceId, statType: type }, createdAt) === undefined);
  if (sibling === undefined) {
    if (news.length < changes.length) return { part, outcome: 'outdated' };
    return provisional(part, 'buff out of order', context, false);
  }
  const amountOf = (statType: string): number | undefined => changes.find(({ type }) => type === statType)?.amount;
  const isComplete = instance.every(({ statType }) => amountOf(statType) !== undefined);
  const isKnown = news.every(({ type, amount }) =>
    instance.some((buff) => buff.statType === type && buff.amount === amount),
  );
  if (isKnown && isComplete && isAtRest(part, context)) return { part, outcome: 'unchanged' };
  // Many records can bear one millisecond: it does not tell which of two values came later.
  const isLater = instance.every((buff) => {
    const updatedAt = updateOf(part, buff, createdAt);
    return (
      event.recordTime > updatedAt ||
      (event.recordTime === updatedAt && (amountOf(buff.statType) ?? buff.amount) === buff.amount)
    );
  });
  if (!isLater || predates(part, event.recordTime, context))
    return provisional(part, 'buff out of order', context, false);
  let next = part;
  for (const { type: statType, amount } of news) {
    const other = held.find((buff) => buff.statType === statType);
    if (other !== undefined && compareInstants(other.createdAt, createdAt) > 0) continue;
    const buff = { ...sibling, statType, amount, level: event.level ?? sibling.level };
    next = withBegan(next, { kind: 'began', buff, updatedAt: event.recordTime, heardAt: context.mono });
  }
  return provisional(next, 'buff near a read', context, !isKnown);
}

/** Record time of the newest STAT_UPDATED that was heard of the instance; -Infinity: none is remembered. */
function updateOf(part: BuffsPart, key: Key, createdAt: Instant): number {
  for (const fact of part.heard) {
    const isOfInstance =
      fact.kind === 'began' && isSame(fact.buff, key) && compareInstants(fact.buff.createdAt, createdAt) === 0;
    if (isOfInstance) return fact.updatedAt;
  }
  return Number.NEGATIVE_INFINITY;
}

function withBegan(part: BuffsPart, began: BuffBegan): BuffsPart {
  return withNewest(part, began, (other) => other.kind === 'began' && isSame(other.buff, began.buff));
}

/**
 * One fact for each source and stat, more where a clock was set back: the end of a later instance still orders what comes, and
 * says nothing of an earlier one that a read lists, one under way included.
 */
function withEnded(part: BuffsPart, ended: BuffEnded): BuffsPart {
  const isSameKey = (other: BuffFact): other is BuffEnded =>
    other.kind === 'ended' && other.sourceId === ended.sourceId && other.statType === ended.statType;
  const isKnown = part.heard.some(
    (other) => isSameKey(other) && other.heardAt > part.began && compareInstants(other.until, ended.until) === 0,
  );
  if (isKnown) return part;
  return withNewest(part, ended, (other) => isSameKey(other) && compareInstants(other.until, ended.until) <= 0);
}

export function contradictedByBuffs({ row }: BuffsRead): (fact: BuffFact) => boolean {
  const listed = unpackBuffs(row);
  return (fact) => {
    if (fact.kind === 'ended') return listed.some((buff) => endOf([fact], buff, buff.createdAt) !== undefined);
    const { buff } = fact;
    const now = listed.find((other) => isSame(other, buff));
    return (
      now === undefined ||
      compareInstants(now.createdAt, buff.createdAt) < 0 ||
      (isSameInstance(now, buff) && now.amount !== buff.amount)
    );
  };
}

export function sameBuffs(a: readonly BuffStat[], b: readonly BuffStat[]): boolean {
  return a.length === b.length && a.every((buff) => b.some((other) => isSame(buff, other) && isEqual(buff, other)));
}

function isSame(a: Key, b: Key): boolean {
  return a.sourceId === b.sourceId && a.statType === b.statType;
}

function isSameInstance(a: BuffStat, b: BuffStat): boolean {
  return compareInstants(a.createdAt, b.createdAt) === 0;
}

function isEqual(a: BuffStat, b: BuffStat): boolean {
  return a.amount === b.amount && a.level === b.level && a.expiresAt === b.expiresAt && isSameInstance(a, b);
}

/** A buff as it stands at a moment. */
export interface TimedBuff {
  readonly buff: BuffStat;
  /** False: its time is over by our clock, it is doubted, and nobody has said since that it still counts. */
  readonly counts: boolean;
  /** Epoch ms at which its owner has to be asked whether it still counts; Infinity: never, or it is asked already. */
  readonly asksAt: number;
}

/**
 * Which buffs count (how-state-works: time). When its time and the grace are over by our clock, the part is doubted. The
 * buff does not count until a read lists it. Then it counts, and is asked for again after a while.
 */
export function timedBuffs(part: BuffsPart, { now, mono }: Moment, expiryGrace: number): TimedBuff[] {
  const readAt = now - (mono - part.began);
  const facts = laidOver(part);
  return buffsOf(part).map((buff) => {
    if (buff.expiresAt === undefined) return { buff, counts: true, asksAt: Number.POSITIVE_INFINITY };
    const lapsesAt = buff.expiresAt + expiryGrace;
    if (now < lapsesAt) return { buff, counts: true, asksAt: lapsesAt };
    const isListed = readAt >= lapsesAt && !facts.some((fact) => fact.kind === 'began' && isSame(fact.buff, buff));
    const askAt = isListed ? readAt + Math.max(LAPSED_AGAIN_MS, readAt - lapsesAt) : now;
    // Until the part is doubted, nobody is told that the buff may count no longer.
    const isDoubted = part.doubt !== undefined;
    return {
      buff,
      counts: isListed || !isDoubted,
      asksAt: askAt <= now && isDoubted ? Number.POSITIVE_INFINITY : askAt,
    };
  });
}

/**
 * Epoch ms before which no buff's time is up, by all that was read and heard: {@link nextLapseAt} is not earlier, unless it
 * was put off. Costs no more than a look at each.
 */
export function noLapseBefore({ read, heard }: BuffsPart, expiryGrace: number): number {
  let first = read === undefined ? Number.POSITIVE_INFINITY : firstExpiry(read.row);
  for (const fact of heard) if (fact.kind === 'began') first = Math.min(first, fact.buff.expiresAt ?? first);
  return first + expiryGrace;
}

/** Epoch ms at which the part has to be doubted because of a buff's time; Infinity: never. */
export function nextLapseAt(part: BuffsPart, moment: Moment, expiryGrace: number): number {
  return timedBuffs(part, moment, expiryGrace).reduce(
    (next, { asksAt }) => Math.min(next, asksAt),
    Number.POSITIVE_INFINITY,
  );
}
