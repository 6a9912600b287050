import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FULL, withSizes } from './case.ts';
import { compare, figuresIn } from './compare.ts';
import type { Figure } from './figure.ts';

function figure(service: number, unit = 'ms', ceiling?: number): Figure {
  const named = { name: 'a figure', unit, service };
  return ceiling === undefined ? named : { ...named, ceiling: { name: 'bare', value: ceiling } };
}

describe('a run beside an earlier one', () => {
  test('given less of what costs, or more of a rate, then it is better, and the other way round worse', () => {
    assert.equal(compare(figure(80), [figure(100)])?.verdict, 'better');
    assert.equal(compare(figure(120), [figure(100)])?.verdict, 'worse');
    assert.equal(compare(figure(120, 'req/s'), [figure(100, 'req/s')])?.verdict, 'better');
    assert.equal(compare(figure(80, 'events/s'), [figure(100, 'events/s')])?.verdict, 'worse');
  });

  test('given a difference of a tenth or less, or none of nothing, then it is noise', () => {
    assert.equal(compare(figure(109), [figure(100)])?.verdict, 'within noise');
    assert.equal(compare(figure(92), [figure(100)])?.verdict, 'within noise');
    assert.equal(compare(figure(0), [figure(0)])?.verdict, 'within noise');
    assert.equal(compare(figure(1), [figure(0)])?.verdict, 'worse');
  });

  test('given a machine that is twice as fast, when both have a ceiling, then their ratios are compared', () => {
    const comparison = compare(figure(200, 'req/s', 400), [figure(100, 'req/s', 200)]);
    assert.deepEqual(comparison, { before: 0.5, now: 0.5, verdict: 'within noise' });
  });

  test('given a figure that was not there, or had another ceiling, then it is not compared', () => {
    assert.equal(compare(figure(1), [figure(1, 'bytes'), { ...figure(1), name: 'another' }]), undefined);
    assert.equal(compare(figure(1, 'ms', 2), [figure(1)]), undefined);
  });

  test('given what a run writes, then its figures are read, and anything else is refused', () => {
    const figures = [figure(1), figure(2, 'req/s', 3)];
    assert.deepEqual(figuresIn(JSON.stringify({ command: 'x', figures })), figures);
    for (const text of ['{}', '[]', '{"figures":1}', '{"figures":[{"name":"a","unit":"b"}]}', 'no JSON']) {
      assert.throws(() => figuresIn(text), text);
    }
  });
});

describe('sizes', () => {
  test('given settings, then they replace what is there', () => {
    const sizes = withSizes(FULL, ['rounds=1', 'residents=10,20']);
    assert.deepEqual(sizes, { ...FULL, rounds: 1, residents: [10, 20] });
  });

  test('given anything else, then it is refused', () => {
    for (const text of ['rounds', 'rounds=', 'rounds=0', 'rounds=1.5', 'rounds=1,2', 'round=1', 'residents=1,x']) {
      assert.equal(withSizes(FULL, [text]), undefined, text);
    }
  });
});
