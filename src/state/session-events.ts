import { isResident } from '../domain/character.ts';
import type { SessionCreated, SessionDestroyed } from '../domain/event.ts';
import { PARTS, type Part } from '../domain/part.ts';
import { doubted, type Moment } from '../domain/part-state.ts';
import type { Outcome } from '../domain/parts/change.ts';
import { endedWith, withSession } from '../domain/sessions.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { GRACE_MS, SETTLE_MS } from '../domain/timing.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { asPart, type HeldCharacter, latestContext } from './held-character.ts';
import type { Keeping } from './keeping.ts';
import type { Register } from './register.ts';

/** What sessions do: who is resident, and what is read because of them. */
export interface SessionEvents {
  /** `heard`: when its log was seen to hold it, which may be earlier than now. */
  created(event: SessionCreated, now: Moment, heard: Moment): Outcome;
  destroyed(event: SessionDestroyed, now: Moment): Outcome;
}

export interface SessionEventsOptions {
  readonly register: Pick<Register, 'find' | 'becameResident' | 'letGo'>;
  readonly ended: EndedSessions;
  readonly keeping: Pick<Keeping, 'replace' | 'wantNow'>;
  readonly hold: (tenant: Tenant, characterId: CharacterId, now: Moment) => HeldCharacter;
  /** Whether sessions of the character make a resident here (shards). */
  readonly isOurs: (tenant: Tenant, characterId: CharacterId) => boolean;
  /** Ms to add to our clock to get that of the service that owns the part. */
  readonly ownerOffset: (part: Part) => number;
}

export function createSessionEvents(options: SessionEventsOptions): SessionEvents {
  const { register, ended, keeping } = options;

  /** A new session of a character that is held: it is read anew, and keeps what it has meanwhile. */
  function initialise(character: HeldCharacter, event: SessionCreated, now: Moment, heard: Moment): void {
    for (const part of PARTS) {
      const { read, began } = character[part];
      const readAt = now.now + options.ownerOffset(part) - (now.mono - began);
      const isOld = event.replayed && (read === undefined || event.recordTime < readAt - GRACE_MS);
      if (isOld || heard.mono + SETTLE_MS <= began) continue;
      keeping.replace(character, part, doubted(asPart(character[part]), 'a session began', now), now);
      keeping.wantNow(character, part, now, event.backlog);
    }
  }

  /** Who was replayed is read when the replay is over. */
  function load(character: HeldCharacter, { backlog, replayed }: SessionCreated, now: Moment): void {
    if (replayed && backlog === undefined) return;
    for (const part of PARTS) keeping.wantNow(character, part, now, backlog);
  }

  return {
    created(event, now, heard) {
      const { tenant, characterId, sessionId, recordTime } = event;
      if (ended.has(tenant, sessionId, now.mono)) return 'outdated';
      const found = register.find(tenant, characterId);
      if (!options.isOurs(tenant, characterId)) {
        if (found === undefined) return 'not-held';
        if (found.readFor === sessionId) return 'unchanged';
        found.readFor = sessionId;
        initialise(found, event, now, heard);
        return 'applied';
      }
      if (found?.sessions.some((session) => session.sessionId === sessionId) === true) return 'unchanged';
      const character = found ?? options.hold(tenant, characterId, now);
      // In a replay idle time counts from the record, so that nobody becomes younger. Live, no producer's clock is asked.
      const touchedAt = event.replayed && recordTime > 0 ? now.mono - Math.max(0, now.now - recordTime) : now.mono;
      character.touchedAt = found === undefined ? touchedAt : Math.max(found.touchedAt, touchedAt);
      character.sessions = withSession(character.sessions, event, now.now);
      character.version += 1;
      character.context = latestContext(character.context, event.context);
      register.becameResident(character);
      if (found === undefined) load(character, event, now);
      else initialise(character, event, now, heard);
      return 'applied';
    },
    destroyed({ tenant, characterId, sessionId, replayed }, now) {
      ended.add(tenant, sessionId, now.mono, replayed);
      const character = register.find(tenant, characterId);
      if (character === undefined) return 'not-held';
      const gone = endedWith(character.sessions, sessionId);
      if (gone.length === 0) return 'unchanged';
      for (const session of gone) ended.add(tenant, session.sessionId, now.mono);
      character.sessions = character.sessions.filter((session) => !gone.includes(session));
      character.version += 1;
      if (!isResident(character)) register.letGo(character, now.mono);
      return 'applied';
    },
  };
}
