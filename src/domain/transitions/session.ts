import type { CharacterView, CharacterWriter, Moment } from '../character.ts';
import type { SessionCreated, SessionDestroyed } from '../event.ts';
import { PARTS, type Part } from '../part.ts';
import { REPLAY } from '../part-state.ts';
import { FETCH_GRACE_MS, LOST_SESSION_MS, RECENT_BUFF_MS, SETTLE_MS } from '../timing.ts';
import type { Outcome } from './outcome.ts';

/**
 * Holds an absent character. Where an event came moments ago, its producer may have announced it before it commits: the
 * first load of that part is confirmed, as after any hint (rule 5).
 */
export function holdCharacter(
  view: CharacterView,
  backlog: string | undefined,
  moment: Moment,
  writer: CharacterWriter,
): void {
  const touched = PARTS.filter((part) => view.wasTouchedAbsent(part));
  writer.hold(backlog);
  for (const part of touched) writer.settle(part, moment.mono + SETTLE_MS);
}

/**
 * Parts whose newest events no read has confirmed yet. Whoever drops a character remembers them as touched: who comes back
 * at once, as in a channel change, may be loaded before their producers have committed.
 */
export function unconfirmedParts(view: CharacterView, moment: Moment): readonly Part[] {
  return PARTS.filter((part) => {
    const { staleVersion, settleAt } = view.part(part);
    return staleVersion > 0 || settleAt !== undefined || (part === 'buffs' && haveBuffsChangedLately(view, moment));
  });
}

/** Buffs that begin or end mostly owe no read. */
function haveBuffsChangedLately(view: CharacterView, { now, mono }: Moment): boolean {
  return (
    view.buffs().some(({ buff }) => buff.createdAt.ms > now - RECENT_BUFF_MS) ||
    view.buffTombstones().some((stone) => stone.setAt > mono - FETCH_GRACE_MS)
  );
}

/** Opens a session; the character becomes resident, in place when a visitor of it is held (architecture §2). */
export function createSession(
  view: CharacterView,
  event: SessionCreated,
  moment: Moment,
  writer: CharacterWriter,
): Outcome {
  if (view.hasEnded(event.sessionId)) return 'outdated';
  if (!view.held) holdCharacter(view, event.replayed ? REPLAY : event.backlog, moment, writer);
  else if (view.sessions().some((session) => session.sessionId === event.sessionId)) return 'unchanged';
  writer.openSession({ sessionId: event.sessionId, createdAt: event.recordTime });
  if (view.place === undefined || event.recordTime >= view.place.since) {
    writer.setPlace({ worldId: event.worldId, channelId: event.channelId, since: event.recordTime });
  }
  return 'applied';
}

/** Ends the named session only; sessions that must have lost their DESTROYED go with it (architecture §2). */
export function destroySession(view: CharacterView, event: SessionDestroyed, writer: CharacterWriter): Outcome {
  writer.rememberEnded(event.sessionId);
  if (!view.held) return 'not-held';
  const sessions = view.sessions();
  const ended = sessions.find((session) => session.sessionId === event.sessionId);
  if (ended === undefined) return 'unchanged';
  for (const session of [...sessions]) {
    const lost = session.createdAt < ended.createdAt - LOST_SESSION_MS;
    if (session !== ended && !lost) continue;
    writer.rememberEnded(session.sessionId);
    writer.closeSession(session.sessionId);
  }
  if (view.sessions().length === 0) writer.drop();
  return 'applied';
}
