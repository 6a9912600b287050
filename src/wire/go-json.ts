import type { Instant } from '../domain/instant.ts';
import { parseInstant } from './rfc3339.ts';
import { Undecodable } from './undecodable.ts';
import { UUID } from './uuid.ts';

/*
 * Hand-picked checks of parsed JSON, with the reading of Go's encoding/json, whose producers and peers share these
 * topics: keys match whatever their case, null leaves the zero value, unknown keys are ignored. A field that is missing
 * altogether is an error unless its reader says otherwise: no producer leaves it out. JSON.parse cannot tell 1.0 and 1e2
 * from integers, so they are taken. `path` names the field in the reason of a dead letter.
 */

export type Json = Readonly<Record<string, unknown>>;

/** A range of integers by the name that its Go type has. */
export interface Width {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export const BYTE: Width = { name: 'byte', min: 0, max: 255 };
export const INT16: Width = { name: 'int16', min: -32_768, max: 32_767 };
export const UINT16: Width = { name: 'uint16', min: 0, max: 65_535 };
export const INT32: Width = { name: 'int32', min: -2_147_483_648, max: 2_147_483_647 };
export const UINT32: Width = { name: 'uint32', min: 0, max: 4_294_967_295 };
/** Levels: a byte at some producers, an int at others. */
export const LEVEL: Width = { name: 'a level from 0 to 2147483647', min: 0, max: INT32.max };

/** What Go writes for a time that was never set: 0001-01-01T00:00:00Z, in epoch ms. */
export const ZERO_TIME_MS = -62_135_596_800_000;

/** More keys than any real event has in one object. */
const KEYS_SCANNED = 64;

/**
 * Their keys by lower case, of objects that have more: listing the 75,000 keys that fit into a record takes 50 ms, and a
 * reader looks for a dozen fields that may all be absent.
 */
const keysOfLarge = new WeakMap<Json, ReadonlyMap<string, string>>();

/** The value of a key; of the first key that differs only in case when there is none; undefined when absent. */
export function field(object: Json, key: string): unknown {
  const exact = object[key];
  if (exact !== undefined) return exact;
  const known = keysOfLarge.get(object);
  if (known !== undefined) return fieldOfLarge(object, known, key);
  let scanned = 0;
  for (const other in object) {
    if (other.length === key.length && other.toLowerCase() === key.toLowerCase()) return object[other];
    scanned += 1;
    if (scanned > KEYS_SCANNED) return fieldOfLarge(object, indexLarge(object), key);
  }
  return undefined;
}

function fieldOfLarge(object: Json, keys: ReadonlyMap<string, string>, key: string): unknown {
  const found = keys.get(key.toLowerCase());
  return found === undefined ? undefined : object[found];
}

function indexLarge(object: Json): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const key in object) {
    const lower = key.toLowerCase();
    if (!keys.has(lower)) keys.set(lower, key);
  }
  keysOfLarge.set(object, keys);
  return keys;
}

export function invalidField(path: string, expected: string, value: unknown): Undecodable {
  return new Undecodable('invalid-field', `${path}: expected ${expected}, got ${kindOf(value)}`);
}

export function invalidInteger(path: string, width: Width, value: unknown): Undecodable {
  const got = Number.isInteger(value) ? 'an integer out of range' : kindOf(value);
  return new Undecodable('invalid-field', `${path}: expected ${width.name}, got ${got}`);
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fits(value: unknown, width: Width): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= width.min && value <= width.max;
}

/** null reads as 0. */
export function integer(object: Json, key: string, width: Width, path: string = key): number {
  const value = field(object, key);
  if (value === null) return 0;
  if (!fits(value, width)) throw invalidInteger(path, width, value);
  return positiveZero(value);
}

/** undefined when absent or null. */
export function optionalInteger(object: Json, key: string, width: Width, path: string = key): number | undefined {
  const value = field(object, key);
  if (value === undefined || value === null) return undefined;
  if (!fits(value, width)) throw invalidInteger(path, width, value);
  return positiveZero(value);
}

/** null reads as ''. */
export function text(object: Json, key: string, path: string = key): string {
  const value = field(object, key);
  if (value === null) return '';
  if (typeof value !== 'string') throw invalidField(path, 'a string', value);
  return value;
}

/** In lower case. */
export function uuid(object: Json, key: string): string {
  const value = field(object, key);
  if (typeof value !== 'string' || !UUID.test(value)) throw invalidField(key, 'a UUID', value);
  return value.toLowerCase();
}

export function object(parent: Json, key: string, path: string = key): Json {
  const value = field(parent, key);
  if (!isObject(value)) throw invalidField(path, 'an object', value);
  return value;
}

/** undefined when absent or null. */
export function optionalObject(parent: Json, key: string, path: string = key): Json | undefined {
  const value = field(parent, key);
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalidField(path, 'an object', value);
  return value;
}

/** Empty when absent or null, as Go writes an empty list. */
export function list(parent: Json, key: string, path: string = key): readonly unknown[] {
  const value = field(parent, key);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidField(path, 'a list', value);
  return value;
}

/** undefined for null and for the zero time. */
export function time(parent: Json, key: string, path: string): Instant | undefined {
  const value = field(parent, key);
  if (value === null) return undefined;
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (instant === undefined) throw invalidField(path, 'an RFC 3339 time', value);
  return instant.ms === ZERO_TIME_MS ? undefined : instant;
}

/** Go's integers know no -0, and comparisons by identity must not see one. */
function positiveZero(value: number): number {
  return value + 0;
}

/** Says of what kind a value is without repeating it. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a fraction';
  return typeof value === 'object' ? 'an object' : 'a boolean';
}
