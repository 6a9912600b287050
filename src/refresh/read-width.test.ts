import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createReadWidth } from './read-width.ts';

describe('the width of reads', () => {
  const setUp = (budget = 256) => {
    let mono = 0;
    const width = createReadWidth(budget, { mono: () => mono });
    return { width, pass: (ms: number) => (mono += ms), timeOut: (began: number) => width.timedOut(began) };
  };

  it('given answers in time, then it grows from a quarter of the budget to all of it', () => {
    const { width } = setUp(64);
    assert.equal(width.now, 16);
    for (let count = 0; count < 2_000; count += 1) width.answered();
    assert.equal(width.now, 64);
  });

  it('given many reads that time out together, then it is halved once, and again by one that began after that', () => {
    const { width, pass, timeOut } = setUp();
    pass(2_000);
    for (let count = 0; count < 64; count += 1) timeOut(count);
    assert.equal(width.now, 32);
    timeOut(2_000);
    assert.equal(width.now, 32);
    pass(2_001);
    timeOut(2_001);
    assert.equal(width.now, 16);
  });

  it('given a service that never answers, then some are still asked', () => {
    const { width, pass, timeOut } = setUp();
    for (let count = 0; count < 20; count += 1) {
      pass(2_000);
      timeOut(count * 2_000 + 1);
    }
    assert.equal(width.now, 8);
    assert.equal(setUp(2).width.now, 2);
  });

  it('given answers after that, then it grows by one for each width of them', () => {
    const { width, pass, timeOut } = setUp();
    pass(2_000);
    timeOut(1);
    for (let count = 0; count < 33; count += 1) width.answered();
    assert.equal(width.now, 33);
  });
});
