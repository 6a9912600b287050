import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PARTS } from '../../src/domain/part.ts';
import type { PartSnapshot } from '../../src/domain/snapshot.ts';
import { ITEM_TEMPLATES } from '../../world/item-templates.ts';
import { type Character, type Format, wornAssets } from '../../world/model.ts';
import { SKILL_TEMPLATES } from '../../world/skill-templates.ts';
import { startUpstreamServer, type UpstreamServer } from '../../world/upstream-server.ts';
import { createWorld, WORLD_TENANT, type World } from '../../world/world.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createStubbedUpstream } from '../support/upstream-stub.ts';
import { until } from '../support/wait.ts';

/** An item that no world has. */
const UNHEARD_OF = 1_999_999;

for (const format of ['S', 'T'] as const satisfies readonly Format[]) {
  describe(`the upstream clients on services of format ${format}`, () => {
    let world: World;
    let server: UpstreamServer;
    let upstream: ReturnType<typeof createStubbedUpstream>['upstream'];
    const targetOf = ({ characterId }: Pick<Character, 'characterId'>) => ({
      tenant: WORLD_TENANT,
      characterId,
      context: undefined,
    });

    before(async () => {
      const clock = createFakeClock();
      world = createWorld({ seed: 7, clock, emit: () => undefined, characters: 40, format });
      for (const character of world.characters().slice(10)) buff(world, character);
      server = await startUpstreamServer(world);
      ({ upstream } = createStubbedUpstream(server.url));
    });
    after(async () => {
      await upstream.close();
      await server.close();
    });

    it('given anybody, then all four parts are read as they truly are', async () => {
      assert.ok(world.characters().some((character) => wornAssets(character).length > 0));
      for (const character of world.characters()) {
        const target = targetOf(character);
        assert.deepEqual(await upstream.fetch('base', target), { part: 'base', values: character.base });
        assert.deepEqual(wornIn(await upstream.fetch('equipment', target)), trulyWorn(character));
        assert.deepEqual(await upstream.fetch('passives', target), {
          part: 'passives',
          skills: character.skills.filter(({ level }) => level > 0).map(({ skillId, level }) => ({ skillId, level })),
        });
        assert.deepEqual(sorted(await upstream.fetch('buffs', target)), sorted(trueBuffs(character, format)));
      }
    });

    it('given nobody, then the character is missing', async () => {
      assert.equal(await upstream.fetch('base', targetOf({ characterId: 4_000_000_000 })), 'missing');
    });

    it('given every skill and item there is, and one that is not, then the data are known, and that one is missing', async () => {
      const skillIds = [...SKILL_TEMPLATES.keys()];
      const templateIds = [...ITEM_TEMPLATES.keys()];
      const wanted = { tenant: WORLD_TENANT, context: undefined };
      await upstream.ensureStaticData({ ...wanted, skillIds, templateIds });
      await upstream.ensureStaticData({ ...wanted, skillIds: [], templateIds: [UNHEARD_OF] });
      const data = upstream.staticData(WORLD_TENANT);
      for (const { skillId, action, maxLevel, effect } of SKILL_TEMPLATES.values()) {
        const skill = data.skill(skillId);
        assert.equal(skill?.action, action);
        assert.equal(skill?.effects.length, maxLevel);
        assert.equal(skill?.effects.at(-1)?.weaponAttack, effect(maxLevel).weaponAttack ?? 0);
      }
      for (const { templateId, requires } of ITEM_TEMPLATES.values()) {
        const requirements = data.requirements(templateId);
        assert.equal(requirements?.level, format === 'S' ? 0 : requires.level);
        assert.equal(requirements?.strength, format === 'S' ? 0 : requires.str);
      }
      await until(
        'it is known to be missing, by a third 500 in a row of S',
        () => data.requirements(UNHEARD_OF) === null,
      );
      assert.equal(upstream.gates.data.state, 'closed');
    });

    for (const body of ['not-json', 'wrong-types', 'other-id', 'zeros'] as const) {
      it(`given bodies that are ${body}, then no part is read from them`, async (test) => {
        const failure = { kind: 'wrong-body', body } as const;
        const misbehaviour = {
          characters: { failure },
          inventory: { failure },
          buffs: { failure },
          skills: { failure },
        };
        const broken = await startUpstreamServer(world, { misbehaviour });
        test.after(() => broken.close());
        const clients = createStubbedUpstream(broken.url);
        test.after(() => clients.upstream.close());
        const character = world.characters().find((one) => wornAssets(one).length > 0 && one.everBuffed);
        assert.ok(character !== undefined);
        for (const part of PARTS) {
          const code = body === 'not-json' ? 'UPSTREAM_STRANGER' : 'UPSTREAM_INVALID_ANSWER';
          await assert.rejects(clients.upstream.fetch(part, targetOf(character)), { code });
        }
      });
    }
  });
}

/** Of every kind: a party buff, several stats, an item's, one for good, several under one source. */
function buff(world: World, who: Character): void {
  const changes = (...types: readonly string[]) => types.map((type, index) => ({ type, amount: 10 * index - 5 }));
  const timed = { level: 20, duration: 60_000 };
  world.applyBuff(who, { sourceId: 4_101_004, ...timed, changes: changes('SPEED', 'JUMP'), fromId: 1 });
  world.applyBuff(who, { sourceId: -2_002_004, ...timed, level: 0, changes: changes('WEAPON_ATTACK') });
  world.applyBuff(who, { sourceId: 5_110_001, level: 20, duration: 0, changes: changes('ENERGY_CHARGE') });
  world.accumulateBuff(who, { sourceId: 1_320_009, ...timed, changes: changes('ACCURACY', 'WEAPON_DEFENSE') });
}

function wornIn(snapshot: PartSnapshot | 'missing') {
  assert.ok(snapshot !== 'missing' && snapshot.part === 'equipment');
  return snapshot.assets.map(({ assetId, templateId, slot, stats }) => ({ assetId, templateId, slot, stats }));
}

function trulyWorn(character: Character) {
  return wornAssets(character).map(({ assetId, templateId, slot, stats: { hands: _, hp, mp, ...stats } }) => ({
    assetId,
    templateId,
    slot,
    stats: positive({
      strength: stats.strength,
      dexterity: stats.dexterity,
      luck: stats.luck,
      intelligence: stats.intelligence,
      max_hp: hp,
      max_mp: mp,
      weapon_attack: stats.weaponAttack,
      weapon_defense: stats.weaponDefense,
      magic_attack: stats.magicAttack,
      magic_defense: stats.magicDefense,
      accuracy: stats.accuracy,
      avoidability: stats.avoidability,
      speed: stats.speed,
      jump: stats.jump,
    }),
  }));
}

function positive(stats: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(stats).filter(([, value]) => value > 0));
}

function trueBuffs({ buffs }: Character, format: Format): PartSnapshot {
  return {
    part: 'buffs',
    buffs: buffs.flatMap(({ sourceId, level, changes, createdAt, expiresAt }) =>
      changes.map(({ type, amount }) => ({
        sourceId,
        statType: type,
        amount,
        level: format === 'S' ? undefined : level,
        createdAt: { ms: createdAt.ms, ns: createdAt.ns },
        expiresAt: expiresAt?.ms,
      })),
    ),
  };
}

function sorted(snapshot: PartSnapshot | 'missing') {
  assert.ok(snapshot !== 'missing' && snapshot.part === 'buffs');
  const key = (buff: (typeof snapshot.buffs)[number]): string => `${buff.sourceId} ${buff.statType}`;
  return snapshot.buffs.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
