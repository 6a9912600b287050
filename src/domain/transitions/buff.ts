import type { BuffEntry, BuffTombstone, CharacterView, CharacterWriter, Moment, StaleReason } from '../character.ts';
import type { BuffApplied, BuffExpired, BuffStatUpdated } from '../event.ts';
import { compareInstants, type Instant, instantNumber } from '../instant.ts';
import { newestFetch } from '../part-state.ts';
import { FETCH_GRACE_MS, SETTLE_MS } from '../timing.ts';
import { hint, isSettled, predatesFetch } from './hint.ts';
import type { Outcome } from './outcome.ts';

/** The tombstone that says that this instance has ended, if there is one (rule 2). */
export function tombstoneOf(
  view: CharacterView,
  sourceId: number,
  statType: string,
  createdAt: Instant,
): BuffTombstone | undefined {
  return view
    .buffTombstones()
    .find(
      (stone) =>
        stone.sourceId === sourceId &&
        (stone.statType === undefined || stone.statType === statType) &&
        compareInstants(createdAt, stone.createdAt) <= 0,
    );
}

/** Buffs order themselves by the instance's createdAt (rule 2). */
export function applyBuff(view: CharacterView, event: BuffApplied, moment: Moment, writer: CharacterWriter): Outcome {
  const { sourceId, createdAt, level, expiresAt } = event;
  const fetched = newestFetch(view.part('buffs'), moment);
  const fetchWouldHaveIt = createdAt.ms < fetched - FETCH_GRACE_MS;
  // What was made in the future was made by a wrong clock, and may be a repetition of long ago.
  const plausible = createdAt.ms <= moment.now + FETCH_GRACE_MS;
  const afterFetch = fetched !== Number.NEGATIVE_INFINITY && createdAt.ms > fetched + FETCH_GRACE_MS;
  // What is not later than something that has ended may have ended with it, or been replaced by it.
  const clearlyNewer = plausible && afterFetch && instantNumber(createdAt) > view.buffsEndedUntil;
  let applied = false;
  let stale: StaleReason | undefined;
  let outdated = false;
  for (const { type: statType, amount } of event.changes) {
    const stone = tombstoneOf(view, sourceId, statType, createdAt);
    if (stone !== undefined) {
      outdated = true;
      // An older instance after a newer one's end: out of order, or the producer's clock was set back. The read that
      // drops the tombstone decides.
      if (compareInstants(createdAt, stone.createdAt) < 0) {
        stale = 'buff out of order';
        writer.want('buffs', stone.setAt + FETCH_GRACE_MS);
      }
      continue;
    }
    const held = view.buff(sourceId, statType);
    const order = held === undefined ? 1 : compareInstants(createdAt, held.buff.createdAt);
    // Out of order, or the producer's clock was set back and this is the newer one: only a read can tell.
    if (order < 0) stale = 'buff out of order';
    if (order < 0 || (order === 0 && (held?.buff.amount === amount || held?.updatedAt !== Number.NEGATIVE_INFINITY))) {
      continue;
    }
    if (order > 0 && fetchWouldHaveIt) {
      stale = 'buff out of order';
      continue;
    }
    writer.putBuff({ sourceId, statType, amount, level, createdAt, expiresAt }, Number.NEGATIVE_INFINITY, false);
    applied = true;
    // An instance that is held already is no news, whatever its clock says: one of the two amounts is outdated.
    if (!clearlyNewer || order === 0) stale = 'buff near a read';
  }
  if (meetsAnotherInstance(view, event)) stale = 'buff incomplete';
  if (stale !== undefined) hint('buffs', stale, event, moment, writer);
  if (applied) return 'applied';
  if (stale !== undefined) return 'hinted';
  return outdated ? 'outdated' : 'unchanged';
}

/**
 * Another instance of the source holds stat types that the event does not name: one replaced the other or they were collected,
 * in whatever order their events come. The re-read tells.
 */
