import type { BuffChange, CharacterEvent } from '../domain/event.ts';
import type { Part } from '../domain/part.ts';
import type { BaseField } from '../domain/stat.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, GoBytes, OPEN_LIST } from '../wire/go-bytes.ts';
import { BYTE, INT16, INT32, LEVEL, UINT32, ZERO_TIME_MS } from '../wire/go-json.ts';
import { literal } from '../wire/literal.ts';
import type { RecordContent } from '../wire/record-content.ts';
import { UUID } from '../wire/uuid.ts';
import { isEquipmentReference } from './asset.ts';
import { addChange, buffApplied, buffExpired, buffUpdated, CHANGES_MAX } from './buff.ts';
import { RELEVANT } from './character.ts';
import { type Decoded, type NotHeld, SKIP } from './decoded.ts';
import { eventBaseOf, type RecordOrigin } from './origin.ts';
import type { Stream } from './stream.ts';

/**
 * Reads events straight from their bytes, without parsing: those that have exactly the form that Go's encoder gives them, with
 * the keys in the order of its structs. undefined: the value has another form, or an error; parsing tells. Whatever is read
 * here, parsing reads alike: a property holds both equal.
 *
 * In haste, a buff of nobody who is held is read as far as it tells that, if it is of usual length and ends as it should: what is wrong in
 * between is not seen then.
 */
export type StraightReader = (
  stream: Stream,
  content: RecordContent,
  origin: RecordOrigin,
  inHaste: boolean,
) => Decoded | undefined;

/** Whether an event about the character can change anything here; `part` is undefined for a session. */
export type IsConcerned = (tenant: Tenant, characterId: CharacterId, part: Part | undefined) => boolean;

export function createStraightReader(isConcerned: IsConcerned): StraightReader {
  const bytes = new GoBytes();
  return (stream, content, origin, inHaste) => {
    bytes.begin(content.bytes, content.valueFrom, content.valueTo);
    return READ_STREAM[stream](bytes, origin, isConcerned, inHaste && content.valueLength <= USUAL_LENGTH);
  };
}

type Read = (bytes: GoBytes, origin: RecordOrigin, isConcerned: IsConcerned, inHaste: boolean) => Decoded | undefined;

/** Bytes of a value; buff events have some 420. */
const USUAL_LENGTH = 1_024;

const READ_STREAM: Readonly<Record<Stream, Read>> = {
  session: readSession,
  buff: readBuff,
  asset: readAsset,
  character: readCharacter,
  skill: readSkill,
};

const UUID_LENGTH = 36;

/** What is expected, each with what stands around it. */
const GO = {
  sessionId: literal('{"sessionId":'),
  transactionId: literal('{"transactionId":'),
  firstWorldId: literal('{"worldId":'),
  worldId: literal(',"worldId":'),
  accountId: literal(',"accountId":'),
  characterId: literal(',"characterId":'),
  channelId: literal(',"channelId":'),
  issuer: literal(',"issuer":'),
  type: literal(',"type":'),
  body: literal(',"body":'),
  fromId: literal('{"fromId":'),
  sourceId: literal(',"sourceId":'),
  firstSourceId: literal('{"sourceId":'),
  level: literal(',"level":'),
  duration: literal(',"duration":'),
  changes: literal(',"changes":'),
  change: literal('{"type":'),
  amount: literal(',"amount":'),
  createdAt: literal(',"createdAt":'),
  expiresAt: literal(',"expiresAt":'),
  noExpiry: literal(',"noExpiry":'),
  /** Of a time, or of a word, at the end of a body. */
  end: literal('}}'),
  compartmentId: literal(',"compartmentId":'),
  assetId: literal(',"assetId":'),
  templateId: literal(',"templateId":'),
  slot: literal(',"slot":'),
  oldSlot: literal('{"oldSlot":'),
  referenceType: literal(',"referenceType":'),
  firstChannelId: literal('{"channelId":'),
  exclRequestSent: literal(',"exclRequestSent":'),
  updates: literal(',"updates":'),
  values: literal(',"values":{'),
  skillId: literal(',"skillId":'),
  firstLevel: literal('{"level":'),
  masterLevel: literal(',"masterLevel":'),
  expiration: literal(',"expiration":'),
} as const;

