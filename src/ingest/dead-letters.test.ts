import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDeadLetters, type DeadRecord, HEADER_BYTES_MAX, HEADERS_MAX, VALUE_BYTES_MAX } from './dead-letters.ts';

const MANY = { maxLetters: 100, maxBytes: 1_000_000 };

function record(offset: number, overrides: Partial<DeadRecord> = {}): DeadRecord {
  return {
    stream: 'buff',
    topic: 'buffs',
    partition: 3,
    offset,
    timestamp: 1_700_000_000_000 + offset,
    reason: 'invalid-json: value: expected JSON, got 3 other characters',
    headers: [[Buffer.from('REGION'), Buffer.from('GMS')]],
    value: Buffer.from('{x}'),
    ...overrides,
  };
}

function offsets(letters: { list(): readonly DeadRecord[] }): number[] {
  return letters.list().map((letter) => letter.offset);
}

describe('dead letters', () => {
  test('given a record, when it is added, then it is listed with position, reason and bytes', () => {
    const letters = createDeadLetters(MANY);
    letters.add(record(7));
    assert.deepEqual(letters.list(), [{ ...record(7), valueLength: 3, headerCount: 1 }]);
  });

  test('given a record with more properties, when it is added, then only what a letter has is kept', () => {
    const letters = createDeadLetters(MANY);
    const wider = { ...record(7), more: 'than that' };
    letters.add(wider);
    assert.deepEqual(letters.list(), [{ ...record(7), valueLength: 3, headerCount: 1 }]);
  });

  test('given views of a buffer, when the buffer is used again, then the letter keeps its bytes', () => {
    const letters = createDeadLetters(MANY);
    const batch = Buffer.from('REGIONGMS{x}');
    letters.add(record(1, { headers: [[batch.subarray(0, 6), batch.subarray(6, 9)]], value: batch.subarray(9) }));
    batch.fill(0);
    assert.deepEqual(letters.list(), [{ ...record(1), valueLength: 3, headerCount: 1 }]);
  });

  test('symptom: small dead letters keep up to 64 KiB each', () => {
    const letters = createDeadLetters(MANY);
    letters.add(record(1));
    const [letter] = letters.list();
    for (const bytes of [letter?.value, ...(letter?.headers.flat() ?? [])]) {
      assert.equal(bytes?.buffer.byteLength, 'REGIONGMS{x}'.length);
    }
  });

  test('given several, when listed, then the newest comes first', () => {
    const letters = createDeadLetters(MANY);
    for (const offset of [1, 2, 3]) letters.add(record(offset));
    assert.deepEqual(offsets(letters), [3, 2, 1]);
    assert.deepEqual([letters.total, letters.evicted], [3, 0]);
  });

  test('given more than maxLetters, when added, then the oldest are evicted and counted', () => {
    const letters = createDeadLetters({ ...MANY, maxLetters: 2 });
    for (const offset of [1, 2, 3, 4]) letters.add(record(offset));
    assert.deepEqual(offsets(letters), [4, 3]);
    assert.deepEqual([letters.total, letters.evicted], [4, 2]);
  });

  test('given more than maxBytes, when added, then as many of the oldest go as it takes', () => {
    const letters = createDeadLetters({ ...MANY, maxBytes: 1_000 });
    const sized = (offset: number, bytes: number) => record(offset, { headers: [], value: Buffer.alloc(bytes) });
    for (const offset of [1, 2, 3]) letters.add(sized(offset, 300));
    letters.add(sized(4, 600));
    assert.deepEqual(offsets(letters), [4, 3]);
    letters.add(sized(5, 100));
    assert.deepEqual(offsets(letters), [5, 4, 3]);
    assert.equal(letters.evicted, 2);
  });

  test('given header bytes only, when they are beyond maxBytes, then they count as well', () => {
    const letters = createDeadLetters({ ...MANY, maxBytes: 100 });
    const headers = [[Buffer.alloc(20), Buffer.alloc(40)]] as const;
    letters.add(record(1, { headers, value: null }));
    letters.add(record(2, { headers, value: null }));
    assert.deepEqual(offsets(letters), [2]);
  });

  test('given a letter that alone is beyond maxBytes, when added, then nothing is kept and it is counted', () => {
    const letters = createDeadLetters({ ...MANY, maxBytes: 10 });
    letters.add(record(1, { value: Buffer.alloc(11) }));
    letters.add(record(2, { headers: [], value: Buffer.alloc(10) }));
    assert.deepEqual(offsets(letters), [2]);
    assert.deepEqual([letters.total, letters.evicted], [2, 1]);
  });

  test('given an oversized value, when added, then its beginning is kept with its true length', () => {
    const letters = createDeadLetters(MANY);
    const value = Buffer.alloc(VALUE_BYTES_MAX + 1, 'ab');
    letters.add(record(1, { value }));
    const [letter] = letters.list();
    assert.equal(letter?.valueLength, VALUE_BYTES_MAX + 1);
    assert.deepEqual(letter?.value, value.subarray(0, VALUE_BYTES_MAX));
  });

  test('given no value, when added, then the letter has none', () => {
    const letters = createDeadLetters(MANY);
    letters.add(record(1, { value: null }));
    assert.deepEqual([letters.list()[0]?.value, letters.list()[0]?.valueLength], [null, 0]);
  });

  test('given headers beyond their bounds, when added, then the first are kept and all are counted', () => {
    const letters = createDeadLetters(MANY);
    const empty = [Buffer.alloc(0), Buffer.alloc(0)] as const;
    letters.add(record(1, { headers: Array.from({ length: HEADERS_MAX + 1 }, () => empty) }));
    const large = [Buffer.from('k'), Buffer.alloc(HEADER_BYTES_MAX - 1)] as const;
    letters.add(record(2, { headers: [large, [Buffer.from('k'), Buffer.alloc(0)]] }));
    assert.deepEqual(
      letters.list().map((letter) => [letter.headers.length, letter.headerCount]),
      [
        [1, 2],
        [HEADERS_MAX, HEADERS_MAX + 1],
      ],
    );
  });
});
