import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { STATS } from '../domain/stat.ts';
import { tenantOf } from '../domain/tenant.ts';
import { createRollReader, type RollEntry, type RollQuestion } from './roll.ts';

const TENANT = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
const NAMES = new Map([
  [999, 'Tristan'],
  [1_002, 'Isolde'],
]);

function held(characterId: number, place: Partial<RollEntry> = {}): RollEntry {
  return { characterId, resident: true, worldId: 0, channelId: 1, level: 95, job: 131, ...place };
}

const PEOPLE = [
  held(1_002, { channelId: 2 }),
  held(999),
  held(1_001, { worldId: 1, resident: false, level: undefined }),
];

function bench(people: readonly RollEntry[] = PEOPLE) {
  const asked: number[] = [];
  const reader = createRollReader(
    {
      tenants: () => [],
      list: () => people,
      look(_tenant, id) {
        if (id === 1_001) return undefined;
        const values = STATS.map((stat) => (stat === 'max_hp' ? 7_659 : stat === 'max_mp' ? 1_216 : 0));
        return { values, degraded: id === 1_002 ? ['buffs'] : [], worldId: 0 };
      },
    },
    {
      of: (_kind, _tenant, id) => NAMES.get(id),
      ensure: async (_target, { character = [] }) => void asked.push(...character),
    },
    createFakeClock(),
  );
  const read = (question: Partial<RollQuestion> = {}) =>
    reader.read({
      tenant: TENANT,
      context: undefined,
      search: undefined,
      worldId: undefined,
      channelId: undefined,
      degraded: undefined,
      page: 1,
      size: 50,
      ...question,
    });
  const ids = async (question: Partial<RollQuestion>) =>
    (await read(question)).rows.map(({ characterId }) => characterId);
  return { read, ids, asked };
}

describe('the roll', () => {
  it('given people, when they are listed, then by id, with what their stats answers say', async () => {
    const { rows, total, nameless } = await bench().read();
    assert.deepEqual(
      rows.map(({ characterId, name, maxHp, degraded }) => [characterId, name, maxHp, degraded]),
      [
        [999, 'Tristan', 7_659, []],
        [1_001, undefined, undefined, undefined],
        [1_002, 'Isolde', 7_659, ['buffs']],
      ],
    );
    assert.deepEqual([total, nameless], [3, 1]);
  });

  it('given filters, when people are listed, then those who fit all of them', async () => {
    const { ids } = bench();
    assert.deepEqual(await ids({ worldId: 1 }), [1_001]);
    assert.deepEqual(await ids({ channelId: 1 }), [999, 1_001]);
    assert.deepEqual(await ids({ degraded: true }), [1_001, 1_002]);
    assert.deepEqual(await ids({ degraded: false }), [999]);
    assert.deepEqual(await ids({ degraded: true, channelId: 2 }), [1_002]);
  });

  it('given a search, when it is of an id or of a name, then either is found, and everyone is asked for by name', async () => {
    const { ids, asked, read } = bench();
    assert.deepEqual(await ids({ search: '100' }), [1_001, 1_002]);
    assert.deepEqual(await ids({ search: 'STAN' }), [999]);
    assert.deepEqual(await ids({ search: 'x' }), []);
    assert.ok(PEOPLE.every(({ characterId }) => asked.includes(characterId)));
    assert.equal((await read({ search: 'x' })).nameless, 1);
  });

  it('given many, when pages are read, then each comes once, and names are asked for a page at a time', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => held(2_000 - index));
    const { ids, asked } = bench(many);
    const pages = [await ids({ size: 400 }), await ids({ size: 400, page: 2 }), await ids({ size: 400, page: 3 })];
    assert.deepEqual(
      pages.flat(),
      Array.from({ length: 1_000 }, (_, index) => 1_001 + index),
    );
    assert.equal(asked.length, 1_000);
    assert.deepEqual(await ids({ size: 400, page: 4 }), []);
  });
});
