import type { BaseField } from '../domain/stat.ts';
import {
  BYTE,
  fits,
  INT16,
  integer,
  invalidInteger,
  type Json,
  list,
  optionalObject,
  text,
  UINT16,
  UINT32,
  type Width,
} from '../wire/go-json.ts';
import { type Decoded, SKIP } from './decoded.ts';
import { eventBaseOf, type RecordOrigin } from './origin.ts';

/** A base field by its name in `updates`, its key in `values` (T sends the first six) and its Go type. */
export const RELEVANT: readonly { readonly update: string; readonly key: BaseField; readonly width: Width }[] = [
  { update: 'STRENGTH', key: 'strength', width: UINT32 },
  { update: 'DEXTERITY', key: 'dexterity', width: UINT32 },
  { update: 'INTELLIGENCE', key: 'intelligence', width: UINT32 },
  { update: 'LUCK', key: 'luck', width: UINT32 },
  { update: 'MAX_HP', key: 'max_hp', width: UINT32 },
  { update: 'MAX_MP', key: 'max_mp', width: UINT32 },
  { update: 'LEVEL', key: 'level', width: BYTE },
  { update: 'JOB', key: 'job', width: UINT16 },
  { update: 'FAME', key: 'fame', width: INT16 },
];

const NOTHING: Json = {};

/**
 * Character status: STAT_CHANGED, and of it only what names a base field. HP, MP, experience and mesos come
 * with every hit and pick-up and end here.
 */
export function decodeCharacter(envelope: Json, origin: RecordOrigin): Decoded {
  if (text(envelope, 'type') !== 'STAT_CHANGED') return SKIP.otherType;
  const body = optionalObject(envelope, 'body') ?? NOTHING;
  const updates = list(body, 'updates', 'body.updates');
  // The keys of `values` are a map's, not a struct's: their case matters.
  const given = optionalObject(body, 'values', 'body.values') ?? NOTHING;
  const values: Partial<Record<BaseField, number>> = {};
  let carries = false;
  let incomplete = false;
  for (const { update, key, width } of RELEVANT) {
    const value = given[key] ?? undefined;
    if (value === undefined) {
      incomplete ||= updates.includes(update);
      continue;
    }
    if (!fits(value, width)) throw invalidInteger(`body.values.${key}`, width, value);
    values[key] = value + 0;
    carries = true;
  }
  if (!carries && !incomplete) return SKIP.noBaseChange;
  const characterId = integer(envelope, 'characterId', UINT32);
  if (characterId === 0) return SKIP.noCharacter;
  return { type: 'base-changed', ...eventBaseOf(origin, characterId), values, incomplete };
}
