import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bonusOf, type Form } from './bonus.ts';
import { clampInt32, clampStat, statTotal } from './stat-total.ts';

function total(base: number, ...bonuses: (readonly [Form, number])[]): number {
  return statTotal(
    'max_hp',
    base,
    bonuses.map(([form, value], id) => bonusOf('buff', id, 'max_hp', form, value)),
  );
}

describe('the total of a stat', () => {
  it('given no bonus, when totalled, then it is the base', () => {
    assert.equal(total(1_425), 1_425);
  });

  it('given a sum below 0, when a percent is taken of it, then it is rounded away from 0', () => {
    assert.equal(total(100, ['amount', -205], ['percent', 50]), -158);
    assert.equal(total(100, ['amount', -101], ['percent', -99]), -1);
  });

  it('given a negative percent of base, when totalled, then it is cut off towards 0', () => {
    assert.equal(total(15, ['basePercent', -10]), 14);
    assert.equal(total(15, ['basePercent', -10], ['basePercent', -10]), 13);
  });

  it('given bonuses for other stats, when totalled, then they do not count', () => {
    const other = bonusOf('buff', 1, 'max_mp', 'amount', 5);
    assert.equal(statTotal('max_hp', 10, [other]), 10);
  });

  it('given products around 2^53 (9007199254740992), when totalled, then not one unit is lost', () => {
    // 99999999 × 90071993 = 9007199209928007
    assert.equal(total(99_999_999, ['percent', 90_071_893]), 90_071_992_099_280);
    // 2147483609 × 4194411 = 9007428871909299, which no double holds: the nearest ends in 300.
    assert.equal(total(2_147_483_609, ['percent', 4_194_311]), 90_074_288_719_092);
  });

  it('given a product below -2^53, when totalled, then it is still the mathematical floor', () => {
    // -200000001 × 90071993 / 100 = -180143986900719.93
    assert.equal(total(-200_000_001, ['percent', 90_071_893]), -180_143_986_900_720);
  });

  it('given terms above 2^53 that cancel, when totalled, then the small rest is exact', () => {
    // trunc(4294967295 × 21474836.47) - trunc(4294967295 × 21474836.48) = -42949673
    const rest = 4_294_967_295 - 42_949_673;
    assert.equal(total(4_294_967_295, ['basePercent', 2_147_483_647], ['basePercent', -2_147_483_648]), rest);
  });

  it('given thousands of the largest bonuses, when totalled, then the sum is exact', () => {
    const many = Array.from({ length: 5_000 }, () => ['amount', 2_147_483_647] as const);
    assert.equal(total(1, ...many, ['percent', 1]), Number(((5_000n * 2_147_483_647n + 1n) * 101n) / 100n));
  });
});

describe('clamping', () => {
  it('given any total, when clamped, then it is between 0 and the cap', () => {
    assert.deepEqual(
      [-1, 0, 1, 4_294_967_295, 4_294_967_296].map((value) => clampStat(value)),
      [0, 0, 1, 4_294_967_295, 4_294_967_295],
    );
    assert.deepEqual(
      [-1, 29_999, 30_000, 30_001].map((value) => clampStat(value, 30_000)),
      [0, 29_999, 30_000, 30_000],
    );
  });

  it('given any amount, when clamped, then it is an int32', () => {
    assert.equal(clampInt32(2_147_483_648), 2_147_483_647);
    assert.equal(clampInt32(-2_147_483_649), -2_147_483_648);
    assert.equal(clampInt32(-7), -7);
  });
});
