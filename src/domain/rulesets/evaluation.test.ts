import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Form } from '../ruleset.ts';
import { type BaseValues, STAT_INDEX } from '../stat.ts';
import { bonusOf, clampInt32 } from './bonus.ts';
import { type Entry, entryOf } from './entry.ts';
import { evaluate, type Phase, totals } from './evaluation.ts';
import { createLedger, sumOf, uncappedOf } from './ledger.ts';

const PHASES: readonly Phase[] = [
  { name: 'base' },
  { name: 'flat' },
  { name: 'percent', caps: [['max_mp', 30_000]] },
  { name: 'late' },
];

type Given = readonly [Form, number, phase?: number, counts?: boolean];

function baseOf(max_hp: number): BaseValues {
  const none = { strength: 0, dexterity: 0, luck: 0, intelligence: 0, level: 0, job: 0, fame: 0, gm: 0 };
  return { ...none, max_hp, max_mp: max_hp };
}

function entries(stat: 'max_hp' | 'max_mp', given: readonly Given[]): Entry[] {
  return given.map(([form, value, phase, counts = true], index) => {
    const origin = { skillId: index + 1, level: 1 };
    const bonus = bonusOf('passive', origin.skillId, stat, form, value);
    const entry = entryOf(bonus, phase ?? (form === 'percent' ? 2 : 1), origin);
    return counts ? entry : { ...entry, counts, reason: { code: 'inert', text: 'not now' } };
  });
}

function total(base: number, ...given: Given[]): number | undefined {
  return totals(baseOf(base), PHASES, entries('max_hp', given))[STAT_INDEX.max_hp];
}

describe('the total of a stat', () => {
  it('given no bonus, when totalled, then it is the base', () => {
    assert.equal(total(1_425), 1_425);
  });

  it('given percents of one phase, when totalled, then their sum is taken once', () => {
    // 1001 × 1.19 = 1191.19; one after the other would give 1192.
    assert.equal(total(1_001, ['percent', 10], ['percent', 9]), 1_191);
    assert.equal(total(1_425, ['percent', 16]), 1_653);
  });

  it('given percents of two phases, when totalled, then the later is taken of what the earlier left', () => {
    assert.equal(total(1_000, ['percent', 10], ['percent', 10, 3]), 1_210);
  });

  it('given an amount after a percent, when totalled, then the percent does not touch it', () => {
    assert.equal(total(1_000, ['percent', 10], ['amount', 7, 3]), 1_107);
  });

  it('given an entry that does not count, when totalled, then it changes nothing', () => {
    assert.equal(total(1_000, ['amount', 7, 1, false], ['percent', 10, 2, false]), 1_000);
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
    assert.equal(totals(baseOf(10), PHASES, entries('max_mp', [['amount', 5]]))[STAT_INDEX.max_hp], 10);
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

describe('the value of a stat', () => {
  function value(base: number, stat: 'max_hp' | 'max_mp', ...given: Given[]): number | undefined {
    return evaluate(baseOf(base), PHASES, entries(stat, given), undefined)[STAT_INDEX[stat]];
  }

  it('given any total, when evaluated, then it is between 0 and uint32', () => {
    assert.equal(value(4, 'max_hp', ['amount', -5]), 0);
    assert.equal(value(4, 'max_hp', ['amount', -4]), 0);
    assert.equal(value(4_294_967_294, 'max_hp', ['amount', 1]), 4_294_967_295);
    assert.equal(value(4_294_967_294, 'max_hp', ['amount', 2]), 4_294_967_295);
  });

  it('given a cap in a phase, when evaluated, then it holds there, and later phases go on from it', () => {
    assert.equal(value(29_999, 'max_mp'), 29_999);
    assert.equal(value(30_001, 'max_mp'), 30_000);
    assert.equal(value(20_000, 'max_mp', ['percent', 60], ['amount', 5, 3]), 30_005);
    assert.equal(value(20_000, 'max_hp', ['percent', 60], ['amount', 5, 3]), 32_005);
  });
});

describe('a recorded evaluation', () => {
  const given: readonly Given[] = [
    ['percent', 60],
    ['amount', 40],
    ['amount', 30, 1, false],
    ['percent', 10],
    ['amount', 5, 3],
  ];

  it('given entries in any order, when recorded, then the lines come in the order of the phases and add up', () => {
    const ledger = createLedger();
    const values = evaluate(baseOf(20_001), PHASES, entries('max_mp', given), ledger);
    const lines = ledger.lines('max_mp');
    assert.deepEqual(
      lines.map(({ phase, form, raw, applied, reason }) => [phase, form, raw, applied, reason?.code]),
      [
        ['base', 'amount', 20_001, 20_001, undefined],
        ['flat', 'amount', 40, 40, undefined],
        ['flat', 'amount', 30, 0, 'inert'],
        // floor(20041 × 1.6) = 32065, floor(20041 × 1.7) = 34069
        ['percent', 'percent', 60, 12_024, undefined],
        ['percent', 'percent', 10, 2_004, undefined],
        ['percent', 'amount', 30_000, -4_069, 'capped'],
        ['late', 'amount', 5, 5, undefined],
      ],
    );
    assert.equal(sumOf(lines), values[STAT_INDEX.max_mp]);
    assert.equal(uncappedOf(lines), 34_074);
  });

  it('given a total below 0, when recorded, then the last line raises it to 0', () => {
    const ledger = createLedger();
    evaluate(baseOf(4), PHASES, entries('max_hp', [['amount', -9]]), ledger);
    const last = ledger.lines('max_hp').at(-1);
    assert.deepEqual(last, {
      phase: 'late',
      source: { kind: 'rule' },
      form: 'amount',
      raw: 0,
      applied: 5,
      reason: { code: 'raised', text: 'at least 0' },
    });
  });

  it('given numbers that no double holds, when recorded, then the lines still add up to the value', () => {
    const ledger = createLedger();
    const huge = entries('max_hp', [
      ['basePercent', 2_147_483_647],
      ['percent', 2_147_483_647],
      ['percent', -2_147_483_648],
    ]);
    const values = evaluate(baseOf(4_294_967_295), PHASES, huge, ledger);
    assert.equal(sumOf(ledger.lines('max_hp')), values[STAT_INDEX.max_hp]);
  });
});

describe('an int32', () => {
  it('given any amount, when clamped, then it is an int32', () => {
    assert.equal(clampInt32(2_147_483_648), 2_147_483_647);
    assert.equal(clampInt32(-2_147_483_649), -2_147_483_648);
    assert.equal(clampInt32(-7), -7);
  });
});
