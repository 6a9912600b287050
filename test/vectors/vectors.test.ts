import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULESETS } from '../../src/domain/rulesets/index.ts';
import { expectedOf, inputOf, readable } from './case.ts';
import { readVectors, vectorsOf } from './vector.ts';

describe('a file of vectors', () => {
  const vector = { name: 'a', source: 'b', stats: {}, bonuses: [] };

  it('given a vector as the README describes it, when read, then it is accepted', () => {
    assert.deepEqual(vectorsOf([vector], 'x.json'), [vector]);
  });

  for (const mistake of [
    { stat: {} },
    { stats: { str: 1 } },
    { base: { strength: 1.5 } },
    { skills: { stun: 1 } },
    { skillData: { 1: { effects: { 1: { weaponattack: 1 } } } } },
  ]) {
    it(`given ${JSON.stringify(mistake)}, when read, then the file and the place are named`, () => {
      assert.throws(() => vectorsOf([vector, { ...vector, ...mistake }], 'x.json'), /^Error: x\.json: \/1/);
    });
  }
});

for (const ruleset of RULESETS) {
  describe(`known answers of ruleset ${ruleset.name}`, () => {
    const vectors = readVectors(ruleset.name);

    it('given the vectors, when counted, then there are at least 60, each with its own name', () => {
      assert.ok(vectors.length >= 60, `${vectors.length} vectors`);
      assert.equal(new Set(vectors.map((vector) => vector.name)).size, vectors.length);
    });

    for (const vector of vectors) {
      it(vector.name, () => {
        const input = inputOf(vector);
        const backwards = {
          ...input,
          assets: input.assets.toReversed(),
          buffs: input.buffs.toReversed(),
          skills: input.skills.toReversed(),
        };
        const source = `by ${vector.source}`;
        assert.deepEqual(readable(ruleset.compute(input)), expectedOf(vector), source);
        assert.deepEqual(readable(ruleset.compute(backwards)), expectedOf(vector), `${source}; lists reversed`);
      });
    }
  });
}
