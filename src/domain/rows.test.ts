import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asset, BASE, buffStat, instant } from '../../test/support/state-bench.ts';
import {
  firstExpiry,
  packAssets,
  packBase,
  packBuffs,
  packSkills,
  unpackAssets,
  unpackBase,
  unpackBuffs,
  unpackSkills,
} from './rows.ts';

const NOW = Date.UTC(2026, 0, 1);

describe('rows of what was read', () => {
  it('given an answer of each part, then its row gives it back', () => {
    const values = { ...BASE, fame: -7, max_hp: 2 ** 31 - 1 };
    assert.deepEqual(unpackBase(packBase(values)), values);
    const assets = [asset(2 ** 32 - 1, -11, { strength: 2 ** 31 - 1, jump: 3 }), asset(1, -101, {})];
    assert.deepEqual(unpackAssets(packAssets(assets)), assets);
    const skills = [
      { skillId: 2 ** 32 - 1, level: 255 },
      { skillId: 8, level: 1 },
    ];
    assert.deepEqual(unpackSkills(packSkills(skills)), skills);
  });

  it('given buffs, then all are given back, or those of one source, and the first expiry of all', () => {
    const buffs = [
      { ...buffStat(4001003, 'SPEED', 40, instant(NOW, 999_999)), level: 0, expiresAt: NOW + 200_000 },
      { ...buffStat(-2002000, 'WEAPON_ATTACK', -5, instant(-1)), level: undefined, expiresAt: undefined },
      { ...buffStat(4001003, 'ПРЫЖОК', 20, instant(NOW)), level: 255, expiresAt: NOW - 1 },
    ];
    const row = packBuffs(buffs);
    assert.deepEqual(unpackBuffs(row), buffs);
    assert.deepEqual(unpackBuffs(row, -2002000), [buffs[1]]);
    assert.equal(firstExpiry(row), NOW - 1);
    assert.equal(firstExpiry(packBuffs(buffs.slice(1, 2))), Number.POSITIVE_INFINITY);
  });

  it('given a stat type that is long, then it is written out each time', () => {
    const row = (length: number) => packBuffs([buffStat(1, 'X'.repeat(length), 1, instant(NOW))]);
    assert.ok(row(65).length > 65);
    assert.equal(unpackBuffs(row(65))[0]?.statType.length, 65);
  });

  it('given more stat types than are numbered, then those of later buffs are right as well', () => {
    const buffs = Array.from({ length: 1_200 }, (_, index) => buffStat(1, `TYPE_${index}`, index, instant(NOW)));
    assert.deepEqual(unpackBuffs(packBuffs(buffs)), buffs);
  });

  it('given an item with a stat of 0 and one below, then 0 is left out and the other stays', () => {
    const [item] = unpackAssets(packAssets([asset(1, -1, { strength: 0, luck: -3 })]));
    assert.deepEqual(item?.stats, { luck: -3 });
  });

  it('given more buffs than a call takes arguments, then the first expiry is found', () => {
    const buffs = Array.from({ length: 130_000 }, (_, index) => ({
      ...buffStat(index, 'SPEED', 1, instant(NOW)),
      expiresAt: NOW + index,
    }));
    assert.equal(firstExpiry(packBuffs(buffs)), NOW);
  });
});
