import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BuffStat } from '../../snapshot.ts';
import { atlas } from './ruleset.ts';

function buff(sourceId: number, statType: string, amount: number): BuffStat {
  return { sourceId, statType, amount, level: undefined, createdAt: { ms: 0, ns: 0 }, expiresAt: undefined };
}

// What it computes stands in test/vectors/atlas.json.
describe('ruleset atlas', () => {
  it('given energy bars, full or not, when asked for the skills of buffs, then theirs are named', () => {
    const buffs = [
      buff(5110001, 'ENERGY_CHARGE', 15_000),
      buff(15100004, 'ENERGY_CHARGE', 300),
      buff(1101006, 'WEAPON_ATTACK', 12),
    ];
    assert.deepEqual(atlas.skillsOfBuffs(buffs), [5110001, 15100004]);
  });
});
