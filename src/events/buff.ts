import type { BuffApplied, BuffChange, BuffExpired, BuffStatUpdated } from '../domain/event.ts';
import type { Instant } from '../domain/instant.ts';
import type { CharacterId } from '../domain/tenant.ts';
import {
  field,
  fits,
  INT32,
  integer,
  invalidField,
  invalidInteger,
  isObject,
  type Json,
  LEVEL,
  list,
  object,
  optionalInteger,
  text,
  time,
  UINT32,
} from '../wire/go-json.ts';
import { Undecodable } from '../wire/undecodable.ts';
import { type Decoded, SKIP } from './decoded.ts';
import { eventBaseOf, type RecordOrigin } from './origin.ts';

/** Bounds of ours on what one event may add to a character's state; real buffs carry up to about ten stats. */
export const CHANGES_MAX = 128;
const STAT_TYPE_LENGTH = 64;

/** Buff status. BERSERK, PERIODIC_EFFECT and what else may come change no stat. */
export function decodeBuff(envelope: Json, origin: RecordOrigin): Decoded {
  const type = text(envelope, 'type');
  if (type !== 'APPLIED' && type !== 'EXPIRED' && type !== 'STAT_UPDATED') return SKIP.otherType;
  const characterId = integer(envelope, 'characterId', UINT32);
  if (characterId === 0) return SKIP.noCharacter;
  const body = object(envelope, 'body');
  const sourceId = integer(body, 'sourceId', INT32, 'body.sourceId');
  const createdAt = creation(body);
  const changes = changesOf(body);
  if (type === 'EXPIRED') return buffExpired(origin, characterId, sourceId, changes, createdAt);
  const level = optionalInteger(body, 'level', LEVEL, 'body.level');
  if (type === 'STAT_UPDATED') return buffUpdated(origin, characterId, sourceId, level, changes, createdAt);
  return buffApplied(origin, characterId, sourceId, level, changes, createdAt, expiry(body));
}

export function buffExpired(
  origin: RecordOrigin,
  characterId: CharacterId,
  sourceId: number,
  changes: readonly BuffChange[],
  createdAt: Instant,
): BuffExpired {
  const statTypes = changes.map(({ type }) => type);
  return { type: 'buff-expired', ...eventBaseOf(origin, characterId), sourceId, statTypes, createdAt };
}

export function buffUpdated(
  origin: RecordOrigin,
  characterId: CharacterId,
  sourceId: number,
  level: number | undefined,
  changes: readonly BuffChange[],
  createdAt: Instant,
): BuffStatUpdated {
  return { type: 'buff-stat-updated', ...eventBaseOf(origin, characterId), sourceId, level, changes, createdAt };
}

export function buffApplied(
  origin: RecordOrigin,
  characterId: CharacterId,
  sourceId: number,
  level: number | undefined,
  changes: readonly BuffChange[],
  createdAt: Instant,
  expiresAt: number | undefined,
): BuffApplied {
  // Spelt out: spreading costs a sixth of the decoding of what busy topics carry most.
  return {
    type: 'buff-applied',
    tenant: origin.tenant,
    characterId,
    recordTime: origin.timestamp,
    context: origin.headers.context(),
    backlog: origin.behind,
    replayed: origin.replayed,
    sourceId,
    level,
    changes,
    createdAt,
    expiresAt,
  };
}

/** Instances are told apart and ordered by it, so there must be one. */
function creation(body: Json): Instant {
  const createdAt = time(body, 'createdAt', 'body.createdAt');
  if (createdAt === undefined)
    throw new Undecodable('invalid-field', 'body.createdAt: expected a time, got the zero time');
  return createdAt;
}

/** Epoch ms; undefined when the buff never expires. */
function expiry(body: Json): number | undefined {
  const noExpiry = field(body, 'noExpiry') ?? false;
  if (typeof noExpiry !== 'boolean') throw invalidField('body.noExpiry', 'a boolean', noExpiry);
  return noExpiry ? undefined : time(body, 'expiresAt', 'body.expiresAt')?.ms;
}

function changesOf(body: Json): readonly BuffChange[] {
  const given = list(body, 'changes', 'body.changes');
  if (given.length > CHANGES_MAX) throw invalidField('body.changes', `at most ${CHANGES_MAX} entries`, given);
  const changes: BuffChange[] = [];
  for (let index = 0; index < given.length; index++) addChange(changes, changeOf(given[index], index));
  return changes;
}

/** The last of several changes of one stat type counts. */
export function addChange(changes: BuffChange[], change: BuffChange): void {
  const earlier = changes.findIndex((other) => other.type === change.type);
  if (earlier === -1) changes.push(change);
  else changes[earlier] = change;
}

function changeOf(value: unknown, index: number): BuffChange {
  if (!isObject(value)) throw invalidField(`body.changes[${index}]`, 'an object', value);
  const type = field(value, 'type');
  if (typeof type !== 'string' || type === '' || type.length > STAT_TYPE_LENGTH) {
    throw invalidField(`body.changes[${index}].type`, `1 to ${STAT_TYPE_LENGTH} characters`, type);
  }
  const amount = field(value, 'amount');
  if (amount !== null && !fits(amount, INT32)) throw invalidInteger(`body.changes[${index}].amount`, INT32, amount);
  return { type, amount: (amount ?? 0) + 0 };
}
