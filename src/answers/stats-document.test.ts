import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { StatsDocument } from '../api/openapi.ts';
import type { Bonus, EffectiveStats } from '../domain/ruleset.ts';
import { encodeStats } from './stats-document.ts';

const NOTHING_MISSING = { templateIds: [], skillIds: [], buffSkillIds: [] };
const CONTRACT_VALUES = [150, 80, 45, 50, 8500, 2500, 120, 85, 60, 70, 95, 40, 120, 115];

function stats(bonuses: readonly Bonus[]): EffectiveStats {
  return { values: CONTRACT_VALUES, bonuses, missing: NOTHING_MISSING };
}

function bonus(part: Partial<Bonus>): Bonus {
  return { kind: 'equipment', id: 177, stat: 'strength', amount: 0, percent: 0, basePercent: 0, ...part };
}

test('given the example, when it is encoded, then it is the document to the byte', () => {
  assert.equal(
    encodeStats(12, stats([bonus({ amount: 15 })]), []),
    '{"data":{"type":"effective-stats","id":"12","attributes":{"strength":150,"dexterity":80,"luck":45,"intelligence":50,' +
      '"maxHP":8500,"maxMP":2500,"weaponAttack":120,"weaponDefense":85,"magicAttack":60,"magicDefense":70,"accuracy":95,' +
      '"avoidability":40,"speed":120,"jump":115,"bonuses":[{"source":"equipment:177","statType":"strength","amount":15,' +
      '"multiplier":0,"basePercent":0}]}}}',
  );
});

test('given no bonuses, when stats are encoded, then the list is left out', () => {
  assert.doesNotMatch(encodeStats(12, stats([]), []), /bonuses|meta/);
});

test('given degraded parts, when stats are encoded, then they are named at the top level, in the order given', () => {
  const document = encodeStats(12, stats([]), ['buffs', 'requirements']);
  assert.ok(document.endsWith('"jump":115}},"meta":{"degraded":["buffs","requirements"]}}'));
});

test('given percents, when stats are encoded, then the multiplier is percent/100 without rounding noise', () => {
  for (let percent = 0; percent <= 300; percent += 1) {
    const document = encodeStats(12, stats([bonus({ kind: 'buff', id: -2022003, stat: 'max_hp', percent })]), []);
    const [, multiplier = ''] = /"multiplier":([^,]+)/.exec(document) ?? [];
    assert.equal(multiplier, String(Number(`${percent}e-2`)));
  }
  const document = encodeStats(12, stats([bonus({ kind: 'passive', id: 9, basePercent: 10 })]), []);
  assert.match(document, /"source":"passive:9","statType":"strength","amount":0,"multiplier":0,"basePercent":10/);
});

test('given all there can be, when stats are encoded, then the document is what the API description promises', () => {
  const bonuses = [bonus({ amount: 15 }), bonus({ kind: 'buff', id: -1, stat: 'max_mp', percent: 60 })];
  const document: unknown = JSON.parse(encodeStats(4_294_967_295, stats(bonuses), ['base', 'equipment']));
  assert.deepEqual(Value.Errors(StatsDocument, document), []);
});
