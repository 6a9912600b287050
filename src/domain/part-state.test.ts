import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPart } from '../../test/support/hearing.ts';
import {
  doubted,
  dueOf,
  type Heard,
  isSettled,
  laidOver,
  merge,
  type PartState,
  questioned,
  unloaded,
  withFact,
} from './part-state.ts';

/** A part whose value is a number by key, as the least that the rule needs. */
interface Told extends Heard {
  readonly key: string;
  readonly value: number;
}
type Values = Readonly<Record<string, number>>;

const MOMENT = { now: 5_000_000, mono: 100_000 };

function told(key: string, value: number, heardAt: number): Told {
  return { key, value, heardAt };
}

function part(patch: Partial<PartState<Values, Told>> = {}): PartState<Values, Told> {
  return readPart<Values, Told>({}, { began: 50_000, ...patch });
}

function merged(before: PartState<Values, Told>, read: Values, began: number): PartState<Values, Told> {
  return merge(
    before,
    read,
    began,
    (values) =>
      ({ key, value }) =>
        values[key] !== value,
    MOMENT.now,
  );
}

describe('a read is merged', () => {
  it('given a fact heard before the read began, then the read overrides it; given one heard after, then it lies on top', () => {
    const [early, late] = [told('a', 1, 99_000), told('b', 2, 103_000)];
    const after = merged(part({ heard: [early, late] }), { a: 1 }, 102_000);
    assert.deepEqual(laidOver(after), [late]);
  });

  it('given a fact, when a read began 5 s after it, then it is forgotten; until then it is remembered', () => {
    const heard = [told('a', 1, 90_000)];
    assert.deepEqual(merged(part({ heard }), { a: 1 }, 94_999).heard, heard);
    assert.deepEqual(merged(part({ heard }), { a: 1 }, 95_000).heard, []);
  });

  it('given a read that began within 2 s of a fact and agrees, then it settles, and another is owed 2 s after the fact', () => {
    const after = merged(part({ heard: [told('a', 1, 90_000)] }), { a: 1 }, 91_999);
    assert.equal(after.doubt, undefined);
    assert.equal(after.confirmAt, 92_000);
    assert.equal(dueOf(after), 92_000);
  });

  it('given a read that began within 2 s of a fact and disagrees, then the part is doubted until another has decided', () => {
    const after = merged(part({ heard: [told('a', 1, 90_000)] }), { a: 0 }, 91_999);
    assert.deepEqual(after.doubt, { reason: 'read and event disagree', since: MOMENT.now, until: 92_000 });
    assert.equal(isSettled(merged(after, { a: 0 }, 92_000)), true);
  });

  it('given a read that began 2 s after a fact and disagrees, then it decides by itself', () => {
    assert.equal(isSettled(merged(part({ heard: [told('a', 1, 90_000)] }), { a: 0 }, 92_000)), true);
  });

  it('given a doubt, when a read began before it ends, then the doubt stays; when one began then, then it is gone', () => {
    const before = doubted(part(), 'equipment moved', MOMENT);
    assert.deepEqual(merged(before, {}, 99_999).doubt, before.doubt);
    assert.equal(merged(before, {}, 100_000).doubt, undefined);
  });

  it('given a confirmation that is owed, when a read began before its time, then it is still owed; then, no more', () => {
    const before = part({ confirmAt: 102_000 });
    assert.equal(merged(before, {}, 101_999).confirmAt, 102_000);
    assert.equal(merged(before, {}, 102_000).confirmAt, undefined);
  });

  it('given a read that began no later than the last one, then it is a defect, and is not merged', () => {
    for (const began of [49_999, 50_000]) assert.throws(() => merged(part(), {}, began), /older than the one/);
  });
});

describe('a part is doubted', () => {
  it('given an event that is not sure, then a read is due at once, and another 2 s later', () => {
    const doubtful = doubted(part(), 'base changed', MOMENT);
    assert.equal(dueOf(doubtful), 100_000);
    const settling = merged(doubtful, {}, 100_000);
    assert.equal(dueOf(settling), 102_000);
    assert.deepEqual([doubtful, settling].map(isSettled), [false, false]);
  });

  it('given a reason that no producer has announced, then one read settles it', () => {
    const doubtful = questioned(part(), 'an operator asked', MOMENT);
    assert.equal(dueOf(doubtful), 100_000);
    assert.equal(isSettled(merged(doubtful, {}, 100_000)), true);
  });

  it('given a doubt, when there is another, then the newest reason is named, and the first moment', () => {
    const first = doubted(part(), 'base changed', MOMENT);
    const second = questioned(first, 'a session began', { now: MOMENT.now + 50, mono: 100_050 });
    assert.deepEqual(second.doubt, { reason: 'a session began', since: MOMENT.now, until: 100_050 });
  });

  it('given a part that was never read, then a read is due, whatever else', () => {
    assert.equal(dueOf(unloaded(undefined)), Number.NEGATIVE_INFINITY);
    assert.equal(isSettled(unloaded(undefined)), false);
  });
});

describe('facts are bounded by their keys', () => {
  const isA = ({ key }: Told): boolean => key === 'a';

  it('given a fact about the same key, then it takes its place, as the newest', () => {
    const before = part({ heard: [told('a', 1, 90_000), told('b', 2, 91_000)] });
    const { heard } = withFact(before, told('a', 3, 92_000), isA);
    assert.deepEqual(heard, [told('b', 2, 91_000), told('a', 3, 92_000)]);
  });

  it('given 4,096 facts, when one about another key comes, then the oldest goes', () => {
    const full = part({ heard: Array.from({ length: 4_096 }, (_, index) => told(`${index}`, index, 90_000 + index)) });
    const { heard } = withFact(full, told('a', 1, 99_000), isA);
    assert.equal(heard.length, 4_096);
    assert.equal(heard[0]?.key, '1');
    assert.equal(heard.at(-1)?.key, 'a');
  });
});
