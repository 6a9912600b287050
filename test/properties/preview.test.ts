/** A preview against the character as it would really be. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Trial } from '../../src/answers/preview.ts';
import type { CalculationInput, Ruleset } from '../../src/domain/ruleset.ts';
import { RULESETS } from '../../src/domain/rulesets/index.ts';
import { propertySettings } from '../support/property-settings.ts';
import { createReadBench } from '../support/read-bench.ts';
import { TENANT } from '../support/state-bench.ts';
import { buffs as anyBuffs, calculationInput, v83Input } from './rules-arbitraries.ts';

const RUNS = propertySettings({ numRuns: 150 });
const INPUTS: Readonly<Record<string, fc.Arbitrary<CalculationInput>>> = {
  atlas: calculationInput,
  'gms-v83': v83Input,
};

interface Case {
  readonly before: CalculationInput;
  readonly trial: Trial;
  /** What the trial makes of it. */
  readonly after: CalculationInput;
}

/** Takes some items off, ends some buffs, casts others, has another base. */
function cases(input: fc.Arbitrary<CalculationInput>): fc.Arbitrary<Case> {
  return fc.tuple(input, input, anyBuffs).chain(([before, other, cast]) =>
    fc
      .record({ takenOff: fc.subarray([...before.assets]), ended: fc.subarray([...before.buffs]) })
      .map(({ takenOff, ended }) => {
        const endedSources = new Set(ended.map(({ sourceId }) => sourceId));
        const castSources = new Set(cast.map(({ sourceId }) => sourceId));
        const castNow = cast.map((buff) => ({
          ...buff,
          level: undefined,
          createdAt: { ms: Date.UTC(2026, 0, 1), ns: 0 },
        }));
        const trial: Trial = {
          takeOff: takenOff.map(({ assetId }) => assetId),
          putOn: [],
          addBuffs: [...castSources].map((sourceId) => ({
            sourceId,
            changes: castNow
              .filter((buff) => buff.sourceId === sourceId)
              .map(({ statType, amount }) => ({ type: statType, amount })),
          })),
          removeBuffs: [...endedSources],
          base: other.base,
        };
        const kept = before.buffs.filter(({ sourceId }) => !endedSources.has(sourceId) && !castSources.has(sourceId));
        const assets = before.assets.filter((asset) => !takenOff.includes(asset));
        return { before, trial, after: { ...before, base: other.base, assets, buffs: [...kept, ...castNow] } };
      }),
  );
}

async function valuesOf(ruleset: Ruleset, input: CalculationInput) {
  const { effective, bench, clock } = await createReadBench(ruleset, input);
  const calculation = effective.calculationOf(bench.view(), { now: clock.now(), mono: clock.mono() });
  return calculation?.ruleset.compute(calculation.input);
}

for (const ruleset of RULESETS) {
  describe(`previews under ${ruleset.name}, for any character and any trial`, () => {
    it('given a trial, when it is previewed, then before and after are what the stats are and would be', () =>
      fc.assert(
        fc.asyncProperty(cases(INPUTS[ruleset.name] ?? calculationInput), async ({ before, trial, after }) => {
          const { previewer } = await createReadBench(ruleset, before);
          const read = await previewer.preview(TENANT, 12, undefined, trial);
          assert.ok(read.kind === 'answer');
          assert.deepEqual(read.preview.before, await valuesOf(ruleset, before));
          assert.deepEqual(read.preview.after, await valuesOf(ruleset, after));
        }),
        RUNS,
      ));
  });
}
