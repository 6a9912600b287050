import type { Prng } from '../../src/lib/prng.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { type Mutations, pick, randomBytes } from './mutant.ts';

type Headers = WorldRecord['headers'];

const TENANT_HEADERS = ['TENANT_ID', 'REGION', 'MAJOR_VERSION', 'MINOR_VERSION'] as const;

function header(name: string | Buffer, value: string | Buffer): readonly [Buffer, Buffer] {
  return [Buffer.from(name), Buffer.from(value)];
}

function without(headers: Headers, name: string): Headers {
  return headers.filter(([given]) => given.toString() !== name);
}

function withValue(headers: Headers, name: string, value: string | Buffer): Headers {
  return [...without(headers, name), header(name, value)];
}

function contentOf(headers: Headers, name: string): Buffer {
  return headers.find(([given]) => given.toString() === name)?.[1] ?? Buffer.alloc(0);
}

/** Something of which no tenant header has the form. */
function malformed(prng: Prng, name: (typeof TENANT_HEADERS)[number]): string | Buffer {
  switch (name) {
    case 'TENANT_ID':
      return pick(prng, [
        '',
        '083839c6-c47c-42a6-9585-76492795d12',
        '{083839c6-c47c-42a6-9585-76492795d123}',
        '083839c6c47c42a6958576492795d123',
        'zzzzzzzz-c47c-42a6-9585-76492795d123',
        '083839c6-c47c-42a6-9585-76492795d12\n',
        randomBytes(prng, 16),
        Buffer.alloc(100_000, '0'),
      ]);
    case 'REGION':
      return pick(prng, ['', 'G MS', 'GMS\r\nX: y', 'ＧＭＳ', '\0', 'G'.repeat(65), randomBytes(prng, 100)]);
    default:
      return randomBytes(prng, pick(prng, [0, 1, 3, 4, 8, 1_000]));
  }
}

/** Missing, malformed, doubled and invented headers; the order is the world's, which shuffles it. */
export const HEADER_MUTATIONS: Mutations = {
  'tenant header missing': (prng, { headers }) => ({
    headers: without(headers, pick(prng, TENANT_HEADERS)),
    verdict: 'missing-header',
  }),
  'no headers': () => ({ headers: [], verdict: 'missing-header' }),
  'header names in lower case': (_, { headers }) => ({
    headers: headers.map(([name, value]) => header(name.toString().toLowerCase(), value)),
    verdict: 'missing-header',
  }),
  'tenant header malformed': (prng, { headers }) => {
    const name = pick(prng, TENANT_HEADERS);
    return { headers: withValue(headers, name, malformed(prng, name)), verdict: 'malformed-header' };
  },
  'tenant header twice, different': (prng, { headers }) => {
    const name = pick(prng, TENANT_HEADERS);
    const other = header(name, pick(prng, ['', 'x', randomBytes(prng, 36)]));
    return { headers: prng.shuffle([...headers, other]), verdict: 'conflicting-header' };
  },
  'tenant header twice, equal': (prng, { headers }) => {
    const name = pick(prng, TENANT_HEADERS);
    return { headers: prng.shuffle([...headers, header(name, contentOf(headers, name))]), verdict: 'alive' };
  },
  'tenant nobody knows': (prng, { headers }) => ({
    headers: withValue(headers, 'TENANT_ID', prng.uuid()),
    verdict: 'alive',
  }),
  'tenant id in upper case': (_, { headers }) => ({
    headers: withValue(headers, 'TENANT_ID', contentOf(headers, 'TENANT_ID').toString().toUpperCase()),
    verdict: 'alive',
  }),
  'versions at their edges': (prng, { headers }) => ({
    headers: withValue(headers, 'MINOR_VERSION', pick(prng, [Buffer.from([0, 0]), Buffer.from([255, 255])])),
    verdict: 'alive',
  }),
  'unknown headers': (prng, { headers }) => {
    const names = ['', '__proto__', 'constructor', 'tenant-id', 'x'.repeat(300), '\0', 'REGIOM', 'ＴＥＮＡＮＴ'];
    const count = pick(prng, [1, 3, 50, 2_000]);
    const unknown = Array.from({ length: count }, () =>
      header(prng.pick(names) ?? '', randomBytes(prng, prng.between(0, 8))),
    );
    return { headers: [...headers, ...unknown], verdict: 'alive' };
  },
  'traceparent malformed': (prng, { headers }) => ({
    headers: withValue(
      headers,
      'traceparent',
      pick(prng, ['', '00-', 'x\r\ny: z', randomBytes(prng, 55), '0'.repeat(55)]),
    ),
    verdict: 'alive',
  }),
  'traceparents that differ': (prng, { headers }) => ({
    headers: [...headers, header('traceparent', `00-${prng.hex(32)}-${prng.hex(16)}-01`)],
    verdict: 'alive',
  }),
  'environment of any kind': (prng, { headers }) => ({
    headers: withValue(
      headers,
      'ENVIRONMENT',
      pick(prng, ['', 'pr-1', 'a\r\nHost: x', 'é', randomBytes(prng, 50), 'x'.repeat(5_000)]),
    ),
    verdict: 'alive',
  }),
  'key of any kind': (prng) => ({
    key: pick(prng, [Buffer.alloc(0), Buffer.alloc(8, 255), randomBytes(prng, 7), Buffer.alloc(50_000)]),
    verdict: 'alive',
  }),
  'record time long ago': () => ({ timestamp: 0, verdict: 'alive' }),
  'record time ahead': (_, { timestamp }) => ({ timestamp: timestamp + 50 * 60_000, verdict: 'alive' }),
};
