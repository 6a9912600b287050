import type { SessionCreated } from './event.ts';
import { SESSION_ORDER_MS } from './timing.ts';

export interface OpenSession {
  readonly sessionId: string;
  /** Record time of its CREATED, epoch ms; the moment of its arrival when that lies in the future. */
  readonly createdAt: number;
  readonly worldId: number;
  readonly channelId: number;
}

/** Where the character plays. */
export interface Place {
  readonly worldId: number;
  readonly channelId: number;
  /** Epoch ms. */
  readonly since: number;
}

/** Open sessions of one character at most; the one that came first goes. A game server has one for each character. */
const SESSIONS_MAX = 64;

/** With one more session, last in the order of arrival. */
export function withSession(
  sessions: readonly OpenSession[],
  event: SessionCreated,
  now: number,
): readonly OpenSession[] {
  const { sessionId, worldId, channelId } = event;
  // A record time of -1 or 0 is none.
  const createdAt = event.recordTime > 0 ? Math.min(event.recordTime, now) : now;
  return [...sessions, { sessionId, worldId, channelId, createdAt }].slice(-SESSIONS_MAX);
}

/**
 * Which sessions end with this one: itself, and those that must have lost their DESTROYED, because they came before it and
 * are older by more than {@link SESSION_ORDER_MS}. A producer's clock alone ends none.
 */
export function endedWith(sessions: readonly OpenSession[], sessionId: string): readonly OpenSession[] {
  const at = sessions.findIndex((session) => session.sessionId === sessionId);
  const ended = sessions[at];
  if (ended === undefined) return [];
  const isLost = (session: OpenSession): boolean => session.createdAt < ended.createdAt - SESSION_ORDER_MS;
  return sessions.slice(0, at + 1).filter((session) => session === ended || isLost(session));
}

/**
 * Where the newest open session plays: the newest by arrival where their CREATEDs lie within {@link SESSION_ORDER_MS}, because
 * producers' clocks differ; else the newest by record time, because a replay mixes partitions. undefined: none is open.
 */
export function placeOf(sessions: readonly OpenSession[]): Place | undefined {
  let newest: OpenSession | undefined;
  for (const session of sessions) {
    if (newest === undefined || session.createdAt >= newest.createdAt - SESSION_ORDER_MS) newest = session;
  }
  return newest && { worldId: newest.worldId, channelId: newest.channelId, since: newest.createdAt };
}
