import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchBytes } from '../../test/support/batch-bytes.ts';
import { RecordContent } from './record-content.ts';
import { readVarint, varintOf } from './varint.ts';

const HEADERS = [
  [Buffer.from('REGION'), Buffer.from('GMS')],
  [Buffer.alloc(0), Buffer.alloc(63, 'x')],
  [Buffer.from('long'), Buffer.alloc(64, 'y')],
  [Buffer.from('longer'), Buffer.alloc(20_000, 'z')],
] as const;

test('given headers and a value of any length, when encoded, then they are read as they were', () => {
  for (const value of [Buffer.from('{}'), Buffer.alloc(0), Buffer.alloc(70_000, 'v'), null]) {
    const content = RecordContent.of(HEADERS, value);
    assert.deepEqual([content.headers, content.value, content.valueLength], [HEADERS, value, value?.length ?? 0]);
  }
  assert.deepEqual(RecordContent.of([], null).headers, []);
});

test('given headers, when encoded, then their bytes are those that a Kafka client writes', () => {
  const headers = HEADERS.slice(0, 3);
  const { bytes } = RecordContent.of(headers, null);
  assert.ok(batchBytes(0, [{ value: Buffer.from('v'), headers, timestamp: 0 }]).includes(bytes));
});

test('given numbers from 0 to 2^30, when encoded, then they are read as they were', () => {
  for (const value of [0, 1, 63, 64, 8_191, 8_192, 2 ** 30 - 1, 2 ** 30]) {
    const cursor = { bytes: varintOf(value), at: 0 };
    assert.equal(readVarint(cursor), value);
    assert.equal(cursor.at, cursor.bytes.length);
  }
});
