import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as kafka from '@platformatic/kafka';
import { batchBytes, withContent } from '../../../test/support/batch-bytes.ts';
import { texts } from '../../../test/support/feed-probe.ts';
import { partitionOf } from '../../../test/support/partition-state.ts';
import { createDecompress } from './decompression.ts';
import { LIMIT } from './kafka-options.ts';
import { sliceOf } from './record-batch.ts';

const decompress = createDecompress(kafka, LIMIT.decodedBytes);

function slice(from: number, ...batches: Buffer[]) {
  return sliceOf(partitionOf({ start: from }), Buffer.concat(batches), 100, 0, decompress);
}

function shown({ records }: ReturnType<typeof slice>): string {
  return records.map(({ offset, content }) => `${offset}=${content.value}`).join(' ');
}

const GOOD = batchBytes(0, ['a', 'b']);
const AFTER = batchBytes(5, ['f']);
/** Offsets 2 to 4, in gzip. */
const ZIPPED = batchBytes(2, ['c', 'd', 'e'], 'gzip');

function patched(batch: Buffer, patch: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(batch);
  patch(bytes);
  return bytes;
}

/** A record of seven bytes with nothing in it; the lengths are zigzag numbers. */
const TINY = Buffer.from([12, 0, 0, 0, 1, 1, 0]);

function repeated(record: Buffer, count: number): Buffer {
  return Buffer.alloc(record.length * count, record);
}

for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`given batches in codec ${codec}, then every record is read with its headers and times`, () => {
    const headers = [[Buffer.from('REGION'), Buffer.from('GMS')]] as const;
    const records = texts('v', 300).map((text, index) => ({
      value: Buffer.from(text.repeat(index)),
      headers,
      timestamp: 2_000_000_000_000 - index * 1_000_000,
    }));
    const { records: read, next, unreadable } = slice(7, batchBytes(7, records, codec));
    assert.deepEqual(unreadable, []);
    assert.equal(next, 307);
    assert.deepEqual(
      read.map(({ content: { value, headers }, timestamp }) => ({ value, headers, timestamp })),
      records,
    );
  });
}

test('given headers in any order, some as in the record before, then each record has its own', () => {
  const header = (name: string, value: string) => [Buffer.from(name), Buffer.from(value)] as const;
  const given = [
    [header('trace', '1'), header('REGION', 'GMS'), header('MAJOR', '83')],
    [header('trace', '2'), header('MAJOR', '83'), header('REGION', 'GMS')],
    [header('trace', '23'), header('REGION', 'JMS'), header('MINOR', '')],
    [...Array.from({ length: 20 }, (_, index) => header(`name${index}`, 'x')), header('REGION', 'GMS')],
  ];
  const { records } = slice(
    0,
    batchBytes(
      0,
      given.map((headers) => ({ value: Buffer.from('v'), headers })),
    ),
  );
  assert.deepEqual(
    records.map(({ content }) => content.headers),
    given,
  );
});

test('given a batch that begins before the offset asked for, then its earlier records are left out', () => {
  const read = slice(11, batchBytes(10, ['a', 'b', 'c']));
  assert.equal(shown(read), '11=b 12=c');
  assert.equal(read.next, 13);
});

test('given a control batch and a compacted tail, then no record comes of them and the offset goes past them', () => {
  const control = patched(batchBytes(2, ['control']), (bytes) => bytes.writeInt16BE(1 << 5, 21));
  const compacted = patched(batchBytes(3, ['d']), (bytes) => bytes.writeInt32BE(6, 23));
  const read = slice(0, GOOD, control, compacted);
  assert.equal(shown(read), '0=a 1=b 3=d');
  assert.equal(read.next, 10);
});

test('given a last batch that the limit of the fetch cut short, then it is left for the next fetch', () => {
  for (const kept of [8, 12, 61, AFTER.length - 1]) {
    const read = slice(0, GOOD, AFTER.subarray(0, kept));
    assert.equal(shown(read), '0=a 1=b');
    assert.equal(read.next, 2);
  }
});

test('given a topic that stamps records on arrival, then the batch time is their time', () => {
  const stamped = patched(batchBytes(0, ['a']), (bytes) => {
    bytes.writeInt16BE(1 << 3, 21);
    bytes.writeBigInt64BE(5_000n, 35);
  });
  assert.equal(slice(0, stamped).records[0]?.timestamp, 5_000);
});

