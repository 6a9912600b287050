import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CalculationInput, Line } from '../../ruleset.ts';
import type { BuffStat, WornAsset } from '../../snapshot.ts';
import type { StatRow } from '../../stat.ts';
import type { EquipmentRequirements, SkillEffect } from '../../static-data.ts';
import { createLedger, type Ledger, sumOf, uncappedOf } from '../ledger.ts';
import { gmsV83 } from './ruleset.ts';

const NO_REQUIREMENTS = { level: 0, job: 0, strength: 0, dexterity: 0, intelligence: 0, luck: 0, fame: 0 };

const EFFECT: SkillEffect = {
  weaponAttack: 0,
  magicAttack: 0,
  weaponDefense: 0,
  magicDefense: 0,
  accuracy: 0,
  avoidability: 0,
  speed: 0,
  jump: 0,
  hp: 0,
  mp: 0,
  x: 10,
  y: 20,
  z: 30,
  statups: [],
};

function buff(sourceId: number, statType: string, amount: number, ms = 0): BuffStat {
  return { sourceId, statType, amount, level: 1, createdAt: { ms, ns: 0 }, expiresAt: undefined };
}

function worn(assetId: number, templateId: number, stats: StatRow): WornAsset {
  return { assetId, templateId, slot: -assetId, stats };
}

interface Given {
  readonly input?: Partial<CalculationInput>;
  readonly base?: Partial<CalculationInput['base']>;
  readonly requirements?: Readonly<Record<number, Partial<EquipmentRequirements>>>;
}

function recorded({ input, base, requirements = {} }: Given): Ledger {
  const none = { strength: 0, dexterity: 0, luck: 0, intelligence: 0, max_hp: 0, max_mp: 0 };
  const ledger = createLedger();
  gmsV83.compute(
    {
      base: { ...none, level: 10, job: 0, fame: 0, gm: 0, ...base },
      assets: [],
      buffs: [],
      skills: [],
      data: {
        skill: () => ({ action: false, effects: [EFFECT] }),
        requirements: (templateId) => {
          const asked = requirements[templateId];
          return asked === undefined ? null : { ...NO_REQUIREMENTS, ...asked };
        },
        revision: 0,
      },
      checkRequirements: true,
      ...input,
    },
    ledger,
  );
  return ledger;
}

function short(lines: readonly Line[]): unknown[][] {
  return lines.map(({ phase, source, raw, applied, reason }) => [
    phase,
    'id' in source ? `${source.kind}:${source.id}` : source.kind,
    raw,
    applied,
    ...(reason === undefined ? [] : [reason.code, reason.text]),
  ]);
}

// What it computes stands in test/vectors/gms-v83.json.
describe('ruleset gms-v83', () => {
  it('given energy bars, full or not, when asked for the skills of buffs, then theirs are named', () => {
    const buffs = [buff(5110001, 'ENERGY_CHARGE', 300), buff(21000000, 'ARAN_COMBO', 30)];
    assert.deepEqual(gmsV83.skillsOfBuffs(buffs), [5110001]);
  });
});

