import { EQUIPMENT_REFERENCES, statsOf } from '../wire/asset-stats.ts';
import {
  field,
  INT16,
  integer,
  invalidField,
  isObject,
  type Json,
  object,
  optionalObject,
  text,
  UINT32,
} from '../wire/go-json.ts';
import { type Decoded, SKIP } from './decoded.ts';
import { eventBaseOf, type RecordOrigin } from './origin.ts';

/** Asset status: whatever touches a slot below 0, now or before, concerns what is worn. */
export function decodeAsset(envelope: Json, origin: RecordOrigin): Decoded {
  const type = text(envelope, 'type');
  switch (type) {
    case 'MOVED':
      return moved(envelope, origin);
    case 'UPDATED':
      return updated(envelope, origin);
    case 'DELETED':
    case 'EXPIRED':
    case 'RELEASED':
      return removed(envelope, origin);
    default:
      return touched(envelope, origin);
  }
}

function moved(envelope: Json, origin: RecordOrigin): Decoded {
  const body = object(envelope, 'body');
  const slot = integer(envelope, 'slot', INT16);
  const oldSlot = integer(body, 'oldSlot', INT16, 'body.oldSlot');
  if (slot >= 0 && oldSlot >= 0) return SKIP.notWorn;
  if (!isEquipment(body)) return SKIP.notEquipment;
  const characterId = integer(envelope, 'characterId', UINT32);
  if (characterId === 0) return SKIP.noCharacter;
  return {
    type: 'asset-moved',
    ...eventBaseOf(origin, characterId),
    assetId: integer(envelope, 'assetId', UINT32),
    templateId: integer(envelope, 'templateId', UINT32),
    slot,
    oldSlot,
  };
}

function updated(envelope: Json, origin: RecordOrigin): Decoded {
  const slot = integer(envelope, 'slot', INT16);
  if (slot >= 0) return SKIP.notWorn;
  const body = optionalObject(envelope, 'body') ?? {};
  if (!isEquipment(body)) return SKIP.notEquipment;
  const characterId = integer(envelope, 'characterId', UINT32);
  if (characterId === 0) return SKIP.noCharacter;
  return {
    type: 'asset-updated',
    ...eventBaseOf(origin, characterId),
    assetId: integer(envelope, 'assetId', UINT32),
    templateId: integer(envelope, 'templateId', UINT32),
    slot,
    stats: statsOf(body, 'body.'),
  };
}

function removed(envelope: Json, origin: RecordOrigin): Decoded {
  if (integer(envelope, 'slot', INT16) >= 0) return SKIP.notWorn;
  if (!isEquipment(optionalObject(envelope, 'body') ?? {})) return SKIP.notEquipment;
  const characterId = integer(envelope, 'characterId', UINT32);
  if (characterId === 0) return SKIP.noCharacter;
  return { type: 'asset-removed', ...eventBaseOf(origin, characterId), assetId: integer(envelope, 'assetId', UINT32) };
}

/** Of types that are not ours nothing is expected, not even a slot or a body. */
function touched(envelope: Json, origin: RecordOrigin): Decoded {
  const given = field(envelope, 'body');
  const body = isObject(given) ? given : {};
  if (!isWorn(field(envelope, 'slot')) && !isWorn(field(body, 'oldSlot'))) return SKIP.notWorn;
  if (!isEquipment(body)) return SKIP.notEquipment;
  const characterId = integer(envelope, 'characterId', UINT32);
  if (characterId === 0) return SKIP.noCharacter;
  return { type: 'equipment-touched', ...eventBaseOf(origin, characterId) };
}

function isWorn(slot: unknown): boolean {
  return typeof slot === 'number' && slot < 0;
}

/** Real producers leave the reference type out (Go writes that as '' as well): then the slots alone decide. */
function isEquipment(body: Json): boolean {
  const referenceType = field(body, 'referenceType') ?? '';
  if (typeof referenceType !== 'string') throw invalidField('body.referenceType', 'a string', referenceType);
  return isEquipmentReference(referenceType);
}

export function isEquipmentReference(referenceType: string): boolean {
  return referenceType === '' || EQUIPMENT_REFERENCES.includes(referenceType);
}
