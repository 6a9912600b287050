import type { CharacterView, CharacterWriter } from '../character.ts';
import type { SessionCreated, SessionDestroyed } from '../event.ts';
import { LOST_SESSION_MS } from '../timing.ts';
import type { Outcome } from './outcome.ts';

/** Opens a session; the character becomes resident, in place when a visitor of it is held (architecture §2). */
export function createSession(view: CharacterView, event: SessionCreated, writer: CharacterWriter): Outcome {
  if (view.hasEnded(event.sessionId)) return 'outdated';
  if (!view.held) writer.hold(event.backlog);
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
    if (session === ended || lost) writer.closeSession(session.sessionId);
  }
  if (view.sessions().length === 0) writer.drop();
  return 'applied';
}
