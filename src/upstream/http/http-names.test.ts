import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { answerWith, STUB_TENANT, startUpstreamStub, type UpstreamStub } from '../../../test/support/upstream-stub.ts';
import { startUpstreamServer } from '../../../world/upstream-server.ts';
import { createWorld, WORLD_TENANT } from '../../../world/world.ts';
import { systemClock } from '../../lib/clock.ts';
import { createHttpNames } from './http-names.ts';

const LONG = 5_000;

function namesOf(url: string, dataGate: 'open' | 'closed' = 'closed') {
  const closed = { state: 'closed' } as const;
  return createHttpNames({
    baseUrls: { characters: url, inventory: url, buffs: url, skills: url, data: url },
    timeout: 1_000,
    environment: 'blue',
    clock: systemClock,
    random: Math.random,
    onDate: () => undefined,
    onEnvironmentRefused: () => undefined,
    observe: () => undefined,
    gates: { characters: closed, inventory: closed, buffs: closed, skills: closed, data: { state: dataGate } },
  });
}

/** Runs with names from a stub, and closes both. */
async function withStub(
  handler: UpstreamStub['handler'],
  run: (names: ReturnType<typeof namesOf>, stub: UpstreamStub) => Promise<void>,
  gate?: 'open',
): Promise<void> {
  const stub = await startUpstreamStub(handler);
  const names = namesOf(stub.url, gate);
  try {
    await run(names, stub);
  } finally {
    await names.close();
    await stub.close();
  }
}

for (const format of ['S', 'T'] as const) {
  describe(`names from services of format ${format}`, () => {
    it('given a world, when names are asked for, then items, skills and characters have theirs', async () => {
      const world = createWorld({ seed: 7, clock: createFakeClock(), emit: () => undefined, format });
      world.makeUp({ tenant: WORLD_TENANT, characterId: 12, name: 'Tristan' });
      const server = await startUpstreamServer(world);
      const names = namesOf(server.url);
      try {
        const target = { tenant: WORLD_TENANT, context: undefined };
        const wanted = { item: [1302059, 2002004, 1999999], skill: [1301007], character: [12, 13] };
        await names.ensure(target, wanted, LONG);
        const of = (kind: 'item' | 'skill' | 'character', id: number) => names.of(kind, WORLD_TENANT, id);
        assert.equal(of('item', 1302059), 'Dragon Carabella');
        assert.equal(of('item', 2002004), 'Warrior Potion');
        assert.equal(of('item', 1999999), undefined);
        assert.equal(of('skill', 1301007), 'Hyper Body');
        assert.equal(of('character', 12), 'Tristan');
        assert.equal(of('character', 13), undefined);
        const found = await names.findItems(target, 'maple s');
        assert.ok(found.some(({ templateId, name }) => templateId === 1302020 && name === 'Maple Sword'));
        assert.ok(found.every(({ name }) => name.toLowerCase().includes('maple s')));
      } finally {
        await names.close();
        await server.close();
      }
    });
  });
}

describe('names from services that misbehave', () => {
  const target = { tenant: STUB_TENANT, context: undefined };

  it('given an open gate, when a name is asked for, then the service is left alone', () =>
    withStub(
      answerWith({}),
      async (names, stub) => {
        await names.ensure(target, { item: [1], skill: [2] }, LONG);
        assert.equal(stub.requests.length, 0);
      },
      'open',
    ));

  it('given answers that are no names, when they come, then there is no name and nothing breaks', async () => {
    for (const body of [
      { data: { type: 'item-strings', id: '1', attributes: { name: 7 } } },
      { data: { type: 'item-strings', id: '2', attributes: { name: 'Another' } } },
      { data: { type: 'item-strings', id: '1', attributes: { name: '  ' } } },
      '<html>',
    ]) {
      await withStub(answerWith(body), async (names) => {
        await names.ensure(target, { item: [1] }, LONG);
        assert.equal(names.of('item', STUB_TENANT, 1), undefined);
      });
    }
  });

  it('given a name without end, when it comes, then its beginning is kept', () =>
    withStub(
      answerWith({ data: { type: 'characters', id: '1', attributes: { name: '😀'.repeat(500) } } }),
      async (names, { requests }) => {
        await names.ensure(target, { character: [1] }, LONG);
        assert.equal(names.of('character', STUB_TENANT, 1), '😀'.repeat(64));
        assert.equal(requests[0]?.headers['environment'], 'blue');
      },
    ));
});