function meetsAnotherInstance(view: CharacterView, { sourceId, createdAt, changes }: BuffApplied): boolean {
  return view
    .buffs()
    .some(
      ({ buff }) =>
        buff.sourceId === sourceId &&
        compareInstants(buff.createdAt, createdAt) !== 0 &&
        !changes.some((change) => change.type === buff.statType),
    );
}

/** Ends instances that are not later than the event's own, always, and remembers that they ended (rule 2). */
export function expireBuff(view: CharacterView, event: BuffExpired, moment: Moment, writer: CharacterWriter): Outcome {
  const { sourceId, createdAt, statTypes } = event;
  const ended = view
    .buffs()
    .filter(
      ({ buff }) =>
        buff.sourceId === sourceId &&
        (statTypes.length === 0 || statTypes.includes(buff.statType)) &&
        compareInstants(buff.createdAt, createdAt) <= 0,
    );
  for (const { buff } of ended) writer.removeBuff(sourceId, buff.statType);
  // Its own instance never came, or it came from a clock that was set back since, and what has just ended is newer.
  if (ended.some(({ buff }) => compareInstants(buff.createdAt, createdAt) < 0)) {
    hint('buffs', 'buff out of order', event, moment, writer);
  }
  if (statTypes.length === 0) writer.putBuffTombstone(sourceId, undefined, createdAt);
  for (const statType of statTypes) writer.putBuffTombstone(sourceId, statType, createdAt);
  return ended.length > 0 ? 'applied' : 'unchanged';
}

/** New values for the instance with the event's createdAt, in record order; times and flag stay (rule 2). */
export function updateBuff(
  view: CharacterView,
  event: BuffStatUpdated,
  moment: Moment,
  writer: CharacterWriter,
): Outcome {
  const { sourceId, createdAt } = event;
  const instance = view
    .buffs()
    .filter(({ buff }) => buff.sourceId === sourceId && compareInstants(buff.createdAt, createdAt) === 0);
  const [sibling] = instance;
  const named = event.changes.map((change) => change.type);
  // Many records can bear one millisecond: which of two different values came later, it does not say.
  const isLater = ({ buff, updatedAt }: BuffEntry): boolean =>
    event.recordTime > updatedAt ||
    (event.recordTime === updatedAt &&
      event.changes.every(({ type, amount }) => type !== buff.statType || amount === buff.amount));
  const outOfOrder = predatesFetch(view, 'buffs', event, moment) || !instance.every(isLater);
  const complete = instance.every((entry) => named.includes(entry.buff.statType));
  if (sibling === undefined) {
    const ended = named.some((statType) => tombstoneOf(view, sourceId, statType, createdAt) !== undefined);
    if (ended) return 'outdated';
  }
  if (sibling === undefined || outOfOrder || !complete) {
    hint('buffs', 'buff out of order', event, moment, writer);
    if (sibling === undefined || outOfOrder) return 'hinted';
  }
  let applied = false;
  for (const { type: statType, amount } of event.changes) {
    const held = view.buff(sourceId, statType);
    const isNewer = held !== undefined && compareInstants(held.buff.createdAt, createdAt) > 0;
    if (isNewer || tombstoneOf(view, sourceId, statType, createdAt) !== undefined) continue;
    applied ||= held?.buff.amount !== amount;
    const level = event.level ?? sibling.buff.level;
    writer.putBuff({ ...sibling.buff, statType, amount, level }, event.recordTime, sibling.lapseNoticed);
  }
  // What repeats a value that no read has confirmed yet may keep a read under way from correcting it.
  if (!applied && isSettled(view, 'buffs')) return 'unchanged';
  // The outbox may publish an older value again with a newer record time: a read soon after the last one confirms.
  if (event.backlog === undefined) writer.settle('buffs', moment.mono + SETTLE_MS);
  else hint('buffs', 'buff out of order', event, moment, writer);
  return applied ? 'applied' : 'unchanged';
}
