import { integer, type Json, LEVEL, optionalInteger, optionalObject, text, UINT32 } from '../wire/go-json.ts';
import { type Decoded, SKIP } from './decoded.ts';
import { eventBaseOf, type RecordOrigin } from './origin.ts';

/** Skill status. COOLDOWN_* are frequent and change no skill. */
export function decodeSkill(envelope: Json, origin: RecordOrigin): Decoded {
  const type = text(envelope, 'type');
  switch (type) {
    case 'CREATED':
    case 'UPDATED':
    case 'DELETED':
    case 'SP_TRANSFERRED':
      break;
    default:
      return SKIP.otherType;
  }
  const characterId = integer(envelope, 'characterId', UINT32);
  if (characterId === 0) return SKIP.noCharacter;
  // Points go from one skill to another: it is about no single skill, and a re-read has to tell the levels.
  if (type === 'SP_TRANSFERRED') {
    const skillId = optionalInteger(envelope, 'skillId', UINT32) ?? 0;
    return { type: 'skill-changed', ...eventBaseOf(origin, characterId), skillId, level: undefined };
  }
  const skillId = integer(envelope, 'skillId', UINT32);
  const body = optionalObject(envelope, 'body') ?? {};
  const level = type === 'DELETED' ? 0 : optionalInteger(body, 'level', LEVEL, 'body.level');
  return { type: 'skill-changed', ...eventBaseOf(origin, characterId), skillId, level };
}
