import { STREAMS } from '../../src/events/stream.ts';
import type { Prng } from '../../src/lib/prng.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { type Aim, aimsOf, type Form } from './aims.ts';
import { bytesOf, isJson, type Mutation, type Mutations, pick, plainOf, randomBytes, raw, replaced } from './mutant.ts';

/** None of them is an integer of any width. */
const NO_INTEGERS: readonly [unknown, ...unknown[]] = [
  '1',
  '',
  true,
  {},
  [],
  [1],
  0.5,
  raw('1e300'),
  raw('1e999'),
  raw('-1e999'),
  raw('9007199254740993'),
  raw('18446744073709551616'),
];

const NO_TIMES: readonly [unknown, ...unknown[]] = [
  null,
  '',
  0,
  true,
  {},
  'now',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-13-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-01-01T25:00:00Z',
  '2026-01-01T00:00:00.1234567890Z',
  '2026-01-01T00:00:00+99:00',
  '0001-01-01T00:00:00Z',
  '2'.repeat(50_000),
];

const NO_UUIDS: readonly [unknown, ...unknown[]] = [null, '', 1, {}, [], 'x', '{083839c6-c47c-42a6-9585-76492795d123}'];

function misfit(prng: Prng, form: Form): unknown {
  if (form === 'time') return pick(prng, NO_TIMES);
  if (form === 'uuid') return pick(prng, NO_UUIDS);
  return pick(prng, [form.min - 1, form.max + 1, pick(prng, NO_INTEGERS)]);
}

function edge(prng: Prng, form: Form): unknown {
  if (form === 'uuid') return prng.uuid();
  if (form === 'time') {
    return pick(prng, ['9999-12-31T23:59:59.999999999Z', '0001-01-02T00:00:00Z', '1969-12-31T23:59:59.5-12:00']);
  }
  return pick<unknown>(prng, [form.min, form.max, raw('0'), raw('-0'), raw('1.0'), raw('1e2')]);
}

function aimed(prng: Prng, record: WorldRecord, value: (aim: Aim) => unknown): Buffer | undefined {
  const aim = prng.pick(aimsOf(record));
  return aim === undefined ? undefined : bytesOf(replaced(plainOf(record), aim.path, value(aim)));
}

/** Puts text right after the opening brace of the value. */
function prefixed(record: WorldRecord, text: string): Buffer {
  return Buffer.from(`{${text},${record.value.toString().slice(1)}`);
}

const unread: Mutation = (prng, record) => {
  const paths = pathsOf(plainOf(record));
  const path = prng.pick(paths) ?? [];
  const junk = pick(prng, [null, '', -1, 4_294_967_296, [], {}, true, 'x', pick(prng, NO_INTEGERS)]);
  return { value: bytesOf(replaced(plainOf(record), path, junk)), verdict: 'either' };
};

function pathsOf(object: Readonly<Record<string, unknown>>): string[][] {
  return Object.entries(object).flatMap(([key, value]) =>
    isJson(value) ? [[key], ...pathsOf(value).map((path) => [key, ...path])] : [[key]],
  );
}

/** Wrong JSON, wrong types, edges of ranges, keys of every kind. */
export const VALUE_MUTATIONS: Mutations = {
  'field of the wrong type or range': (prng, record) => {
    const value = aimed(prng, record, ({ form }) => misfit(prng, form));
    return value && { value, verdict: 'invalid-field' };
  },
  'field at the edge of its range': (prng, record) => {
    const value = aimed(prng, record, ({ form }) => edge(prng, form));
    return value && { value, verdict: 'alive' };
  },
  'any field, anything': unread,
  'type of the wrong kind': (prng, record) => ({
    value: bytesOf({ ...plainOf(record), type: pick<unknown>(prng, [1, true, {}, [], undefined]) }),
    verdict: 'invalid-field',
  }),
  'type that nobody knows': (prng, record) => ({
    value: bytesOf({ ...plainOf(record), type: pick(prng, ['', '__proto__', 'applied', 'X'.repeat(1_000), null]) }),
    verdict: 'alive',
  }),
  'cut off': (prng, record) => ({
    value: record.value.subarray(0, prng.between(0, record.value.length - 1)),
    verdict: 'invalid-json',
  }),
  'bytes flipped': (prng, record) => {
    const value = Buffer.from(record.value);
    for (let flips = prng.between(1, 4); flips > 0; flips--)
      value[prng.between(0, value.length - 1)] = prng.between(0, 127);
    return { value, verdict: 'either' };
  },
  'not UTF-8': (prng, record) => {
    const at = prng.between(0, record.value.length);
    const stray = pick(prng, [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80]]);
    return {
      value: Buffer.concat([record.value.subarray(0, at), Buffer.from(stray), record.value.subarray(at)]),
      verdict: 'invalid-utf8',
    };
  },
  'byte order mark': (_, record) => ({
    value: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), record.value]),
    verdict: 'invalid-json',
  }),
  'no object': (prng) => ({
    value: Buffer.from(pick(prng, ['null', '[]', '0', '"x"', 'true', '[{}]', '[[[[]]]]'])),
    verdict: 'invalid-field',
  }),
  noise: (prng) => ({ value: randomBytes(prng, prng.between(0, 300)), verdict: 'either' }),
  tombstone: () => ({ value: undefined, verdict: 'alive' }),
  'keys that mean something to JavaScript': (prng, record) => {
    const key = pick(prng, [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'valueOf',
      'length',
    ]);
    const value = pick(prng, ['{"type":"X","characterId":1,"polluted":true}', 'null', '[]', '"x"', '1']);
    return { value: prefixed(record, `"${key}":${value},"body2":{"${key}":${value}}`), verdict: 'alive' };
  },
  'key twice, the last one right': (prng, record) => {
    const key = prng.pick(Object.keys(plainOf(record))) ?? 'type';
    return { value: prefixed(record, `"${key}":${pick(prng, ['null', '"x"', '-1', '[]', '{}'])}`), verdict: 'alive' };
  },
  'key twice, the last one wrong': (prng, record) => {
    const key = prng.pick(Object.keys(plainOf(record))) ?? 'type';
    const text = record.value.toString().slice(0, -1);
    return {
      value: Buffer.from(`${text},"${key}":${pick(prng, ['null', '"x"', '-1', '[]', '{}'])}}`),
      verdict: 'either',
    };
  },
  'lists that are null': (_, record) => {
    const plain = plainOf(record);
    if (!isJson(plain['body'])) return undefined;
    return { value: bytesOf({ ...plain, body: { ...plain['body'], changes: null, updates: null } }), verdict: 'alive' };
  },
  'on another topic': (prng) => ({ stream: pick(prng, STREAMS), verdict: 'either' }),
};
