import type { DeadReason } from '../../src/events/decoded.ts';
import type { Stream } from '../../src/events/stream.ts';
import type { Prng } from '../../src/lib/prng.ts';
import type { WorldRecord } from '../../world/producer.ts';

/** What has to become of a record: a dead letter with this reason, no dead letter, or either (it only has to be counted). */
export type Verdict = DeadReason | 'alive' | 'either';

/** A record as it goes to a topic, and what has to become of it. */
export interface Mutant {
  readonly stream: Stream;
  readonly key: Buffer | undefined;
  readonly headers: WorldRecord['headers'];
  /** undefined: a tombstone. */
  readonly value: Buffer | undefined;
  /** Epoch ms. */
  readonly timestamp: number;
  /** Name of the mutation; empty for what the world itself sent. */
  readonly label: string;
  readonly verdict: Verdict;
}

/** What a mutation changes about a valid record; undefined: it does not fit this one. */
export type Change = Partial<Pick<Mutant, 'stream' | 'key' | 'headers' | 'value' | 'timestamp'>> & {
  readonly verdict: Verdict;
};

export type Mutation = (prng: Prng, record: WorldRecord) => Change | undefined;

export type Mutations = Readonly<Record<string, Mutation>>;

export type Json = Readonly<Record<string, unknown>>;

export function plainOf(record: WorldRecord): Json {
  return JSON.parse(record.value.toString());
}

/** Numbers that JSON.stringify cannot write are given as this mark and their digits. */
const RAW_NUMBER = /"raw:([-+.0-9eE]+)"/g;

export function raw(digits: string): string {
  return `raw:${digits}`;
}

export function bytesOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value).replaceAll(RAW_NUMBER, '$1'));
}

/** A copy with the value at the path replaced; undefined takes the key out. */
export function replaced(object: Json, path: readonly string[], value: unknown): Json {
  const [key = '', ...rest] = path;
  if (rest.length === 0) return { ...object, [key]: value };
  const child = object[key];
  if (Array.isArray(child)) {
    const [index = '0', ...inner] = rest;
    const copy = child.map((item, at) => (String(at) === index ? replaced(item, inner, value) : item));
    return { ...object, [key]: copy };
  }
  return { ...object, [key]: replaced(isJson(child) ? child : {}, rest, value) };
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pick<T>(prng: Prng, items: readonly [T, ...T[]]): T {
  return prng.pick(items) ?? items[0];
}

export function randomBytes(prng: Prng, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => prng.between(0, 255)));
}
