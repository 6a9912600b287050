import type { WorldRecord } from '../../world/producer.ts';
import { isJson, type Json, plainOf } from './mutant.ts';

/** A field that its reader takes from a record, and what it may hold. */
export interface Aim {
  readonly path: readonly string[];
  readonly form: Form;
}

export type Form = 'uuid' | 'time' | Range;

export interface Range {
  readonly min: number;
  readonly max: number;
}

const BYTE: Range = { min: 0, max: 255 };
const INT16: Range = { min: -32_768, max: 32_767 };
const UINT16: Range = { min: 0, max: 65_535 };
const INT32: Range = { min: -2_147_483_648, max: 2_147_483_647 };
const LEVEL: Range = { min: 0, max: 2_147_483_647 };
const UINT32: Range = { min: 0, max: 4_294_967_295 };

/** Fields of STAT_CHANGED's `values` that are read, and those that the decoder adds. */
const VALUES: Readonly<Record<string, Range>> = {
  strength: UINT32,
  dexterity: UINT32,
  intelligence: UINT32,
  luck: UINT32,
  max_hp: UINT32,
  max_mp: UINT32,
  level: BYTE,
  job: UINT16,
  fame: INT16,
};

const aim = (form: Form, ...path: string[]): Aim => ({ path, form });

const CHARACTER = aim(UINT32, 'characterId');

function withCharacter(aims: readonly Aim[]): readonly Aim[] {
  return aims.length === 0 ? [] : [CHARACTER, ...aims];
}

/** The fields that matter of a record that concerns a character; none of one that is skipped anyway. */
export function aimsOf(record: WorldRecord): readonly Aim[] {
  const plain = plainOf(record);
  const body = isJson(plain['body']) ? plain['body'] : {};
  if (plain['characterId'] === 0) return [];
  switch (record.stream) {
    case 'session':
      return [CHARACTER, aim('uuid', 'sessionId'), ...(plain['type'] === 'CREATED' ? [aim(BYTE, 'worldId')] : [])];
    case 'buff':
      return withCharacter(buffAims(plain['type'], body));
    case 'asset':
      return withCharacter(assetAims(plain, body));
    case 'character':
      return withCharacter(valuesAims(body));
    case 'skill': {
      if (plain['type'] !== 'CREATED' && plain['type'] !== 'UPDATED') return [];
      return [CHARACTER, aim(UINT32, 'skillId'), aim(LEVEL, 'body', 'level')];
    }
  }
}

function buffAims(type: unknown, body: Json): Aim[] {
  if (type !== 'APPLIED' && type !== 'EXPIRED' && type !== 'STAT_UPDATED') return [];
  const amounts = Array.isArray(body['changes']) ? body['changes'].map((_, at) => String(at)) : [];
  return [
    aim(INT32, 'body', 'sourceId'),
    aim('time', 'body', 'createdAt'),
    ...amounts.map((at) => aim(INT32, 'body', 'changes', at, 'amount')),
    ...(type === 'EXPIRED' ? [] : [aim(LEVEL, 'body', 'level')]),
  ];
}

function assetAims(plain: Json, body: Json): Aim[] {
  const isWorn = (slot: unknown): boolean => typeof slot === 'number' && slot < 0;
  const ids = [aim(UINT32, 'assetId'), aim(UINT32, 'templateId')];
  if (plain['type'] === 'MOVED') {
    const worn = isWorn(plain['slot']) || isWorn(body['oldSlot']);
    return worn ? [...ids, aim(INT16, 'slot'), aim(INT16, 'body', 'oldSlot')] : [];
  }
  if (plain['type'] !== 'UPDATED' || !isWorn(plain['slot'])) return [];
  return [...ids, ...['strength', 'hp', 'weaponAttack', 'jump'].map((stat) => aim(INT32, 'body', stat))];
}

function valuesAims(body: Json): readonly Aim[] {
  const values = isJson(body['values']) ? body['values'] : {};
  return Object.entries(VALUES)
    .filter(([field]) => field in values)
    .map(([field, range]) => aim(range, 'body', 'values', field));
}
