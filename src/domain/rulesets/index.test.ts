import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULESET_NAMES, rulesetByName } from './index.ts';

describe('rulesets', () => {
  it('given each offered name, when looked up, then the ruleset of that name is found', () => {
    assert.deepEqual(RULESET_NAMES, ['atlas']);
    for (const name of RULESET_NAMES) assert.equal(rulesetByName(name).name, name);
  });

  it('given another name, when looked up, then the error lists what there is', () => {
    assert.throws(() => rulesetByName('toString'), /no ruleset is named toString; there are atlas/);
  });
});
