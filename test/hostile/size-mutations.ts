import type { Prng } from '../../src/lib/prng.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { bytesOf, isJson, type Mutation, type Mutations, pick, plainOf } from './mutant.ts';

/** The broker refuses a batch of more than 1,048,588 bytes (message.max.bytes); headers, key and framing come on top. */
const VALUE_MAX = 1_040_000;

function sizeOf(prng: Prng): number {
  return pick(prng, [1_000, 20_000, 100_000, VALUE_MAX]);
}

/** Fills the value up with unknown fields. */
function padded(record: WorldRecord, size: number, fieldOf: (index: number) => string): Buffer {
  const fields: string[] = [];
  for (let left = size - record.value.length; left > 0; ) {
    const field = fieldOf(fields.length);
    left -= field.length + 1;
    if (left > 0) fields.push(field);
  }
  const text = record.value.toString();
  return fields.length === 0 ? record.value : Buffer.from(`{${fields.join(',')},${text.slice(1)}`);
}

function inBody(record: WorldRecord, fields: object): Buffer {
  const plain = plainOf(record);
  return bytesOf({ ...plain, body: { ...(isJson(plain['body']) ? plain['body'] : {}), ...fields } });
}

/** Keys as long as one that is read, so that looking for it whatever its case compares every one of them. */
const manyKeys =
  (keyOf: (index: number) => string): Mutation =>
  (prng, record) => ({
    value: padded(record, sizeOf(prng), (index) => `"${keyOf(index)}":0`),
    verdict: 'alive',
  });

/** Big, deep and many: as far as a broker lets them through. */
export const SIZE_MUTATIONS: Mutations = {
  'one long unknown field': (prng, record) => {
    const length = sizeOf(prng) - record.value.length - 20;
    return {
      value: Buffer.from(`{"x":"${'x'.repeat(Math.max(0, length))}",${record.value.toString().slice(1)}`),
      verdict: 'alive',
    };
  },
  'long blanks': (prng, record) => ({
    value: Buffer.concat([record.value, Buffer.alloc(sizeOf(prng) - 1_000, ' ')]),
    verdict: 'alive',
  }),
  'nested deeply': (prng, record) => {
    const depth = pick(prng, [10, 1_000, 100_000, 500_000]);
    const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    return { value: Buffer.from(`{"x":${nested},${record.value.toString().slice(1)}`), verdict: 'alive' };
  },
  'nested deeply and never closed': (prng) => ({
    value: Buffer.from(pick(prng, ['[', '{"a":', '{"body":[']).repeat(100_000)),
    verdict: 'invalid-json',
  }),
  'many unknown keys': manyKeys((index) => `k${index}`),
  'many keys that look like read ones': manyKeys((index) => index.toString(36).padStart(8, 'x')),
  'many keys that are numbers': manyKeys((index) => String(index * 65_536)),
  'the same key many times': manyKeys(() => 'x'),
  'list of many changes': (prng, record) => {
    const isBuff = record.stream === 'buff' && ['APPLIED', 'EXPIRED'].includes(String(plainOf(record)['type']));
    if (!isBuff) return undefined;
    const changes = Array.from({ length: pick(prng, [129, 5_000, 25_000]) }, (_, index) => ({
      type: `T${index}`,
      amount: 1,
    }));
    return { value: inBody(record, { changes }), verdict: 'invalid-field' };
  },
  'list of many updates': (prng, record) => {
    if (record.stream !== 'character' || plainOf(record)['type'] !== 'STAT_CHANGED') return undefined;
    const updates = Array.from({ length: pick(prng, [1_000, 75_000]) }, () => 'EXPERIENCE');
    return { value: inBody(record, { updates }), verdict: 'alive' };
  },
};
