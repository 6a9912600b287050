import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScriptedUpstream } from '../../test/support/scripted-upstream.ts';
import { GRACE, setUp, TENANT } from '../../test/support/state-bench.ts';
import { rulesetByName } from '../domain/rulesets/index.ts';
import { createEffectiveStats } from './effective-stats.ts';

function createCache(maxBytes: number) {
  const bench = setUp({ visitorMax: 1_000 });
  let computed = 0;
  const atlas = rulesetByName('atlas');
  const effective = createEffectiveStats({
    upstream: createScriptedUpstream().upstream,
    rulesetOf: () => ({
      ...atlas,
      compute(input, recorder) {
        computed += 1;
        return atlas.compute(input, recorder);
      },
    }),
    watches: bench.watches(),
    expiryGrace: GRACE,
    checkRequirements: true,
    maxBytes,
  });
  const load = (id: number) => {
    const character = bench.characters.visit(TENANT, id, undefined);
    bench.load();
    return character;
  };
  const ask = (character: ReturnType<typeof load>) =>
    effective.of(character, { now: bench.clock.now(), mono: bench.clock.mono() });
  return { effective, load, ask, computed: () => computed };
}

test('given a character that has not changed, when it is asked for again, then nothing is computed', () => {
  const { load, ask, computed } = createCache(1e6);
  const character = load(1);
  assert.equal(ask(character), ask(character));
  assert.equal(computed(), 1);
});

test('given more answers than there is room for, then what was not asked for again goes first, and is counted', () => {
  const { effective, load, ask, computed } = createCache(3 * 1_800);
  const [first, second, third] = [load(1), load(2), load(3)];
  for (const character of [first, second, third]) ask(character);
  ask(first);
  ask(load(4));
  assert.equal(effective.counts.size, 3);
  assert.equal(effective.counts.evicted, 1);
  const before = computed();
  ask(first);
  ask(third);
  assert.equal(computed(), before);
  ask(second);
  assert.equal(computed(), before + 1);
});

test('given a character that went, when its answer is forgotten, then it takes no room', () => {
  const { effective, load, ask } = createCache(1e6);
  const character = load(1);
  ask(character);
  effective.forget(character);
  effective.forget(character);
  assert.equal(effective.counts.size, 0);
});
