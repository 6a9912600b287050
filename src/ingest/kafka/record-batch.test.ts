import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka';
import { newPartition } from './assignment.ts';
import { sliceOf } from './record-batch.ts';

function record(offsetDelta: number, overrides: Partial<KafkaRecord> = {}): KafkaRecord {
  return {
    length: 10,
    attributes: 0,
    timestampDelta: BigInt(offsetDelta),
    offsetDelta,
    key: null,
    value: Buffer.from(`${offsetDelta}`),
    headers: [],
    ...overrides,
  };
}

function batch(firstOffset: number, records: KafkaRecord[], overrides: Partial<RecordsBatch> = {}): RecordsBatch {
  return {
    firstOffset: BigInt(firstOffset),
    length: 100,
    partitionLeaderEpoch: 0,
    magic: 2,
    crc: 0,
    attributes: 0,
    lastOffsetDelta: records.length - 1,
    firstTimestamp: 1_000n,
    maxTimestamp: 5_000n,
    producerId: -1n,
    producerEpoch: -1,
    firstSequence: -1,
    records,
    ...overrides,
  };
}

test('given a batch that begins before the offset asked for, then its earlier records are left out', () => {
  const slice = sliceOf(
    newPartition('t', 0, ['buff'], 11, undefined),
    [batch(10, [record(0), record(1), record(2)])],
    20,
  );
  assert.deepEqual(
    slice.records.map(({ offset, timestamp }) => [offset, timestamp]),
    [
      [11, 1_001],
      [12, 1_002],
    ],
  );
  assert.equal(slice.next, 13);
  assert.equal(slice.bytes, 20);
});

test('given a control batch and a compacted tail, then no record comes of them and the offset goes past them', () => {
  const control = batch(1, [record(0)], { attributes: 1 << 5 });
  const compacted = batch(2, [record(0)], { lastOffsetDelta: 6 });
  const slice = sliceOf(newPartition('t', 0, ['buff'], 0, undefined), [batch(0, [record(0)]), control, compacted], 9);
  assert.deepEqual(
    slice.records.map(({ offset }) => offset),
    [0, 2],
  );
  assert.equal(slice.next, 9);
});

test('given a topic that stamps records on arrival, then the batch time is their time', () => {
  const slice = sliceOf(
    newPartition('t', 0, ['buff'], 0, undefined),
    [batch(0, [record(1)], { attributes: 1 << 3 })],
    1,
  );
  assert.equal(slice.records[0]?.timestamp, 5_000);
});

test('given two streams on one topic, then each record comes once per stream', () => {
  const slice = sliceOf(newPartition('t', 0, ['buff', 'asset'], 0, undefined), [batch(0, [record(0), record(1)])], 2);
  assert.deepEqual(
    slice.records.map(({ stream, offset }) => `${stream} ${offset}`),
    ['buff 0', 'asset 0', 'buff 1', 'asset 1'],
  );
});

test('given a header without a value and a record without one, then the header is empty and the value null', () => {
  const odd = record(0, { value: null, headers: [[Buffer.from('REGION'), null]] });
  const slice = sliceOf(newPartition('t', 0, ['buff'], 0, undefined), [batch(0, [odd])], 1);
  assert.equal(slice.records[0]?.value, null);
  assert.deepEqual(slice.records[0]?.headers, [[Buffer.from('REGION'), Buffer.alloc(0)]]);
});
