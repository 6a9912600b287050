import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Bonus, CalculationInput } from '../../src/domain/ruleset.ts';
import { atlas } from '../../src/domain/rulesets/atlas/ruleset.ts';
import { STAT_INDEX, STATS, type Stat } from '../../src/domain/stat.ts';
import { BEGINNERS, calculationInput, FRESH, REPLAY, shuffled } from './rules-arbitraries.ts';

const RUNS = { ...REPLAY, numRuns: 400 };

/** Ruleset `atlas` in rational arithmetic, rounded down at the end. */
function rationalTotal(base: number, bonuses: readonly Bonus[]): bigint {
  let flat = 0n;
  let percent = 0n;
  for (const bonus of bonuses) {
    flat += BigInt(bonus.amount) + (BigInt(base) * BigInt(bonus.basePercent)) / 100n;
    percent += BigInt(bonus.percent);
  }
  const product = (BigInt(base) + flat) * (100n + percent);
  const quotient = product / 100n;
  return quotient * 100n > product ? quotient - 1n : quotient;
}

function baseOf(input: CalculationInput, stat: Stat): number {
  return Object.entries(input.base).find(([field]) => field === stat)?.[1] ?? 0;
}

function bonusesFor(bonuses: readonly Bonus[], stat: Stat): Bonus[] {
  return bonuses.filter((bonus) => bonus.stat === stat);
}

function computed(input: CalculationInput, stat: Stat): number | undefined {
  return atlas.compute(input).values[STAT_INDEX[stat]];
}

function withAsset(input: CalculationInput, stat: Stat, amount: number): CalculationInput {
  const asset = { assetId: FRESH, templateId: FRESH, slot: -1, stats: { [stat]: amount } };
  return { ...input, assets: [...input.assets, asset] };
}

function withBuff(input: CalculationInput, statType: string, amount: number): CalculationInput {
  const createdAt = { ms: 0, ns: 0 };
  const buff = { sourceId: FRESH, statType, amount, level: 1, createdAt, expiresAt: undefined };
  return { ...input, buffs: [...input.buffs, buff] };
}

function frozen(input: CalculationInput): CalculationInput {
  for (const list of [input.assets, input.buffs, input.skills]) {
    for (const entry of list) Object.freeze(entry);
    Object.freeze(list);
  }
  return Object.freeze(input);
}

/** Ids of the assets that count: the rule's wording, round by round, where what a round adds counts in the next. */
function qualifiedIds(input: CalculationInput, own: readonly Bonus[]): Set<number> {
  const classes: Record<number, number> = { 1: 1, 11: 1, 21: 1, 2: 2, 12: 2, 22: 2, 3: 4, 13: 4, 4: 8, 14: 8 };
  const hundreds = Math.floor(input.base.job / 100);
  const jobClass = hundreds === 5 || hundreds === 15 ? 16 : (classes[hundreds] ?? 0);
  const qualified = new Set<number>();
  for (;;) {
    const worn = input.assets.filter((asset) => qualified.has(asset.assetId));
    const ability = (stat: 'strength' | 'dexterity' | 'intelligence' | 'luck') =>
      worn.reduce(
        (sum, { stats }) => sum + BigInt(Math.max(0, stats[stat] ?? 0)),
        rationalTotal(input.base[stat], bonusesFor(own, stat)),
      );
    const added = input.assets.filter(({ assetId, templateId }) => {
      const asked = input.data.requirements(templateId);
      if (qualified.has(assetId)) return false;
      if (!asked || !input.checkRequirements) return true;
      const mayWear = BEGINNERS.includes(asked.job) ? jobClass === 0 : asked.job === 0 || (asked.job & jobClass) !== 0;
      if (input.base.level < asked.level || !mayWear) return false;
      return (['strength', 'dexterity', 'intelligence', 'luck'] as const).every(
        (stat) => asked[stat] === 0 || ability(stat) >= BigInt(asked[stat]),
      );
    });
    if (added.length === 0) return qualified;
    for (const { assetId } of added) qualified.add(assetId);
  }
}