describe('the record of ruleset gms-v83', () => {
  it('given everything that can bear on weapon attack, when recorded, then the lines come phase by phase', () => {
    const ledger = recorded({
      input: {
        assets: [worn(1, 1452000, { weapon_attack: 1_900 }), worn(2, 1002000, { weapon_attack: 7 })],
        buffs: [
          buff(1005, 'ECHO_OF_HERO', 4),
          buff(1101006, 'WEAPON_ATTACK', 12),
          buff(2, 'PAD', 5),
          buff(3, 'ENERGY_CHARGE', 300),
        ],
        lapsedBuffs: [buff(9, 'WEAPON_ATTACK', 100)],
        skills: [
          { skillId: 12, level: 1 },
          { skillId: 3120005, level: 1 },
          { skillId: 3220004, level: 1 },
        ],
      },
      requirements: { 1002000: { level: 30, strength: 5 } },
    });
    assert.deepEqual(short(ledger.lines('weapon_attack')), [
      ['equipment', 'equipment:1', 1_900, 1_900],
      ['equipment', 'equipment:2', 7, 0, 'unqualified', 'level 10 of 30, strength 0 of 5'],
      ['passives', 'passive:3120005', 10, 10],
      ['passives', 'passive:3220004', 10, 0, 'inert', 'Marksman Boost needs a weapon of type 146'],
      ['buffs', 'buff:1101006', 12, 12],
      ['buffs', 'buff:3', 300, 0, 'inert', 'bar at 300 of 15000'],
      ['buffs', 'buff:2', 5, 0, 'suppressed', 'buff:1101006 is as strong or stronger (12)'],
      ['buffs', 'buff:9', 100, 0, 'expired', 'lapsed'],
      ['Blessing of the Fairy', 'passive:12', 10, 10],
      // floor(1932 × 1.04) = 2009
      ['Echo of Hero', 'buff:1005', 4, 77],
      ['limits', 'rule', 1_999, -10, 'capped', 'at most 1999'],
    ]);
    assert.equal(sumOf(ledger.lines('weapon_attack')), 1_999);
    assert.equal(uncappedOf(ledger.lines('weapon_attack')), 2_009);
  });

  it('given a Hyper Body above the cap, when recorded, then the cap stands before Maple Warrior', () => {
    const ledger = recorded({ base: { max_hp: 20_000 }, input: { buffs: [buff(1, 'HYPER_BODY_HP', 60)] } });
    assert.deepEqual(short(ledger.lines('max_hp')), [
      ['base', 'base', 20_000, 20_000],
      ['Hyper Body', 'buff:1', 60, 12_000],
      ['HP and MP cap', 'rule', 30_000, -2_000, 'capped', 'at most 30000'],
    ]);
    assert.equal(uncappedOf(ledger.lines('max_hp')), 32_000);
  });

  it('given two types of one source on one stat, when recorded, then the older is replaced', () => {
    const buffs = [buff(1, 'WEAPON_ATTACK', 12, 1_000), buff(1, 'PAD', 5, 2_000)];
    assert.deepEqual(short(recorded({ input: { buffs } }).lines('weapon_attack')), [
      ['buffs', 'buff:1', 5, 5],
      ['buffs', 'buff:1', 12, 0, 'replaced', 'PAD of the same source is newer'],
    ]);
  });

  it('given requirements that are not loaded, when recorded, then the item counts for now', () => {
    const data = { skill: () => null, requirements: () => undefined, revision: 0 };
    const ledger = recorded({ input: { assets: [worn(1, 1002000, { jump: 2 })], data } });
    assert.deepEqual(short(ledger.lines('jump')), [
      ['equipment', 'equipment:1', 2, 2, 'unknown', 'requirements not loaded: counts for now'],
    ]);
  });

  it('given a job of another class, when recorded, then the class is what is lacking', () => {
    const given = { input: { assets: [worn(1, 1002000, { jump: 2 })] }, base: { job: 212 } };
    const ledger = recorded({ ...given, requirements: { 1002000: { job: 1 } } });
    assert.equal(ledger.lines('jump')[0]?.reason?.text, 'job 212 is not of class 1');
  });

  it('given an item that lowers, when recorded, then its line says that items never do', () => {
    const ledger = recorded({ input: { assets: [worn(1, 1002000, { speed: -5 })] } });
    assert.deepEqual(short(ledger.lines('speed')), [
      ['equipment', 'equipment:1', -5, 0, 'inert', 'items never lower a stat'],
    ]);
  });

  it('given sources that bear on no stat, when recorded, then they are set aside with the reason', () => {
    const data = {
      skill: (skillId: number) => (skillId === 4000000 ? undefined : null),
      requirements: () => null,
      revision: 0,
    };
    const skills = [4000000, 5000000].map((skillId) => ({ skillId, level: 1 }));
    const { idles } = recorded({
      input: { buffs: [buff(1, 'STANCE', 90)], lapsedBuffs: [buff(2, 'BOOSTER', 1)], skills, data },
    });
    assert.deepEqual(
      idles.map(({ source, reason }) => ['id' in source ? source.id : source.kind, reason.code]),
      [
        [1, 'inert'],
        [2, 'expired'],
        [4000000, 'unknown'],
        [5000000, 'inert'],
      ],
    );
  });

  it('given intelligence and magic attack of base and equipment above 2000, when recorded, then magic is capped', () => {
    const ledger = recorded({
      base: { intelligence: 900 },
      input: {
        assets: [worn(1, 1372000, { intelligence: 200, magic_attack: 1_000 })],
        buffs: [buff(1, 'MAD', 30), buff(2, 'MAPLE_WARRIOR', 10)],
      },
    });
    assert.deepEqual(short(ledger.derivations.get('magic') ?? []), [
      ['equipment', 'rule', 2_100, 2_100],
      ['magic cap', 'rule', 2_000, -100, 'capped', 'at most 2000'],
      ['limits', 'rule', 120, 120],
    ]);
  });
});