test('given records 25 days apart in one batch, then each has its time', () => {
  // Zigzag numbers of five bytes: 2,200,000,000 ms before the first record, and after it.
  const before = Buffer.from([20, 0, 0xff, 0xd7, 0x8a, 0xb2, 0x10, 0, 1, 1, 0]);
  const after = Buffer.from([20, 0, 0x80, 0xd8, 0x8a, 0xb2, 0x10, 2, 1, 1, 0]);
  const { records } = slice(0, withContent(GOOD, 0, Buffer.concat([before, after])));
  assert.deepEqual(
    records.map(({ offset, timestamp }) => [offset, timestamp]),
    [
      [0, 1_000 - 2_200_000_000],
      [1, 1_000 + 2_200_000_000],
    ],
  );
});

test('symptom: of what was fetched in one go the tail counts as heard later than what is fetched next', () => {
  const state = partitionOf({});
  state.seen = { until: 1, at: 3 };
  const { records } = sliceOf(state, GOOD, 2, 7, decompress);
  assert.deepEqual(
    records.map(({ seenAt }) => seenAt),
    [3, 7],
  );
});

test('given two streams on one topic, then each record comes once per stream', () => {
  const state = partitionOf({ streams: ['buff', 'asset'] });
  const { records } = sliceOf(state, GOOD, 2, 7, decompress);
  assert.deepEqual(
    records.map(({ stream, offset }) => `${stream} ${offset}`),
    ['buff 0', 'asset 0', 'buff 1', 'asset 1'],
  );
});

test('given a header without a value and a record without one, then the header is empty and the value null', () => {
  const record = Buffer.from([18, 0, 0, 0, 1, 1, 2, 2, 'R'.charCodeAt(0), 1]);
  const { records } = slice(0, withContent(batchBytes(0, ['a']), 0, record));
  assert.equal(records[0]?.content.value, null);
  assert.deepEqual(records[0]?.content.headers, [[Buffer.from('R'), Buffer.alloc(0)]]);
});

const CONTENT = batchBytes(2, ['c', 'd', 'e']).subarray(61);
const BLOCK_TOO_LARGE = Buffer.from([0xff, 0xff, 0xff, 0x7f, 0]);
const POISON: Readonly<Record<string, readonly [batch: Buffer, why: RegExp]>> = {
  'gzip that is none': [withContent(ZIPPED, 1, Buffer.from('not gzip')), /header check/],
  'gzip that is cut short': [withContent(ZIPPED, 1, gzipSync(CONTENT).subarray(0, -9)), /end of file/],
  'zstd that is none': [withContent(ZIPPED, 4, Buffer.from('not zstd')), /./],
  'snappy that is none': [withContent(ZIPPED, 2, Buffer.from('not snappy')), /./],
  'lz4 that is none': [withContent(ZIPPED, 3, Buffer.from('not lz4, at all')), /./],
  'no bytes at all in a codec': [withContent(ZIPPED, 3, Buffer.alloc(0)), /./],
  'a codec that does not exist': [withContent(ZIPPED, 7, CONTENT), /codec 7 is not known/],
  'more records said than there are': [patched(ZIPPED, (bytes) => bytes.writeInt32BE(2_000_000_000, 57)), /too early/],
  'fewer records said than there are': [patched(ZIPPED, (bytes) => bytes.writeInt32BE(2, 57)), /another number/],
  'a negative number of records': [patched(ZIPPED, (bytes) => bytes.writeInt32BE(-1, 57)), /another number/],
  'a record of a wrong length': [withContent(ZIPPED, 0, repeated(Buffer.from([14, 0, 0, 0, 1, 1, 0]), 3)), /length/],
  'a field that goes on past the end': [withContent(ZIPPED, 0, Buffer.from([12, 0, 0, 0, 99, 1, 0])), /too early/],
  'a number that does not end': [withContent(ZIPPED, 0, Buffer.alloc(20, 0xff)), /does not end/],
  'a negative number of headers': [withContent(ZIPPED, 0, repeated(Buffer.from([12, 0, 0, 0, 1, 1, 1]), 3)), /headers/],
  'the format before Kafka 0.11': [patched(ZIPPED, (bytes) => bytes.writeUInt8(1, 16)), /format 1/],
};

