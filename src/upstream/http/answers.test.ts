import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Undecodable } from '../../wire/undecodable.ts';
import { buffsSnapshot, readBuff } from './buffs-answer.ts';
import { readCharacter } from './character-answer.ts';
import { readRequirements, readSkillData } from './data-answer.ts';
import { pageOf, type Resource } from './documents.ts';
import { readCompartment } from './inventory-answer.ts';
import { readSkill, skillsSnapshot } from './skills-answer.ts';

const ID = 12;
const invalid = (field: string) => (error: unknown) => error instanceof Undecodable && error.message.startsWith(field);

describe('characters/{id}', () => {
  const ATTRIBUTES = {
    level: 30,
    jobId: 410,
    strength: 4,
    dexterity: 65_535,
    intelligence: 4,
    luck: 4,
    maxHp: 684,
    maxMp: 163,
    hp: 0,
    mp: 0,
    fame: -3,
    gm: 1,
    worldId: 0,
  };
  const document = (attributes: object, id = '12') => ({ data: { type: 'characters', id, attributes } });

  it('given a character, then the base fields are read, each from its own', () => {
    assert.deepEqual(readCharacter(document(ATTRIBUTES), ID), {
      part: 'base',
      values: {
        strength: 4,
        dexterity: 65_535,
        luck: 4,
        intelligence: 4,
        max_hp: 684,
        max_mp: 163,
        level: 30,
        job: 410,
        fame: -3,
        gm: 1,
      },
    });
  });

  it('given another id than was asked for, or that of a broken database of format S, then it is invalid', () => {
    for (const id of ['13', '0', '012', '12 ', '']) {
      assert.throws(() => readCharacter(document(ATTRIBUTES, id), ID), invalid('data.id'));
    }
    assert.throws(
      () => readCharacter({ data: { type: 'characters', attributes: ATTRIBUTES } }, ID),
      invalid('data.id'),
    );
  });

  it('given nothing but zeros, then it is invalid', () => {
    const zeros = Object.fromEntries(Object.keys(ATTRIBUTES).map((key) => [key, 0]));
    assert.throws(() => readCharacter(document(zeros), ID), invalid('data.attributes'));
  });

  const WRONG: readonly unknown[] = ['strong', -5, 1.5, 1e300, true, [], {}, undefined];
  for (const key of ['strength', 'dexterity', 'intelligence', 'luck', 'maxHp', 'maxMp', 'level', 'jobId']) {
    it(`given a ${key} of the wrong type or range, or none, then it is invalid`, () => {
      for (const value of [...WRONG, 4_294_967_296]) {
        assert.throws(
          () => readCharacter(document({ ...ATTRIBUTES, [key]: value }), ID),
          invalid(`data.attributes.${key}`),
        );
      }
    });
  }

  it('given no document, no data or no attributes, then it is invalid', () => {
    for (const wrong of [null, 7, 'x', [], {}, { data: null }, { data: [] }, { data: { id: '12' } }]) {
      assert.throws(() => readCharacter(wrong, ID), Undecodable);
    }
  });
});