function readSession(bytes: GoBytes, origin: RecordOrigin, isConcerned: IsConcerned): Decoded | undefined {
  bytes.expect(GO.sessionId);
  const id = bytes.text(UUID_LENGTH);
  bytes.expect(GO.accountId);
  bytes.integer(UINT32);
  bytes.expect(GO.characterId);
  const characterId = bytes.integer(UINT32);
  bytes.expect(GO.worldId);
  const worldId = bytes.integer(BYTE);
  bytes.expect(GO.channelId);
  const channelId = bytes.integer(BYTE);
  bytes.expect(GO.issuer);
  const issuer = bytes.word();
  bytes.expect(GO.type);
  const type = bytes.word();
  bytes.expectByte(CLOSE_OBJECT);
  if (!bytes.isRead || !UUID.test(id)) return undefined;
  if (type !== 'CREATED' && type !== 'DESTROYED') return SKIP.otherType;
  if (issuer !== 'CHANNEL') return SKIP.otherIssuer;
  if (characterId === 0) return SKIP.noCharacter;
  const isCreated = type === 'CREATED';
  const isOurs = isConcerned(origin.tenant, characterId, undefined);
  if (!isOurs) return isCreated ? NOT_HELD.sessionCreated : NOT_HELD.sessionDestroyed;
  const sessionId = id.toLowerCase();
  if (!isCreated) return { type: 'session-destroyed', ...eventBaseOf(origin, characterId), sessionId };
  return { type: 'session-created', ...eventBaseOf(origin, characterId), sessionId, worldId, channelId };
}

function readBuff(
  bytes: GoBytes,
  origin: RecordOrigin,
  isConcerned: IsConcerned,
  inHaste: boolean,
): Decoded | undefined {
  bytes.expect(GO.firstWorldId);
  bytes.integer(BYTE);
  bytes.expect(GO.characterId);
  const characterId = bytes.integer(UINT32);
  bytes.expect(GO.type);
  const type = bytes.word();
  bytes.expect(GO.body);
  if (type !== 'APPLIED' && type !== 'EXPIRED' && type !== 'STAT_UPDATED') return otherType(bytes);
  if (bytes.has(GO.fromId)) {
    bytes.integer(UINT32);
    bytes.expect(GO.sourceId);
  } else bytes.expect(GO.firstSourceId);
  const sourceId = bytes.integer(INT32);
  const isPassedOver = inHaste && characterId !== 0 && bytes.endsWith(GO.end);
  if (isPassedOver && !isConcerned(origin.tenant, characterId, 'buffs')) return NOT_HELD.buff[type];
  const level = bytes.has(GO.level) ? bytes.integer(LEVEL) : undefined;
  bytes.expect(GO.duration);
  bytes.integer(INT32);
  const changes = readChanges(bytes);
  bytes.expect(GO.createdAt);
  const created = bytes.time();
  const createdNs = bytes.ns;
  bytes.expect(GO.expiresAt);
  const expiresAt = bytes.time();
  const noExpiry = bytes.has(GO.noExpiry) && bytes.flag();
  bytes.expectByte(CLOSE_OBJECT);
  bytes.expectByte(CLOSE_OBJECT);
  if (!bytes.isRead || created === ZERO_TIME_MS) return undefined;
  if (characterId === 0) return SKIP.noCharacter;
  if (!isConcerned(origin.tenant, characterId, 'buffs')) return NOT_HELD.buff[type];
  const createdAt = { ms: created, ns: createdNs };
  switch (type) {
    case 'EXPIRED':
      return buffExpired(origin, characterId, sourceId, changes, createdAt);
    case 'STAT_UPDATED':
      return buffUpdated(origin, characterId, sourceId, level, changes, createdAt);
    default: {
      const end = noExpiry || expiresAt === ZERO_TIME_MS ? undefined : expiresAt;
      return buffApplied(origin, characterId, sourceId, level, changes, createdAt, end);
    }
  }
}

const NO_CHANGES: readonly BuffChange[] = [];

