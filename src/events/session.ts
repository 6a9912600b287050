import { BYTE, integer, type Json, text, UINT32, uuid } from '../wire/go-json.ts';
import { type Decoded, SKIP } from './decoded.ts';
import { eventBaseOf, type RecordOrigin } from './origin.ts';

/** Session status. Only the channel service's sessions are a character's. */
export function decodeSession(envelope: Json, origin: RecordOrigin): Decoded {
  const type = text(envelope, 'type');
  if (type !== 'CREATED' && type !== 'DESTROYED') return SKIP.otherType;
  if (text(envelope, 'issuer') !== 'CHANNEL') return SKIP.otherIssuer;
  const characterId = integer(envelope, 'characterId', UINT32);
  if (characterId === 0) return SKIP.noCharacter;
  const sessionId = uuid(envelope, 'sessionId');
  if (type === 'DESTROYED') return { type: 'session-destroyed', ...eventBaseOf(origin, characterId), sessionId };
  return {
    type: 'session-created',
    ...eventBaseOf(origin, characterId),
    sessionId,
    worldId: integer(envelope, 'worldId', BYTE),
    channelId: integer(envelope, 'channelId', BYTE),
  };
}