describe('characters/{id}/inventory/compartments', () => {
  const flat = (slot: number, stats: object) => ({ slot, templateId: 1_302_000, strength: 0, ...stats });
  const asset = (id: unknown, attributes: object) => ({ type: 'assets', id, attributes });
  const document = (...included: readonly unknown[]) => ({
    data: { type: 'compartments', id: 'U', attributes: { type: 1, capacity: 24 } },
    included,
  });
  const worn = (...included: readonly unknown[]) => {
    const snapshot = readCompartment(document(...included));
    return snapshot.part === 'equipment' ? snapshot.assets : assert.fail();
  };

  it('given assets of today’s format, then those worn are read, with their positive stats only', () => {
    const stats = { strength: 1, hp: 300, mp: -5, weaponAttack: 17, hands: 9, luck: null, speed: 0 };
    const inBag = { slot: 3, templateId: 'whatever' };
    assert.deepEqual(worn(asset('177', flat(-11, stats)), asset('178', inBag), asset('179', flat(-101, { mp: 50 }))), [
      { assetId: 177, templateId: 1_302_000, slot: -11, stats: { strength: 1, max_hp: 300, weapon_attack: 17 } },
      { assetId: 179, templateId: 1_302_000, slot: -101, stats: { max_mp: 50 } },
    ]);
  });

  it('given assets of format S, then their stats are read from referenceData, and only equipment counts', () => {
    const nested = (referenceType: string) => ({
      slot: -5,
      templateId: 7,
      referenceId: 1,
      referenceType,
      referenceData: { magicAttack: 3, accuracy: 2 },
    });
    const types = ['equipable', 'cash-equipable', 'cash_equipable', 'pet', 'consumable'];
    const assets = worn(...types.map((type, index) => asset(String(index), nested(type))));
    assert.deepEqual(
      assets.map(({ assetId, stats }) => ({ assetId, stats })),
      [0, 1, 2].map((assetId) => ({ assetId, stats: { magic_attack: 3, accuracy: 2 } })),
    );
  });

  it('given no assets, then nothing is worn', () => {
    const { data } = document();
    const none = { data: { ...data, relationships: { assets: { data: [] } } } };
    assert.deepEqual(readCompartment(none), { part: 'equipment', assets: [] });
    assert.deepEqual(readCompartment({ ...none, included: null }), { part: 'equipment', assets: [] });
  });

  it('given included resources that are no assets, then they are passed over', () => {
    assert.deepEqual(worn({ type: 'pets', id: 'x' }), []);
  });

  it('given a related asset that is not included, then the answer is invalid, whatever the order of the others', () => {
    const related = (...ids: readonly string[]) => ({
      ...document(asset('1', flat(-1, {})), asset('2', flat(2, {}))),
      data: {
        ...document().data,
        relationships: { assets: { data: ids.map((id) => ({ type: 'assets', id })) } },
      },
    });
    assert.equal(readCompartment(related('2', '1')).part, 'equipment');
    assert.throws(() => readCompartment(related('2', '1', '3')), invalid('included'));
  });

  it('given an asset twice, or another compartment, then the answer is invalid', () => {
    assert.throws(() => worn(asset('1', flat(-1, {})), asset('1', flat(4, {}))), invalid('included[1].id'));
    const use = { data: { id: 'U', attributes: { type: 2, capacity: 24 } } };
    assert.throws(() => readCompartment(use), invalid('data.attributes.type'));
  });

  const cases: readonly (readonly [string, unknown, string])[] = [
    ['a slot that is no int16', asset('1', flat(-40_000, {})), 'included[0].attributes.slot'],
    ['no slot', asset('1', { templateId: 1, strength: 1 }), 'included[0].attributes.slot'],
    ['an id that is no uint32', asset('4294967296', flat(-1, {})), 'included[0].id'],
    ['an id that is no text', asset(177, flat(-1, {})), 'included[0].id'],
    ['no template', asset('1', { slot: -1, strength: 1 }), 'included[0].attributes.templateId'],
    ['a stat that is a word', asset('1', flat(-1, { hp: 'strong' })), 'included[0].attributes.hp'],
    ['a stat that is no int32', asset('1', flat(-1, { hp: 2 ** 31 })), 'included[0].attributes.hp'],
    ['no stats at all', asset('1', { slot: -1, templateId: 1 }), 'included[0].attributes'],
    [
      'equipment of format S without its stats',
      asset('1', { slot: -1, templateId: 1, referenceType: 'equipable' }),
      'included[0].attributes',
    ],
    [
      'nested stats that are no object',
      asset('1', { slot: -1, templateId: 1, referenceData: 3 }),
      'included[0].attributes.referenceData',
    ],
  ];
  for (const [what, value, field] of cases) {
    it(`given a worn asset with ${what}, then the answer is invalid`, () => {
      assert.throws(() => worn(value), invalid(field));
    });
  }
});