describe('ruleset atlas, for any character', () => {
  it('given its lists in any order, when computed, then the answer is the same', () => {
    const cases = calculationInput.chain((input) => fc.tuple(fc.constant(input), shuffled(input)));
    fc.assert(
      fc.property(cases, ([input, other]) => assert.deepEqual(atlas.compute(other), atlas.compute(input))),
      RUNS,
    );
  });

  it('given the bonuses that it lists, when they are added up in rationals, then they give its values', () => {
    fc.assert(
      fc.property(calculationInput, (input) => {
        const { values, bonuses } = atlas.compute(input);
        for (const stat of STATS) {
          const total = rationalTotal(baseOf(input, stat), bonusesFor(bonuses, stat));
          const cap = stat === 'max_hp' || stat === 'max_mp' ? 30_000n : 4_294_967_295n;
          const expected = total < 0n ? 0n : total > cap ? cap : total;
          assert.equal(values[STAT_INDEX[stat]], Number(expected), stat);
        }
      }),
      RUNS,
    );
  });

  it('given any input, when computed, then caps and floors hold, and each bonus is one int32, once, in order', () => {
    fc.assert(
      fc.property(calculationInput, (input) => {
        const { values, bonuses } = atlas.compute(input);
        assert.equal(values.length, STATS.length);
        for (const value of values) assert.ok(Number.isInteger(value) && value >= 0 && value <= 4_294_967_295);
        for (const pool of [STAT_INDEX.max_hp, STAT_INDEX.max_mp]) assert.ok((values[pool] ?? 0) <= 30_000);
        const kinds = ['equipment', 'buff', 'passive'];
        const places = bonuses.map(({ kind, id, stat }) => [kinds.indexOf(kind), id, STAT_INDEX[stat]] as const);
        for (const [index, [kind, id, stat]] of places.entries()) {
          const [kindBefore, idBefore, statBefore] = places[index - 1] ?? [-1, 0, 0];
          assert.ok(kindBefore - kind || idBefore - id || statBefore - stat, 'listed twice');
          assert.ok((kindBefore - kind || idBefore - id || statBefore - stat) < 0, 'out of order');
        }
        for (const { amount, percent, basePercent } of bonuses) {
          const numbers = [amount, percent, basePercent].filter((number) => number !== 0);
          assert.equal(numbers.length, 1);
          assert.ok(numbers.every((number) => number === Math.trunc(number) && number === (number | 0)));
        }
      }),
      RUNS,
    );
  });

  it('given one more positive flat bonus, when computed, then its stat is not lower', () => {
    const added = fc.tuple(fc.constantFrom(...STATS), fc.integer({ min: 1, max: 0x7fff_ffff }));
    fc.assert(
      fc.property(calculationInput, added, (input, [stat, amount]) => {
        const percents = bonusesFor(atlas.compute(input).bonuses, stat).map((bonus) => bonus.percent);
        // Below -100 % a larger sum is a lower stat, by the formula.
        fc.pre(percents.reduce((sum, percent) => sum + percent, 100) >= 0);
        assert.ok((computed(withAsset(input, stat, amount), stat) ?? -1) >= (computed(input, stat) ?? 0));
      }),
      RUNS,
    );
  });

  it('given a source that comes and goes, when computed, then everything is as before', () => {
    const source = fc.oneof(
      fc.tuple(fc.constantFrom(...STATS), fc.integer()).map(
        ([stat, amount]) =>
          (input: CalculationInput) =>
            withAsset(input, stat, amount),
      ),
      fc.tuple(fc.constantFrom('PAD', 'MAPLE_WARRIOR', 'HYPER_BODY_HP'), fc.integer()).map(
        ([type, amount]) =>
          (input: CalculationInput) =>
            withBuff(input, type, amount),
      ),
    );
    fc.assert(
      fc.property(calculationInput, source, (input, add) => {
        const before = atlas.compute(frozen(input));
        const during = frozen(add(input));
        atlas.compute(during);
        const after = {
          ...during,
          assets: during.assets.filter((asset) => asset.assetId !== FRESH),
          buffs: during.buffs.filter((buff) => buff.sourceId !== FRESH),
        };
        assert.deepEqual(atlas.compute(after), before);
      }),
      RUNS,
    );
  });

  it('given any gear, when computed, then what counts is what the rounds of the rule let in', () => {
    fc.assert(
      fc.property(calculationInput, (input) => {
        const { bonuses } = atlas.compute(input);
        const expected = qualifiedIds(
          input,
          bonuses.filter((bonus) => bonus.kind !== 'equipment'),
        );
        const granting = input.assets.filter(({ stats }) => STATS.some((stat) => (stats[stat] ?? 0) > 0));
        const counted = new Set(bonuses.filter((bonus) => bonus.kind === 'equipment').map((bonus) => bonus.id));
        for (const { assetId } of granting) assert.equal(counted.has(assetId), expected.has(assetId), `${assetId}`);
        assert.ok([...counted].every((id) => granting.some((asset) => asset.assetId === id)));
      }),
      RUNS,
    );
  });
});
