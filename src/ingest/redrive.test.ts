import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDeadLetters, VALUE_BYTES_MAX } from './dead-letters.ts';
import type { FeedRecord } from './feed.ts';
import { redrive } from './redrive.ts';

const HEADERS = [[Buffer.from('REGION'), Buffer.from('GMS')]] as const;

function letter(offset: number, size = 3, topic = 'a') {
  const value = Buffer.alloc(size, offset);
  return {
    stream: 'buff',
    topic,
    partition: 0,
    offset,
    timestamp: 1,
    reason: 'invalid-json: x',
    headers: HEADERS,
    value,
  } as const;
}

function setUp(...letters: ReturnType<typeof letter>[]) {
  const deadLetters = createDeadLetters({ maxLetters: 10, maxBytes: 1e6 });
  for (const each of letters) deadLetters.add(each);
  const handled: FeedRecord[] = [];
  const handle = (batch: { records: readonly FeedRecord[] }) => void handled.push(...batch.records);
  return { deadLetters, handled, handle };
}

describe('redrive', () => {
  it('given dead letters, when all are re-driven, then the pipeline gets them oldest first and none is left', async () => {
    const { deadLetters, handled, handle } = setUp(letter(1), letter(2));
    assert.deepEqual(await redrive(deadLetters, handle, {}), { tried: 2, applied: 2, stillDead: 0, incomplete: 0 });
    assert.deepEqual(
      handled.map(({ offset, stream, content }) => [offset, stream, content.headers, content.value]),
      [
        [1, 'buff', HEADERS, Buffer.alloc(3, 1)],
        [2, 'buff', HEADERS, Buffer.alloc(3, 2)],
      ],
    );
    assert.equal(deadLetters.list().length, 0);
  });

  it('given a choice, when it is re-driven, then the others stay', async () => {
    const { deadLetters, handle } = setUp(letter(1), letter(2), letter(2, 3, 'b'));
    assert.equal((await redrive(deadLetters, handle, { topic: 'a', offset: 2 })).applied, 1);
    assert.deepEqual(
      deadLetters.list().map(({ topic, offset }) => `${topic}/${offset}`),
      ['b/2', 'a/1'],
    );
  });

  it('symptom: dead letters that are re-driven while they cannot be applied are lost', async () => {
    const { deadLetters } = setUp(letter(1), letter(2));
    const failing = async (): Promise<void> => {
      throw new Error('the store is away');
    };
    await assert.rejects(redrive(deadLetters, failing, {}), /the store is away/);
    assert.deepEqual(
      deadLetters.list().map(({ offset }) => offset),
      [2, 1],
    );
  });

  it('symptom: re-driving all dead letters stalls the process', async () => {
    const deadLetters = createDeadLetters({ maxLetters: 1_000, maxBytes: 1e6 });
    for (let offset = 0; offset < 250; offset += 1) deadLetters.add(letter(offset));
    const portions: number[] = [];
    const handle = ({ records }: { records: readonly FeedRecord[] }) => void portions.push(records.length);
    assert.equal((await redrive(deadLetters, handle, {})).applied, 250);
    assert.deepEqual(portions, [100, 100, 50]);
  });

  it('given a letter of which only a part is kept, then it stays and is told', async () => {
    const { deadLetters, handled, handle } = setUp(letter(1, VALUE_BYTES_MAX + 1));
    assert.deepEqual(await redrive(deadLetters, handle, {}), { tried: 0, applied: 0, stillDead: 0, incomplete: 1 });
    assert.equal(handled.length, 0);
    assert.equal(deadLetters.list().length, 1);
  });

  it('symptom: letters that stay dead are told as re-driven and counted once more', async () => {
    const { deadLetters } = setUp(letter(1), letter(2), letter(3));
    const handle = ({ records }: { records: readonly FeedRecord[] }) => {
      for (const { content, ...where } of records) {
        const { headers, value } = content;
        if (where.offset !== 2) deadLetters.add({ ...where, headers, value, reason: 'invalid-field: y' });
      }
    };
    assert.deepEqual(await redrive(deadLetters, handle, {}), { tried: 3, applied: 1, stillDead: 2, incomplete: 0 });
    assert.deepEqual(
      deadLetters.list().map(({ offset, reason }) => `${offset} ${reason}`),
      ['3 invalid-field: y', '1 invalid-field: y'],
    );
    assert.deepEqual([deadLetters.total, deadLetters.evicted], [3, 0]);
  });
});