function readChanges(bytes: GoBytes): readonly BuffChange[] {
  bytes.expect(GO.changes);
  if (bytes.hasNull()) return NO_CHANGES;
  bytes.expectByte(OPEN_LIST);
  if (bytes.hasByte(CLOSE_LIST)) return NO_CHANGES;
  let changes: BuffChange[] | undefined;
  let count = 0;
  do {
    bytes.expect(GO.change);
    const type = bytes.word();
    bytes.expect(GO.amount);
    const amount = bytes.integer(INT32);
    bytes.expectByte(CLOSE_OBJECT);
    // Most have one: a list that grows takes room for many.
    if (changes === undefined) changes = [{ type, amount }];
    else addChange(changes, { type, amount });
    count += 1;
    // A stat without a name is not one.
    if (type === '' || count > CHANGES_MAX) bytes.giveUp();
  } while (bytes.hasByte(COMMA));
  bytes.expectByte(CLOSE_LIST);
  return changes;
}

function readAsset(bytes: GoBytes, origin: RecordOrigin, isConcerned: IsConcerned): Decoded | undefined {
  bytes.expect(GO.transactionId);
  bytes.skipText();
  bytes.expect(GO.characterId);
  const characterId = bytes.integer(UINT32);
  bytes.expect(GO.compartmentId);
  bytes.skipText();
  bytes.expect(GO.assetId);
  const assetId = bytes.integer(UINT32);
  bytes.expect(GO.templateId);
  const templateId = bytes.integer(UINT32);
  bytes.expect(GO.slot);
  const slot = bytes.integer(INT16);
  bytes.expect(GO.type);
  const type = bytes.word();
  bytes.expect(GO.body);
  switch (type) {
    case 'MOVED': {
      bytes.expect(GO.oldSlot);
      const oldSlot = bytes.integer(INT16);
      bytes.expect(GO.createdAt);
      bytes.skipText();
      const referenceType = bytes.has(GO.referenceType) ? bytes.word() : '';
      bytes.expectByte(CLOSE_OBJECT);
      bytes.expectByte(CLOSE_OBJECT);
      if (!bytes.isRead) return undefined;
      if (slot >= 0 && oldSlot >= 0) return SKIP.notWorn;
      if (!isEquipmentReference(referenceType)) return SKIP.notEquipment;
      if (characterId === 0) return SKIP.noCharacter;
      if (!isConcerned(origin.tenant, characterId, 'equipment')) return NOT_HELD.assetMoved;
      return { type: 'asset-moved', ...eventBaseOf(origin, characterId), assetId, templateId, slot, oldSlot };
    }
    case 'UPDATED':
    case 'DELETED':
    case 'EXPIRED':
    case 'RELEASED':
      // What is worn is left to parsing: it is rare, and has a long body.
      if (slot < 0) return undefined;
      bytes.skipValue();
      bytes.expectByte(CLOSE_OBJECT);
      return bytes.isRead ? SKIP.notWorn : undefined;
    default:
      return undefined;
  }
}

function readCharacter(bytes: GoBytes, origin: RecordOrigin, isConcerned: IsConcerned): Decoded | undefined {
  bytes.expect(GO.transactionId);
  bytes.skipText();
  bytes.expect(GO.worldId);
  bytes.integer(BYTE);
  bytes.expect(GO.characterId);
  const characterId = bytes.integer(UINT32);
  bytes.expect(GO.type);
  const type = bytes.word();
  bytes.expect(GO.body);
  if (type !== 'STAT_CHANGED') return otherType(bytes);
  bytes.expect(GO.firstChannelId);
  bytes.integer(BYTE);
  bytes.expect(GO.exclRequestSent);
  bytes.flag();
  const named = readUpdates(bytes);
  const values: Partial<Record<BaseField, number>> = {};
  const valued = readValues(bytes, values);
  bytes.expectByte(CLOSE_OBJECT);
  bytes.expectByte(CLOSE_OBJECT);
  if (!bytes.isRead) return undefined;
  const incomplete = (named & ~valued) !== 0;
  if (valued === 0 && !incomplete) return SKIP.noBaseChange;
  if (characterId === 0) return SKIP.noCharacter;
  if (!isConcerned(origin.tenant, characterId, 'base')) return NOT_HELD.baseChanged;
  return { type: 'base-changed', ...eventBaseOf(origin, characterId), values, incomplete };
}

