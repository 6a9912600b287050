import { compareInstants } from '../../domain/instant.ts';
import type { BuffStat, PartSnapshot } from '../../domain/snapshot.ts';
import {
  field,
  INT32,
  integer,
  invalidField,
  isObject,
  type Json,
  LEVEL,
  list,
  optionalInteger,
  text,
  time,
} from '../../wire/go-json.ts';
import { contradiction, type Resource } from './documents.ts';

/** One buff instance: a stat each, in the order of its changes. */
export function readBuff({ attributes }: Resource, path: string): readonly BuffStat[] {
  const at = `${path}.attributes`;
  const createdAt = time(attributes, 'createdAt', `${at}.createdAt`);
  // Instances are told apart and ordered by it.
  if (createdAt === undefined) throw contradiction(`${at}.createdAt: expected a time, got the zero time`);
  const instance = {
    sourceId: integer(attributes, 'sourceId', INT32, `${at}.sourceId`),
    level: optionalInteger(attributes, 'level', LEVEL, `${at}.level`),
    createdAt,
    expiresAt: expiry(attributes, at),
  };
  return list(attributes, 'changes', `${at}.changes`).map((change, index) => {
    const changeAt = `${at}.changes[${index}]`;
    if (!isObject(change)) throw invalidField(changeAt, 'an object', change);
    const statType = text(change, 'type', `${changeAt}.type`);
    if (statType === '') throw contradiction(`${changeAt}.type: expected a stat type, got an empty string`);
    return { ...instance, statType, amount: integer(change, 'amount', INT32, `${changeAt}.amount`) };
  });
}

/** A source may be listed several times: of each of its stat types the newest instance counts, of equal ones the last. */
export function buffsSnapshot(instances: readonly (readonly BuffStat[])[]): PartSnapshot {
  const newest = new Map<string, BuffStat>();
  for (const buff of instances.flat()) {
    const key = `${buff.sourceId}/${buff.statType}`;
    const known = newest.get(key);
    if (known === undefined || compareInstants(known.createdAt, buff.createdAt) <= 0) newest.set(key, buff);
  }
  return { part: 'buffs', buffs: [...newest.values()] };
}

/** Epoch ms; undefined when the buff never expires. */
function expiry(attributes: Json, at: string): number | undefined {
  const noExpiry = field(attributes, 'noExpiry') ?? false;
  if (typeof noExpiry !== 'boolean') throw invalidField(`${at}.noExpiry`, 'a boolean', noExpiry);
  return noExpiry ? undefined : time(attributes, 'expiresAt', `${at}.expiresAt`)?.ms;
}
