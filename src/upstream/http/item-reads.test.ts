import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import {
  answerWith,
  createStubbedUpstream,
  STUB_TENANT,
  startUpstreamStub,
} from '../../../test/support/upstream-stub.ts';
import type { Format } from '../../../world/model.ts';
import { startUpstreamServer, type UpstreamServer } from '../../../world/upstream-server.ts';
import { createWorld, WORLD_TENANT, type World } from '../../../world/world.ts';
import { AppError } from '../../lib/app-error.ts';

const WHO = { tenant: WORLD_TENANT, characterId: 12 };
const TARGET = { ...WHO, context: undefined };

for (const format of ['S', 'T'] as const satisfies readonly Format[]) {
  describe(`reads of items from services of format ${format}`, () => {
    let world: World;
    let server: UpstreamServer;
    let upstream: ReturnType<typeof createStubbedUpstream>['upstream'];

    before(async () => {
      world = createWorld({ seed: 7, clock: createFakeClock(), emit: () => undefined, format });
      world.makeUp({ ...WHO });
      server = await startUpstreamServer(world);
      ({ upstream } = createStubbedUpstream(server.url));
    });
    after(async () => {
      await upstream.close();
      await server.close();
    });

    it('given items worn and in the bag, when they are read, then both come with slot and stats', async () => {
      const bagged = world.give(WHO, 1002357, { strength: 3, hp: 40 });
      const worn = world.give(WHO, 1302000, { weaponAttack: 17 });
      world.equip(WHO, worn);
      const items = await upstream.items(TARGET);
      const find = (id: number) => items.find(({ assetId }) => assetId === id);
      assert.deepEqual(
        { ...find(worn), stats: { ...find(worn)?.stats } },
        {
          assetId: worn,
          templateId: 1302000,
          slot: -11,
          stats: { weapon_attack: 17 },
        },
      );
      assert.ok((find(bagged)?.slot ?? 0) > 0);
      assert.deepEqual({ ...find(bagged)?.stats }, { strength: 3, max_hp: 40 });
    });

    it('given templates, when they are read, then their default stats come, and whether they are for looks', async () => {
      const belt = await upstream.template(TARGET, 1132004);
      assert.deepEqual(belt, { stats: { weapon_defense: 20, strength: 2, dexterity: 2, max_hp: 50 }, cash: false });
      assert.partialDeepStrictEqual(await upstream.template(TARGET, 1102142), { cash: true });
    });

    it('given a template that nobody knows, when it is read, then that is said in the words of the format', async () => {
      const read = upstream.template(TARGET, 1999999);
      if (format === 'T') assert.equal(await read, 'missing');
      else await assert.rejects(read, (error) => error instanceof AppError && error.code === 'UPSTREAM_REFUSED');
    });

    it('given nobody, when his items are read, then there are none', async () => {
      assert.deepEqual(await upstream.items({ ...TARGET, characterId: 4_000_000_000 }), []);
    });
  });
}

describe('reads of items and the gates', () => {
  it('given templates that fail, when they are read, then the gate stays closed for those who need it', async () => {
    const stub = await startUpstreamStub(answerWith('', 500));
    const { upstream } = createStubbedUpstream(stub.url);
    try {
      for (let templateId = 1; templateId <= 20; templateId += 1) {
        await assert.rejects(upstream.template({ tenant: STUB_TENANT, context: undefined }, templateId));
      }
      assert.equal(upstream.gates.data.state, 'closed');
    } finally {
      await upstream.close();
      await stub.close();
    }
  });

  it('given an open gate, when items are read, then no request is sent', async () => {
    const stub = await startUpstreamStub(answerWith('', 500));
    const { upstream } = createStubbedUpstream(stub.url);
    const target = (characterId: number) => ({ tenant: STUB_TENANT, characterId, context: undefined });
    try {
      for (let id = 1; id <= 10 && upstream.gates.inventory.state === 'closed'; id += 1) {
        await upstream.fetch('equipment', target(id)).catch(() => undefined);
      }
      assert.equal(upstream.gates.inventory.state, 'open');
      const asked = stub.requests.length;
      await assert.rejects(
        upstream.items(target(12)),
        (error) => error instanceof AppError && error.code === 'UPSTREAM_GATE_OPEN',
      );
      assert.equal(stub.requests.length, asked);
    } finally {
      await upstream.close();
      await stub.close();
    }
  });
});