describe('characters/{id}/buffs', () => {
  const ATTRIBUTES = {
    sourceId: 2_311_003,
    level: 20,
    duration: 200_000,
    changes: [{ type: 'WEAPON_ATTACK', amount: 10 }],
    createdAt: '2026-02-03T18:01:57.123456789Z',
    expiresAt: '2026-02-03T19:05:17+01:00',
    noExpiry: false,
  };
  const buff = (attributes: object): Resource => ({ id: 'U', attributes: { ...ATTRIBUTES, ...attributes } });
  const read = (...instances: readonly object[]) => {
    const snapshot = buffsSnapshot(instances.map((instance) => readBuff(buff(instance), 'data[0]')));
    return snapshot.part === 'buffs' ? snapshot.buffs : assert.fail();
  };

  it('given a buff, then it is read to the nanosecond', () => {
    assert.deepEqual(read({}), [
      {
        sourceId: 2_311_003,
        statType: 'WEAPON_ATTACK',
        amount: 10,
        level: 20,
        createdAt: { ms: Date.UTC(2026, 1, 3, 18, 1, 57, 123), ns: 456_789 },
        expiresAt: Date.UTC(2026, 1, 3, 18, 5, 17),
      },
    ]);
  });

  it('given format S, an item’s source and no changes, then that is read', () => {
    const changes = [{ type: 'JUMP', amount: -7 }];
    const [only] = read({ sourceId: -2_002_004, level: undefined, noExpiry: undefined, changes }, { changes: null });
    assert.equal(only?.sourceId, -2_002_004);
    assert.equal(only?.level, undefined);
    assert.equal(only?.amount, -7);
  });

  it('given noExpiry or the zero time, then it never expires', () => {
    assert.equal(read({ noExpiry: true })[0]?.expiresAt, undefined);
    assert.equal(read({ expiresAt: '0001-01-01T00:00:00Z' })[0]?.expiresAt, undefined);
  });

  it('given a source several times, then of each of its stat types the newest counts, whatever the order', () => {
    const older = {
      createdAt: '2026-02-03T18:01:57.123456788Z',
      changes: [
        { type: 'WEAPON_ATTACK', amount: 1 },
        { type: 'SPEED', amount: 2 },
      ],
    };
    const newer = { changes: [{ type: 'WEAPON_ATTACK', amount: 3 }] };
    const elsewhere = { sourceId: 5, createdAt: '2020-01-01T00:00:00Z' };
    for (const instances of [
      [older, newer, elsewhere],
      [elsewhere, newer, older],
    ]) {
      const amounts = Object.fromEntries(read(...instances).map((b) => [`${b.sourceId} ${b.statType}`, b.amount]));
      assert.deepEqual(amounts, { '2311003 WEAPON_ATTACK': 3, '2311003 SPEED': 2, '5 WEAPON_ATTACK': 10 });
    }
  });

  const cases: readonly (readonly [string, object, string])[] = [
    ['no source', { sourceId: undefined }, 'sourceId'],
    ['a source that is no int32', { sourceId: 2 ** 31 }, 'sourceId'],
    ['a level that is a word', { level: 'high' }, 'level'],
    ['no createdAt', { createdAt: undefined }, 'createdAt'],
    ['a createdAt that is no day', { createdAt: '2026-02-30T00:00:00Z' }, 'createdAt'],
    ['a createdAt of zero', { createdAt: '0001-01-01T00:00:00Z' }, 'createdAt'],
    ['no expiresAt', { expiresAt: undefined }, 'expiresAt'],
    ['an expiresAt that is a number', { expiresAt: 1_770_000_000 }, 'expiresAt'],
    ['a noExpiry that is a word', { noExpiry: 'true' }, 'noExpiry'],
    ['changes that are no list', { changes: {} }, 'changes'],
    ['a change that is none', { changes: [null] }, 'changes[0]'],
    ['a change without type', { changes: [{ amount: 1 }] }, 'changes[0].type'],
    ['a change with an empty type', { changes: [{ type: '', amount: 1 }] }, 'changes[0].type'],
    ['a change without amount', { changes: [{ type: 'SPEED' }] }, 'changes[0].amount'],
    ['an amount that is no int32', { changes: [{ type: 'SPEED', amount: 1e10 }] }, 'changes[0].amount'],
  ];
  for (const [what, attributes, field] of cases) {
    it(`given ${what}, then it is invalid`, () => {
      assert.throws(() => read(attributes), invalid(`data[0].attributes.${field}`));
    });
  }
});

describe('characters/{id}/skills', () => {
  const skill = (id: string, level: unknown): Resource => ({
    id,
    attributes: { level, masterLevel: 0, expiration: '2020-01-01T00:00:00Z' },
  });

  it('given skills, then those of level 1 and more are read, expired or not', () => {
    const skills = [skill('1000001', 10), skill('12', 0), skill('4294967295', 1)];
    assert.deepEqual(skillsSnapshot(skills.map((resource) => readSkill(resource, 'data[0]'))), {
      part: 'passives',
      skills: [
        { skillId: 1_000_001, level: 10 },
        { skillId: 4_294_967_295, level: 1 },
      ],
    });
  });

  it('given an id or a level of the wrong type or range, then it is invalid', () => {
    for (const id of ['', '-1', 'x', '4294967296', '1e3', ' 1']) {
      assert.throws(() => readSkill(skill(id, 1), 'data[0]'), invalid('data[0].id'));
    }
    for (const level of [-1, 1.5, '3', undefined, 2 ** 31]) {
      assert.throws(() => readSkill(skill('1', level), 'data[0]'), invalid('data[0].attributes.level'));
    }
  });
});

