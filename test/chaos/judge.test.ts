import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ATTRIBUTES } from '../../src/answers/stats-document.ts';
import { STATS, type Stat } from '../../src/domain/stat.ts';
import type { Asset, Buff, Character } from '../../world/model.ts';
import { NO_STATS } from '../../world/model.ts';
import { createWorld, WORLD_TENANT } from '../../world/world.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { StatsAnswer } from '../support/service-process.ts';
import { createJudge, type Question } from './judge.ts';
import type { Truth } from './truth-history.ts';

const NOW = 1_000_000_000;
const BASE = { strength: 100, dexterity: 50, luck: 4, intelligence: 4, max_hp: 1_000, max_mp: 200, level: 50 };

/** Everybody qualifies for it: the game data do not know it. */
const SWORD: Asset = {
  assetId: 7,
  templateId: 1,
  slot: -11,
  stats: { ...NO_STATS, weaponAttack: 30, strength: 2 },
  createdAt: { ms: 0, ns: 0 },
  upgrades: 0,
  level: 0,
};
const SWORD_ROWS = [row('equipment:7', 'strength', 2), row('equipment:7', 'weapon_attack', 30)];
const HYMN: Buff = {
  id: '',
  sourceId: 9,
  level: 1,
  duration: 60_000,
  changes: [{ type: 'WEAPON_DEFENSE', amount: 12 }],
  createdAt: { ms: NOW, ns: 0 },
  expiresAt: undefined,
};
const HYMN_ROWS = [row('buff:9', 'weapon_defense', 12)];

function row(source: string, statType: string, amount: number) {
  return { source, statType, amount, multiplier: 0, basePercent: 0 };
}

function somebody(changes: Partial<Character>): Character {
  const world = createWorld({ seed: 1, clock: createFakeClock(), emit: () => undefined });
  return { ...world.makeUp({ tenant: WORLD_TENANT, characterId: 12, base: BASE }), ...changes };
}

function truth(character: Character): Truth {
  return { character, since: 0, until: Number.POSITIVE_INFINITY, announcements: [] };
}

function answer(
  totals: Partial<Record<Stat, number>>,
  bonuses: StatsAnswer['bonuses'],
  degraded: readonly string[] = [],
): StatsAnswer {
  const base: Partial<Record<Stat, number>> = somebody({}).base;
  const attributes = STATS.map((stat) => [ATTRIBUTES[stat], totals[stat] ?? base[stat] ?? 0]);
  return {
    status: 200,
    headers: new Headers(),
    attributes: Object.fromEntries(attributes),
    bonuses,
    degraded,
    body: '',
  };
}

const AT_ONCE = { retold: [], endedAt: NOW };

const judge = (given: StatsAnswer, ...characters: Character[]) =>
  judgeOf({ ...AT_ONCE, answer: given, truths: characters.map(truth), past: characters.map(truth) }).kind;

const judgeOf = createJudge('T');

describe('the judge', () => {
  const bare = somebody({});
  const armed = somebody({ assets: [SWORD] });
  const armedAndSung = somebody({ assets: [SWORD], buffs: [HYMN] });

  it('given an answer that equals one truth of the window, then it is exact', () => {
    assert.equal(judge(answer({ strength: 102, weapon_attack: 30 }, SWORD_ROWS), bare, armed), 'exact');
  });

  it('given sources that were true at different moments only, then it is mixed', () => {
    const sungOnly = somebody({ buffs: [HYMN] });
    const both = answer({ strength: 102, weapon_attack: 30, weapon_defense: 12 }, [...SWORD_ROWS, ...HYMN_ROWS]);
    assert.equal(judge(both, sungOnly, armed), 'mixed');
  });

  it('given a source that is gone from the window, then it is a lie', () => {
    assert.equal(judge(answer({ strength: 102, weapon_attack: 30 }, SWORD_ROWS), bare), 'lie');
  });

  it('given a source that was there throughout and is missing, then it is a lie', () => {
    assert.equal(judge(answer({ strength: 102, weapon_attack: 30 }, SWORD_ROWS), armedAndSung), 'lie');
    assert.equal(judge(answer({}, []), armed), 'lie');
  });

  it('given totals that the bonuses do not add up to, then it is a lie', () => {
    assert.equal(judge(answer({ strength: 103, weapon_attack: 30 }, SWORD_ROWS), armed), 'lie');
    assert.equal(judge(answer({ strength: 102, weapon_attack: 31 }, SWORD_ROWS), armed), 'lie');
  });

  it('given degraded buffs, then buffs may be anything, and equipment may not', () => {
    const wrongBuffs = answer({ strength: 102, weapon_attack: 30 }, SWORD_ROWS, ['buffs']);
    assert.equal(judge(wrongBuffs, armedAndSung), 'degraded');
    assert.equal(judge(wrongBuffs, bare), 'lie');
  });

  it('given degraded buffs, then a worn item that anybody may wear has to be listed all the same', () => {
    assert.equal(judge(answer({}, [], ['buffs']), armed), 'lie');
    assert.equal(judge(answer({}, [], ['equipment']), armed), 'degraded');
  });

  it('given a degraded base, then it has to be one that was true or told again once, and its bonuses have to add up', () => {
    const grown = { ...bare, base: { ...bare.base, strength: 120 } };
    const past = [grown, bare].map(truth);
    const verdictOn = (given: StatsAnswer, retold: Question['retold'] = []) =>
      judgeOf({ ...AT_ONCE, answer: given, truths: past.slice(0, 1), past, retold }).kind;
    assert.equal(verdictOn(answer({}, [], ['base'])), 'degraded');
    assert.equal(verdictOn(answer({}, [], [])), 'lie');
    assert.equal(verdictOn(answer({ strength: 7 }, [], ['base'])), 'lie');
    assert.equal(verdictOn(answer({ strength: 7 }, [], ['base']), [{ strength: 7 }]), 'degraded');
    assert.equal(verdictOn(answer({ strength: 7 }, []), [{ strength: 7 }]), 'lie');
    assert.equal(verdictOn(answer({ weapon_attack: 7 }, [], ['base'])), 'lie');
  });

  it('given a base of zeros, then it is a lie whatever is degraded', () => {
    const zeros = { strength: 0, dexterity: 0, luck: 0, intelligence: 0, max_hp: 0, max_mp: 0 };
    assert.equal(judge(answer(zeros, [], ['base']), bare), 'lie');
  });

  it('given a buff whose time is up, then it counts as long as it is listed', () => {
    const lapsed = somebody({ buffs: [{ ...HYMN, expiresAt: { ms: NOW - 60_000, ns: 0 } }] });
    assert.equal(judge(answer({ weapon_defense: 12 }, HYMN_ROWS), lapsed), 'exact');
    assert.equal(judge(answer({}, []), lapsed), 'lie');
  });

  it('given a buff that subtracts from nothing, then its absence is told from its presence', () => {
    const curse: Buff = { ...HYMN, changes: [{ type: 'WEAPON_DEFENSE', amount: -9 }] };
    const shield: Asset = { ...SWORD, stats: { ...NO_STATS, weaponDefense: 20 } };
    const cursed = somebody({ assets: [shield], buffs: [curse] });
    const free = somebody({ assets: [shield] });
    const rows = [row('equipment:7', 'weapon_defense', 20), row('buff:9', 'weapon_defense', -9)];
    assert.equal(judge(answer({ weapon_defense: 11 }, rows), cursed, free), 'exact');
    assert.equal(judge(answer({ weapon_defense: 20 }, rows.slice(0, 1)), cursed), 'lie');
  });
});