for (const [what, [batch, why]] of Object.entries(POISON)) {
  test(`symptom: ${what} in a batch stops the partition`, () => {
    const read = slice(0, GOOD, batch);
    assert.equal(shown(read), '0=a 1=b');
    assert.equal(read.next, 5);
    assert.deepEqual(
      read.unreadable.map(({ reason, offset, bytes }) => ({ reason, offset, bytes })),
      [{ reason: 'unreadable-batch', offset: 2, bytes: batch }],
    );
    assert.match(read.unreadable[0]?.detail ?? '', /^unreadable-batch: offsets 2 to 4: /);
    assert.match(read.unreadable[0]?.detail ?? '', why);
    assert.equal(shown(slice(read.next, AFTER)), '5=f');
  });
}

test('given a length that no batch has, then what is there counts as one, and reading goes on', () => {
  for (const length of [-5, 0, 4]) {
    const odd = patched(batchBytes(2, ['c']), (bytes) => bytes.writeInt32BE(length, 8)).subarray(
      0,
      12 + Math.max(0, length),
    );
    const read = slice(2, odd);
    assert.equal(read.next, 3);
    assert.equal(read.unreadable[0]?.reason, 'unreadable-batch');
  }
});

const { snappy, lz4 } = kafka.compressionsAlgorithms;
const ZEROS = Buffer.alloc(LIMIT.decodedBytes + 1);
/** The stream format of snappy-java: two chunks, each within the limit. */
const SNAPPY_CHUNK = snappy.compressSync(ZEROS.subarray(0, LIMIT.decodedBytes - 1));
const SNAPPY_CHUNK_LENGTH = Buffer.alloc(4);
SNAPPY_CHUNK_LENGTH.writeUInt32BE(SNAPPY_CHUNK.length);
const SNAPPY_STREAM = Buffer.concat([
  Buffer.from('\x82SNAPPY\0\0\0\0\x01\0\0\0\x01', 'latin1'),
  SNAPPY_CHUNK_LENGTH,
  SNAPPY_CHUNK,
  SNAPPY_CHUNK_LENGTH,
  SNAPPY_CHUNK,
]);
const BOMBS: Readonly<Record<string, readonly [codec: number, content: Buffer]>> = {
  gzip: [1, gzipSync(ZEROS)],
  snappy: [2, snappy.compressSync(ZEROS)],
  'snappy in chunks': [2, SNAPPY_STREAM],
  'snappy that says 2 GB': [2, BLOCK_TOO_LARGE],
  lz4: [3, lz4.compressSync(ZEROS)],
  zstd: [4, zstdCompressSync(ZEROS)],
  'many records': [4, zstdCompressSync(repeated(TINY, LIMIT.decodedItems + 1))],
  'many headers': [
    0,
    Buffer.concat([
      Buffer.from([0x80, 0xea, 0x30, 0, 0, 0, 1, 1, 0x80, 0xea, 0x30]),
      repeated(Buffer.alloc(2), 400_000),
    ]),
  ],
};

for (const [what, [codec, content]] of Object.entries(BOMBS)) {
  test(`symptom: a small batch that becomes huge (${what}) stalls the process`, () => {
    const bomb = patched(withContent(ZIPPED, codec, content), (bytes) =>
      bytes.writeInt32BE(LIMIT.decodedItems + 1, 57),
    );
    const read = slice(0, GOOD, bomb, AFTER);
    assert.equal(shown(read), '0=a 1=b');
    assert.equal(read.next, 5, 'the rest is left for the next fetch');
    assert.match(read.unreadable[0]?.detail ?? '', /^oversized-batch: offsets 2 to 4: expected \d+ .* at most/);
  });
}

test('symptom: many small batches that become large stall the process', () => {
  const content = zstdCompressSync(repeated(TINY, 60_000));
  const large = Array.from({ length: 50 }, (_, index) =>
    patched(withContent(batchBytes(index, ['a']), 4, content), (bytes) => bytes.writeInt32BE(60_000, 57)),
  );
  const read = slice(0, ...large);
  assert.equal(read.next, 4, 'four of them are more than the limit');
  assert.deepEqual(read.unreadable, []);
});
