import { type ActionContext, channelOf, sendCharacterStatus } from './context.ts';
import type { Character, Session, Who } from './model.ts';

/** In which order a change of channel is announced; a late DESTROYED comes with {@link SessionActions.sweepSessions}. */
export type ChangeOrder = 'destroyed-first' | 'created-first' | 'destroyed-late';

/** Sessions open and end. Truth first, then the announcement. */
export interface SessionActions {
  /** Opens a session on the channel. Also sends the events of the login server, which concern no character. */
  login(who: Who, channelId: number): void;
  /** Ends every open session. */
  logout(who: Who): void;
  /** A new session on the channel takes the place of the open ones. Without `order`, either order may come. */
  changeChannel(who: Who, channelId: number, order?: ChangeOrder): void;
  /** Announces the end of sessions that was held back, as the channel service's time-out sweep does. */
  sweepSessions(): void;
}

export function createSessionActions(context: ActionContext): SessionActions {
  const { history, prng, producer } = context;
  const heldBack: (() => void)[] = [];

  const announce = (
    character: Character,
    session: Session,
    issuer: 'LOGIN' | 'CHANNEL',
    type: 'CREATED' | 'DESTROYED',
  ): void => {
    const characterId = issuer === 'LOGIN' ? 0 : character.characterId;
    producer.send('session', character.tenant, characterId, {
      sessionId: session.sessionId,
      accountId: character.accountId,
      characterId,
      worldId: session.worldId,
      channelId: session.channelId,
      issuer,
      type,
    });
  };

  const newSession = (character: Character, channelId: number): Session => ({
    sessionId: prng.uuid(),
    worldId: character.worldId,
    channelId,
  });

  return {
    login(who, channelId) {
      const character = history.get(who);
      const visit: Session = { sessionId: prng.uuid(), worldId: 0, channelId: 0 };
      const session = newSession(character, channelId);
      history.commit({ ...character, sessions: [...character.sessions, session] });
      announce(character, visit, 'LOGIN', 'CREATED');
      const handOver = [
        () => announce(character, visit, 'LOGIN', 'DESTROYED'),
        () => announce(character, session, 'CHANNEL', 'CREATED'),
      ];
      for (const step of prng.shuffle(handOver)) step();
      sendCharacterStatus(context, character, prng.uuid(), 'LOGIN', {
        channelId,
        mapId: 100_000_000,
        instance: '00000000-0000-0000-0000-000000000000',
      });
    },
    logout(who) {
      const character = history.get(who);
      history.commit({ ...character, sessions: [] });
      for (const session of character.sessions) announce(character, session, 'CHANNEL', 'DESTROYED');
      sendCharacterStatus(context, character, prng.uuid(), 'LOGOUT', {
        channelId: channelOf(character),
        mapId: 100_000_000,
        instance: '00000000-0000-0000-0000-000000000000',
      });
    },
    changeChannel(who, channelId, order = prng.chance(0.5) ? 'destroyed-first' : 'created-first') {
      const character = history.get(who);
      const session = newSession(character, channelId);
      history.commit({ ...character, sessions: [session] });
      const created = () => announce(character, session, 'CHANNEL', 'CREATED');
      const destroyed = () => {
        for (const old of character.sessions) announce(character, old, 'CHANNEL', 'DESTROYED');
      };
      if (order === 'destroyed-first') destroyed();
      created();
      if (order === 'created-first') destroyed();
      if (order === 'destroyed-late') heldBack.push(destroyed);
    },
    sweepSessions() {
      for (const announceEnd of heldBack.splice(0)) announceEnd();
    },
  };
}
