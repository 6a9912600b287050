import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Bonus, CalculationInput } from '../../src/domain/ruleset.ts';
import { gmsV83 } from '../../src/domain/rulesets/gms-v83/ruleset.ts';
import type { WornAsset } from '../../src/domain/snapshot.ts';
import { STAT_INDEX, STATS, type Stat } from '../../src/domain/stat.ts';
import { BEGINNERS, FRESH, REPLAY, shuffled, v83Input } from './rules-arbitraries.ts';

const RUNS = { ...REPLAY, numRuns: 400 };

const CAPS: Partial<Record<Stat, number>> = {
  max_hp: 30_000,
  max_mp: 30_000,
  weapon_attack: 1_999,
  weapon_defense: 1_999,
  magic_attack: 1_999,
  magic_defense: 1_999,
  accuracy: 999,
  avoidability: 999,
  speed: 40,
  jump: 23,
};

function capOf(stat: Stat): number {
  return CAPS[stat] ?? 4_294_967_295;
}

function baseOf(input: CalculationInput, stat: Stat): number {
  return Object.entries(input.base).find(([field]) => field === stat)?.[1] ?? 0;
}

function computed(input: CalculationInput, stat: Stat): number | undefined {
  return gmsV83.compute(input).values[STAT_INDEX[stat]];
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

/** Ruleset `gms-v83` in rationals: what the listed bonuses make of one stat; every percent is of the sum of what is flat. */
function rationalValue(input: CalculationInput, stat: Stat, bonuses: readonly Bonus[]): number {
  const base = BigInt(baseOf(input, stat));
  let flat = base;
  let percent = 100n;
  for (const bonus of bonuses.filter((candidate) => candidate.stat === stat)) {
    flat += BigInt(bonus.amount) + (base * BigInt(bonus.basePercent)) / 100n;
    percent += BigInt(bonus.percent);
  }
  const total = (flat * percent) / 100n;
  return Math.max(0, Math.min(capOf(stat), Number(total)));
}

function meets(input: CalculationInput, asset: WornAsset, others: readonly WornAsset[], boost: number): boolean {
  const asked = input.data.requirements(asset.templateId);
  if (!asked) return true;
  const { job, level, fame } = input.base;
  const bit = { 1: 1, 11: 1, 21: 1, 2: 2, 12: 2, 22: 2, 3: 4, 13: 4, 4: 8, 14: 8, 5: 16, 15: 16 }[
    Math.floor(job / 100)
  ];
  if (level < asked.level || (asked.fame > 0 && fame < asked.fame)) return false;
  if (BEGINNERS.includes(asked.job) ? bit !== undefined : asked.job > 0 && (asked.job & (bit ?? 0)) === 0) return false;
  return (['strength', 'dexterity', 'intelligence', 'luck'] as const).every((stat) => {
    const own = input.base[stat] + Math.trunc((input.base[stat] * boost) / 100);
    const worn = others.reduce((sum, { stats }) => sum + Math.max(0, stats[stat] ?? 0), 0);
    return asked[stat] === 0 || own + worn >= asked[stat];
  });
}

/** Tries every set of items: those that hold together without outside help, all united. */
function largestQualifying(input: CalculationInput, boost: number): Set<number> {
  const united = new Set<number>();
  for (let mask = 0; mask < 2 ** input.assets.length; mask += 1) {
    const set = input.assets.filter((_asset, index) => (mask & (1 << index)) !== 0);
    const holds = set.every((asset) => {
      const others = set.filter((other) => other !== asset);
      return meets(input, asset, others, boost);
    });
    if (holds) for (const { assetId } of set) united.add(assetId);
  }
  return united;
}

describe('ruleset gms-v83, for any character', () => {
  it('given its lists in any order, when computed, then the answer is the same', () => {
    const cases = v83Input.chain((input) => fc.tuple(fc.constant(input), shuffled(input)));
    fc.assert(
      fc.property(cases, ([input, other]) => assert.deepEqual(gmsV83.compute(other), gmsV83.compute(input))),
      RUNS,
    );
  });

  it('given the bonuses that it lists, when they are added up in rationals, then they give its values', () => {
    fc.assert(
      fc.property(v83Input, (input) => {
        const { values, bonuses } = gmsV83.compute(input);
        for (const stat of STATS) {
          assert.equal(values[STAT_INDEX[stat]], rationalValue(input, stat, bonuses), stat);
        }
      }),
      RUNS,
    );
  });

  it('given any input, when computed, then caps and floors hold, and each bonus is one int32, once, in order', () => {
    fc.assert(
      fc.property(v83Input, (input) => {
        const { values, bonuses } = gmsV83.compute(input);
        for (const stat of STATS) {
          const value = values[STAT_INDEX[stat]] ?? Number.NaN;
          assert.ok(Number.isInteger(value) && value >= 0 && value <= capOf(stat), `${stat} ${value}`);
        }
        const kinds = ['equipment', 'buff', 'passive'];
        const places = bonuses.map(({ kind, id, stat }) => [kinds.indexOf(kind), id, STAT_INDEX[stat]] as const);
        for (const [index, [kind, id, stat]] of places.entries()) {
          const [kindBefore, idBefore, statBefore] = places[index - 1] ?? [-1, 0, 0];
          assert.ok((kindBefore - kind || idBefore - id || statBefore - stat) < 0, 'out of order or twice');
        }
        for (const { amount, percent, basePercent } of bonuses) {
          const numbers = [amount, percent, basePercent].filter((number) => number !== 0);
          assert.equal(numbers.length, 1);
          assert.ok(numbers.every((number) => number === (number | 0)));
        }
      }),
      RUNS,
    );
  });

  it('given one more positive flat bonus, when computed, then its stat is not lower', () => {
    const types: Partial<Record<Stat, string>> = { weapon_attack: 'PAD', speed: 'DASH_SPEED', avoidability: 'EVA' };
    const added = fc.tuple(fc.constantFrom(...STATS), fc.integer({ min: 1, max: 0x7fff_ffff }));
    fc.assert(
      fc.property(v83Input, added, (input, [stat, amount]) => {
        const percents = gmsV83.compute(input).bonuses.filter((bonus) => bonus.stat === stat);
        // Below -100 % a larger sum is a lower stat, by the formula.
        fc.pre(percents.every(({ percent }) => percent >= -100));
        const before = computed(input, stat) ?? 0;
        assert.ok((computed(withAsset(input, stat, amount), stat) ?? 0) >= before);
        const type = types[stat];
        if (type !== undefined) assert.ok((computed(withBuff(input, type, amount), stat) ?? 0) >= before);
      }),
      RUNS,
    );
  });

  it('given a source that comes and goes, when computed, then everything is as before', () => {
    const type = fc.constantFrom('PAD', 'SPEED', 'MAPLE_WARRIOR', 'HYPER_BODY_HP', 'ECHO_OF_HERO', 'ARAN_COMBO');
    fc.assert(
      fc.property(v83Input, type, fc.integer(), (input, statType, amount) => {
        const before = gmsV83.compute(input);
        const during = withAsset(withBuff(input, statType, amount), 'strength', amount);
        gmsV83.compute(during);
        const after = {
          ...during,
          assets: during.assets.filter((asset) => asset.assetId !== FRESH),
          buffs: during.buffs.filter((buff) => buff.sourceId !== FRESH),
        };
        assert.deepEqual(gmsV83.compute(after), before);
      }),
      RUNS,
    );
  });

  it('given any gear, when computed, then what counts is the largest set that qualifies together', () => {
    fc.assert(
      fc.property(v83Input, (input) => {
        const { bonuses } = gmsV83.compute(input);
        const boost = bonuses.find((bonus) => bonus.basePercent !== 0)?.basePercent ?? 0;
        const bypassed = !input.checkRequirements || input.base.gm > 0;
        const qualified = largestQualifying(input, boost);
        const expected = input.assets
          .filter(({ assetId }) => bypassed || qualified.has(assetId))
          .filter(({ stats }) => STATS.some((stat) => (stats[stat] ?? 0) > 0))
          .map(({ assetId }) => assetId);
        const counted = new Set(bonuses.filter(({ kind }) => kind === 'equipment').map(({ id }) => id));
        assert.deepEqual(
          [...counted],
          expected.sort((a, b) => a - b),
        );
      }),
      RUNS,
    );
  });

  it('given any buffs of one type, when computed, then the largest counts alone', () => {
    const amounts = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(amounts, fc.constantFrom('PAD', 'SPEED', 'DASH_JUMP', 'MAPLE_WARRIOR'), (list, statType) => {
        const createdAt = { ms: 0, ns: 0 };
        const buffs = list.map((amount, index) => {
          return { sourceId: index + 1, statType, amount, level: 1, createdAt, expiresAt: undefined };
        });
        const none = { strength: 0, dexterity: 0, luck: 0, intelligence: 0, max_hp: 0, max_mp: 0 };
        const { bonuses } = gmsV83.compute({
          base: { ...none, level: 1, job: 0, fame: 0, gm: 0 },
          assets: [],
          buffs,
          skills: [],
          data: { skill: () => null, requirements: () => null, revision: 0 },
          checkRequirements: true,
        });
        const largest = Math.max(...list.filter((amount) => amount !== 0));
        const ids = new Set(bonuses.map(({ id }) => id));
        assert.deepEqual([...ids], Number.isFinite(largest) ? [list.indexOf(largest) + 1] : []);
      }),
      RUNS,
    );
  });
});