/** One bit for each of the {@link RELEVANT} that is named. */
function readUpdates(bytes: GoBytes): number {
  bytes.expect(GO.updates);
  if (bytes.hasNull()) return 0;
  bytes.expectByte(OPEN_LIST);
  if (bytes.hasByte(CLOSE_LIST)) return 0;
  let named = 0;
  do {
    const name = bytes.word();
    named |= bitOf(RELEVANT.findIndex(({ update }) => update === name));
  } while (bytes.hasByte(COMMA));
  bytes.expectByte(CLOSE_LIST);
  return named;
}

/** One bit for each of the {@link RELEVANT} that has a value. */
function readValues(bytes: GoBytes, values: Partial<Record<BaseField, number>>): number {
  if (!bytes.has(GO.values) || bytes.hasByte(CLOSE_OBJECT)) return 0;
  let valued = 0;
  do {
    const name = bytes.word();
    bytes.expectByte(COLON);
    const index = RELEVANT.findIndex(({ key }) => key === name);
    const relevant = RELEVANT[index];
    if (relevant === undefined) {
      bytes.skipValue();
      continue;
    }
    // Of two values the later one counts, and Go writes no two.
    if ((valued & bitOf(index)) !== 0) bytes.giveUp();
    values[relevant.key] = bytes.integer(relevant.width);
    valued |= bitOf(index);
  } while (bytes.hasByte(COMMA));
  bytes.expectByte(CLOSE_OBJECT);
  return valued;
}

function bitOf(index: number): number {
  return index < 0 ? 0 : 1 << index;
}

function readSkill(bytes: GoBytes, origin: RecordOrigin, isConcerned: IsConcerned): Decoded | undefined {
  bytes.expect(GO.transactionId);
  bytes.skipText();
  bytes.expect(GO.worldId);
  bytes.integer(BYTE);
  bytes.expect(GO.characterId);
  const characterId = bytes.integer(UINT32);
  bytes.expect(GO.skillId);
  const skillId = bytes.integer(UINT32);
  bytes.expect(GO.type);
  const type = bytes.word();
  bytes.expect(GO.body);
  if (type === 'DELETED' || type === 'SP_TRANSFERRED') return undefined;
  if (type !== 'CREATED' && type !== 'UPDATED') return otherType(bytes);
  bytes.expect(GO.firstLevel);
  const level = bytes.integer(LEVEL);
  bytes.expect(GO.masterLevel);
  bytes.integer(LEVEL);
  bytes.expect(GO.expiration);
  bytes.skipText();
  bytes.expectByte(CLOSE_OBJECT);
  bytes.expectByte(CLOSE_OBJECT);
  if (!bytes.isRead) return undefined;
  if (characterId === 0) return SKIP.noCharacter;
  if (!isConcerned(origin.tenant, characterId, 'passives')) return NOT_HELD.skillChanged;
  return { type: 'skill-changed', ...eventBaseOf(origin, characterId), skillId, level };
}

/** Of a type that is none of ours the body may be anything. */
function otherType(bytes: GoBytes): Decoded | undefined {
  bytes.skipValue();
  bytes.expectByte(CLOSE_OBJECT);
  return bytes.isRead ? SKIP.otherType : undefined;
}

const notHeld = (event: CharacterEvent['type']): NotHeld => ({ type: 'not-held', event });

const NOT_HELD = {
  sessionCreated: notHeld('session-created'),
  sessionDestroyed: notHeld('session-destroyed'),
  buff: {
    APPLIED: notHeld('buff-applied'),
    EXPIRED: notHeld('buff-expired'),
    STAT_UPDATED: notHeld('buff-stat-updated'),
  },
  assetMoved: notHeld('asset-moved'),
  baseChanged: notHeld('base-changed'),
  skillChanged: notHeld('skill-changed'),
} as const;