describe('a page of a list', () => {
  const data = [{ type: 'skills', id: '1', attributes: {} }];
  const page = (meta: unknown, number = 1) => pageOf({ data, meta }, 'skills', number, (resource) => resource.id);

  it('given no meta, or one without pages, then it is all', () => {
    for (const meta of [undefined, null, {}, { total: 9 }]) {
      assert.deepEqual(page(meta), { items: ['1'], last: 1, total: undefined });
    }
  });

  it('given a meta, then it says how many pages and resources there are', () => {
    assert.deepEqual(page({ page: { last: 3, number: 2, size: 250 }, total: 501 }, 2), {
      items: ['1'],
      last: 3,
      total: 501,
    });
  });

  it('given an absurd last page, another page than was asked for, or a total that is none, then it is invalid', () => {
    for (const last of [41, 1e9, -1, 1.5, 'many', undefined]) {
      assert.throws(() => page({ page: { last } }), invalid('meta.page.last'));
    }
    assert.throws(() => page({ page: { last: 3, number: 1 } }, 2), invalid('meta.page.number'));
    assert.throws(() => page({ page: { last: 1 }, total: -1 }), invalid('meta.total'));
  });

  it('given no list, or something in it that is no resource, then it is invalid; null is an empty list', () => {
    const read = (given: unknown) => pageOf(given, 'skills', 1, (resource) => resource.id);
    assert.deepEqual(read({ data: null }).items, []);
    for (const wrong of [{}, { data: {} }, { data: [null] }, { data: [{ id: '1' }] }, { data: [{ attributes: {} }] }]) {
      assert.throws(() => read(wrong), Undecodable);
    }
  });
});

describe('data/skills/{id}', () => {
  const document = (attributes: object, id = '12') => ({ data: { type: 'skills', id, attributes } });

  it('given a skill, then its effects are read by level; what is left out is 0', () => {
    const statups = [{ type: 'SPEED', amount: 2 }];
    const effects = [{ weaponAttack: 1, x: 5, mp: -3, statups, cooldown: 'ignored' }, { statups: null }];
    const skill = readSkillData(document({ action: false, effects }), ID);
    assert.equal(skill.action, false);
    assert.equal(skill.effects.length, 2);
    assert.equal(skill.effects[0]?.weaponAttack, 1);
    assert.equal(skill.effects[0]?.x, 5);
    assert.equal(skill.effects[0]?.mp, -3);
    assert.equal(skill.effects[0]?.z, 0);
    assert.deepEqual(skill.effects[0]?.statups, statups);
    assert.deepEqual(skill.effects[1]?.statups, []);
    assert.deepEqual(readSkillData(document({ action: true, effects: null }), ID).effects, []);
  });

  it('given another id, no action, or an effect of the wrong type, then it is invalid', () => {
    assert.throws(() => readSkillData(document({ action: true }, '13'), ID), invalid('data.id'));
    assert.throws(() => readSkillData(document({ effects: [] }), ID), invalid('data.attributes.action'));
    for (const effect of [null, 1, { x: 'strong' }, { x: 1.5 }, { statups: {} }, { statups: [{ type: 'SPEED' }] }]) {
      assert.throws(
        () => readSkillData(document({ action: true, effects: [effect] }), ID),
        invalid('data.attributes.effects[0]'),
      );
    }
  });
});

describe('data/equipment/{templateId}', () => {
  const document = (attributes: object, id = '12') => ({ data: { type: 'statistics', id, attributes } });

  it('given requirements, then they are read; fame by either of its names', () => {
    const all = { reqLevel: 30, reqJob: 1, reqStr: 90, reqDex: 2, reqInt: 3, reqLuk: 4, cash: false };
    const requirements = { level: 30, job: 1, strength: 90, dexterity: 2, intelligence: 3, luck: 4, fame: 0 };
    assert.deepEqual(readRequirements(document(all), ID), requirements);
    assert.deepEqual(readRequirements(document({ ...all, reqPOP: 5 }), ID), { ...requirements, fame: 5 });
    assert.deepEqual(readRequirements(document({ ...all, reqPop: 5 }), ID), { ...requirements, fame: 5 });
  });

  it('given none, as in format S, then nothing is demanded', () => {
    const requirements = readRequirements(document({ strength: 5, slots: 7 }), ID);
    assert.ok(Object.values(requirements).every((value) => value === 0));
  });

  it('given another id or a requirement of the wrong type, then it is invalid', () => {
    assert.throws(() => readRequirements(document({}, '0'), ID), invalid('data.id'));
    assert.throws(() => readRequirements(document({ reqStr: 'strong' }), ID), invalid('data.attributes.reqStr'));
  });
});
