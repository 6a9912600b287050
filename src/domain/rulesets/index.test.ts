import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULESETS, rulesetByName } from './index.ts';

describe('rulesets', () => {
  it('given the name of each, when looked up, then it is found', () => {
    assert.deepEqual(
      RULESETS.map((ruleset) => ruleset.name),
      ['atlas', 'gms-v83'],
    );
    for (const ruleset of RULESETS) assert.equal(rulesetByName(ruleset.name), ruleset);
  });

  it('given another name, when looked up, then the error lists what there is', () => {
    assert.throws(() => rulesetByName('toString'), /no ruleset is named toString; there are atlas, gms-v83/);
  });
});
