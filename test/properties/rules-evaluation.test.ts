import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bonusOf } from '../../src/domain/rulesets/bonus.ts';
import { entryOf } from '../../src/domain/rulesets/entry.ts';
import { evaluate, type Phase, totals } from '../../src/domain/rulesets/evaluation.ts';
import { createLedger, sumOf } from '../../src/domain/rulesets/ledger.ts';
import { type BaseValues, STAT_INDEX } from '../../src/domain/stat.ts';
import { REPLAY } from './rules-arbitraries.ts';

const RUNS = { ...REPLAY, numRuns: 2_000 };

const PHASES: readonly Phase[] = [{ name: 'base' }, { name: 'flat' }, { name: 'first' }, { name: 'second' }];
const FIRST_PERCENTS = 2;
const SECOND_PERCENTS = 3;

const int32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const number = fc.oneof(int32, fc.integer({ min: -300, max: 300 }));

const bonus = fc.oneof(
  fc.record({ form: fc.constantFrom('amount' as const, 'basePercent' as const), phase: fc.constant(1), value: number }),
  fc.record({ form: fc.constant('percent' as const), phase: fc.constantFrom(2, 3), value: number }),
);

const bonuses = fc.array(bonus, { maxLength: 12 });

type Given = { form: 'amount' | 'basePercent' | 'percent'; phase: number; value: number };

function entriesOf(list: readonly Given[]) {
  return list.map(({ form, phase, value }, id) =>
    entryOf(bonusOf('passive', id, 'max_hp', form, value), phase, { skillId: id, level: 1 }),
  );
}

function baseOf(max_hp: number): BaseValues {
  const none = { strength: 0, dexterity: 0, luck: 0, intelligence: 0, level: 0, job: 0, fame: 0, gm: 0 };
  return { ...none, max_hp, max_mp: 0 };
}

/** Rationals, rounded down where a phase ends. */
function rational(base: number, list: readonly Given[]): bigint {
  let sum = BigInt(base);
  for (const { form, value } of list) {
    if (form === 'amount') sum += BigInt(value);
    if (form === 'basePercent') sum += (BigInt(base) * BigInt(value)) / 100n;
  }
  for (const phase of [FIRST_PERCENTS, SECOND_PERCENTS]) {
    const percents = list.filter((given) => given.form === 'percent' && given.phase === phase);
    const product = sum * percents.reduce((total, { value }) => total + BigInt(value), 100n);
    sum = product / 100n - (product % 100n < 0n ? 1n : 0n);
  }
  return sum;
}

describe('the evaluation, for any numbers', () => {
  const base = fc.integer({ min: 0, max: 0xffff_ffff });

  it('given a base up to uint32, when totalled, then it is the rational result rounded down', () => {
    fc.assert(
      fc.property(base, bonuses, (max_hp, list) => {
        const total = totals(baseOf(max_hp), PHASES, entriesOf(list))[STAT_INDEX.max_hp];
        assert.equal(total, Number(rational(max_hp, list)));
      }),
      RUNS,
    );
  });

  it('given a base up to uint32, when recorded, then the lines add up to the value', () => {
    fc.assert(
      fc.property(base, bonuses, (max_hp, list) => {
        const ledger = createLedger();
        const value = evaluate(baseOf(max_hp), PHASES, entriesOf(list), ledger)[STAT_INDEX.max_hp];
        assert.equal(sumOf(ledger.lines('max_hp')), value);
      }),
      RUNS,
    );
  });
});
