import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Bonus, CalculationInput, Line } from '../../src/domain/ruleset.ts';
import { PHASES as ATLAS_PHASES } from '../../src/domain/rulesets/atlas/meanings.ts';
import { PHASES as V83_PHASES } from '../../src/domain/rulesets/gms-v83/constants.ts';
import { gmsV83 } from '../../src/domain/rulesets/gms-v83/ruleset.ts';
import { RULESETS } from '../../src/domain/rulesets/index.ts';
import { createLedger, type Ledger, sumOf } from '../../src/domain/rulesets/ledger.ts';
import { STAT_INDEX, STATS, type Stat } from '../../src/domain/stat.ts';
import { buffs, calculationInput, REPLAY, v83Input } from './rules-arbitraries.ts';

const RUNS = { ...REPLAY, numRuns: 400 };

const INPUTS: Readonly<Record<string, fc.Arbitrary<CalculationInput>>> = {
  atlas: calculationInput,
  'gms-v83': v83Input,
};

const PHASES: Readonly<Record<string, readonly string[]>> = {
  atlas: ATLAS_PHASES.map(({ name }) => name),
  'gms-v83': V83_PHASES.map(({ name }) => name),
};

function textOf(kind: string, id: number, stat: Stat, value: number): string {
  return `${kind}:${id} ${stat} ${value}`;
}

/** Lines of sources that count: without a reason, or for now, because requirements are unknown. */
function counting(ledger: Ledger): string[] {
  return STATS.flatMap((stat) =>
    ledger.lines(stat).flatMap(({ source, raw, reason, applied }) => {
      if (!('id' in source)) return [];
      const forNow = reason?.code === 'unknown' && source.kind === 'equipment' && applied !== 0;
      return reason === undefined || forNow ? [textOf(source.kind, source.id, stat, raw)] : [];
    }),
  );
}

function listed(bonuses: readonly Bonus[]): string[] {
  return bonuses.map(({ kind, id, stat, amount, percent, basePercent }) =>
    textOf(kind, id, stat, amount + percent + basePercent),
  );
}

/** True when no line belongs to an earlier phase than the one before it. */
function inOrder(lines: readonly Line[], phases: readonly string[]): boolean {
  const places = lines.map(({ phase }) => phases.indexOf(phase));
  return places.every((place, index) => place >= (places[index - 1] ?? 0));
}

for (const ruleset of RULESETS) {
  describe(`the record of ruleset ${ruleset.name}, for any character`, () => {
    const input = INPUTS[ruleset.name] ?? calculationInput;

    it('given a recorder, when computed, then the answer is the same as without one', () => {
      fc.assert(
        fc.property(input, (given) => {
          assert.deepEqual(ruleset.compute(given, createLedger()), ruleset.compute(given));
        }),
        RUNS,
      );
    });

    it('given a recorder, when computed, then the lines of every stat add up to its value', () => {
      fc.assert(
        fc.property(input, (given) => {
          const ledger = createLedger();
          const { values } = ruleset.compute(given, ledger);
          for (const stat of STATS) assert.equal(sumOf(ledger.lines(stat)), values[STAT_INDEX[stat]], stat);
        }),
        RUNS,
      );
    });

    it('given a recorder, when computed, then the lines that count are the bonuses, and the others have reasons', () => {
      fc.assert(
        fc.property(input, (given) => {
          const ledger = createLedger();
          const { bonuses } = ruleset.compute(given, ledger);
          assert.deepEqual(counting(ledger).sort(), listed(bonuses).sort());
          for (const line of STATS.flatMap((stat) => ledger.lines(stat))) {
            if (line.applied !== 0 && line.reason !== undefined) {
              assert.ok(['capped', 'raised', 'unknown'].includes(line.reason.code), line.reason.code);
            }
          }
        }),
        RUNS,
      );
    });

    it('given a recorder, when computed, then no phase of a stat comes back after a later one', () => {
      fc.assert(
        fc.property(input, (given) => {
          const ledger = createLedger();
          ruleset.compute(given, ledger);
          for (const stat of STATS) assert.ok(inOrder(ledger.lines(stat), PHASES[ruleset.name] ?? []), stat);
        }),
        RUNS,
      );
    });

    it('given lapsed buffs, when recorded, then each is expired, and the answer is the same', () => {
      fc.assert(
        fc.property(input, buffs, (given, lapsedBuffs) => {
          const before = createLedger();
          const answer = ruleset.compute(given, before);
          const ledger = createLedger();
          assert.deepEqual(ruleset.compute({ ...given, lapsedBuffs }, ledger), answer);
          const expired = STATS.flatMap((stat) => ledger.lines(stat)).filter(
            ({ reason }) => reason?.code === 'expired',
          );
          assert.ok(expired.every(({ applied }) => applied === 0));
          const shown = new Set(
            [...expired, ...ledger.idles.filter(({ reason }) => reason.code === 'expired')].map(({ source }) =>
              source.kind === 'buff' ? `${source.id} ${source.statType}` : '',
            ),
          );
          assert.deepEqual([...shown].sort(), lapsedBuffs.map((buff) => `${buff.sourceId} ${buff.statType}`).sort());
        }),
        RUNS,
      );
    });
  });
}

describe('magic, for any character under gms-v83', () => {
  it('given a recorder, when computed, then it is intelligence and magic attack, less what the cap takes', () => {
    fc.assert(
      fc.property(v83Input, (given) => {
        const ledger = createLedger();
        const { values } = gmsV83.compute(given, ledger);
        const lines = ledger.derivations.get('magic') ?? [];
        const taken = lines.filter(({ reason }) => reason?.code === 'capped').map(({ applied }) => applied);
        const total = (values[STAT_INDEX.intelligence] ?? 0) + (values[STAT_INDEX.magic_attack] ?? 0);
        assert.ok(taken.every((applied) => applied < 0));
        assert.equal(sumOf(lines), total + (taken[0] ?? 0));
      }),
      RUNS,
    );
  });
});
