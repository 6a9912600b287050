import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginnings } from './beginnings.ts';
import { EARLIEST, LATEST, NEWEST, type OffsetAnswer, type OffsetQuestion } from './cluster.ts';

const NOW = 1_000_000;

/** A log whose records were written at these times, from offset 0 on, and what it answers. */
function answerOf(times: readonly number[], first: number, at: number): OffsetAnswer {
  if (at === LATEST) return { offset: times.length, timestamp: -1, epoch: 3 };
  if (at === EARLIEST) return { offset: first, timestamp: -1, epoch: 1 };
  const newest = Math.max(-1, ...times);
  const offset = times.findIndex((time, index) => index >= first && time >= (at === NEWEST ? newest : at));
  return offset < 0 || newest < 0 ? { offset: -1, timestamp: -1, epoch: -1 } : { offset, timestamp: newest, epoch: 2 };
}

async function startOf(times: readonly number[], { back = 1_000, now = NOW, first = 0 } = {}) {
  const offsets = async (questions: readonly OffsetQuestion[]) =>
    new Map(questions.map(({ at }) => ['t/0', answerOf(times, first, at)]));
  return (await beginnings({ offsets }, [{ topic: 't', partition: 0, back }], now)).get('t/0');
}

test('given records of the last while, then it begins with the first of them', async () => {
  const start = await startOf([NOW - 5_000, NOW - 1_001, NOW - 1_000, NOW]);
  assert.deepEqual(start, { offset: 2, epoch: 2, end: 4 });
});

test('given no records for a while by the clock of the others, then it begins at its end', async () => {
  const offsets = async (questions: readonly OffsetQuestion[]) =>
    new Map(
      questions.map(({ partition, at }) => [`t/${partition}`, answerOf(partition === 0 ? [NOW] : [5, 6], 0, at)]),
    );
  const wanted = [0, 1].map((partition) => ({ topic: 't', partition, back: 1_000 }));
  const starts = await beginnings({ offsets }, wanted, NOW);
  assert.deepEqual(starts.get('t/1'), { offset: 2, epoch: -1, end: 2 }, 'no record is there to have an epoch');
});

test('given a local clock that is a day ahead, then nothing of the last while is skipped', async () => {
  const start = await startOf([NOW - 5_000, NOW - 900, NOW - 10], { now: NOW + 86_400_000 });
  assert.equal(start?.offset, 1);
});

test('given a producer whose clock is a day ahead, then the local clock counts', async () => {
  const start = await startOf([NOW - 5_000, NOW - 900, NOW + 86_400_000]);
  assert.equal(start?.offset, 1);
});

test('given records that do not say when they were written, or none, then it begins at its earliest record', async () => {
  assert.deepEqual(await startOf([-1, -1, -1], { first: 1 }), { offset: 1, epoch: 1, end: 3 });
  assert.deepEqual(await startOf([]), { offset: 0, epoch: -1, end: 0 });
});

test('given all records matter, then it begins at its earliest record', async () => {
  assert.equal((await startOf([5, 6, NOW], { back: Number.POSITIVE_INFINITY }))?.offset, 0);
});

test('given a partition whose leader does not answer, then it has no start yet', async () => {
  const offsets = async () => new Map<string, OffsetAnswer>();
  assert.equal((await beginnings({ offsets }, [{ topic: 't', partition: 0, back: 1 }], NOW)).size, 0);
});
