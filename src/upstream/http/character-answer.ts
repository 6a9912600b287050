import type { PartSnapshot } from '../../domain/snapshot.ts';
import { BASE_FIELDS, type BaseValues } from '../../domain/stat.ts';
import { BYTE, INT16, INT32, integer, optionalInteger, UINT16, UINT32 } from '../../wire/go-json.ts';
import { contradiction, onlyResource } from './documents.ts';

/** `characters/{id}`. Format S answers zeros while its database is broken: never the truth about anyone. */
export function readCharacter(document: unknown, characterId: number): PartSnapshot {
  const { attributes } = onlyResource(document, 'characters', characterId);
  const path = (key: string): string => `data.attributes.${key}`;
  const primary = (key: string): number => integer(attributes, key, UINT32, path(key));
  const values: BaseValues = {
    strength: primary('strength'),
    dexterity: primary('dexterity'),
    luck: primary('luck'),
    intelligence: primary('intelligence'),
    max_hp: primary('maxHp'),
    max_mp: primary('maxMp'),
    level: integer(attributes, 'level', BYTE, path('level')),
    job: integer(attributes, 'jobId', UINT16, path('jobId')),
    fame: optionalInteger(attributes, 'fame', INT16, path('fame')) ?? 0,
    gm: optionalInteger(attributes, 'gm', INT32, path('gm')) ?? 0,
  };
  if (BASE_FIELDS.every((field) => values[field] === 0)) {
    throw contradiction('data.attributes: expected a character, got nothing but zeros');
  }
  return { part: 'base', values };
}
