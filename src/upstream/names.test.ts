import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { tenantOf } from '../domain/tenant.ts';
import { createNames, type NameSource } from './names.ts';

const TENANT = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
const TARGET = { tenant: TENANT, context: undefined };
const LONG = 5_000;

/** A source that counts, and that answers when it is let. */
function bench(answer: (kind: string, id: number) => string | undefined, limits = { concurrency: 2, maxEntries: 100 }) {
  const asked: string[] = [];
  const source: NameSource = {
    async name(kind, _target, id) {
      asked.push(`${kind} ${id}`);
      await Promise.resolve();
      return answer(kind, id);
    },
    findItems: async () => [],
  };
  const clock = createFakeClock();
  return { names: createNames({ source, clock, ...limits }), asked, clock };
}

describe('names', () => {
  it('given nobody asked, when a name is looked up, then there is none and nobody is asked', () => {
    const { names, asked } = bench(() => 'Sword');
    assert.equal(names.of('item', TENANT, 1), undefined);
    assert.deepEqual(asked, []);
  });

  it('given names that are asked for twice, when they are known, then each was asked for once', async () => {
    const { names, asked } = bench((kind, id) => `${kind}-${id}`);
    const wanted = { item: [1, 2, 1], skill: [1], character: [1] };
    await Promise.all([names.ensure(TARGET, wanted, LONG), names.ensure(TARGET, wanted, LONG)]);
    assert.equal(names.of('item', TENANT, 2), 'item-2');
    assert.equal(names.of('skill', TENANT, 1), 'skill-1');
    assert.equal(names.of('character', TENANT, 1), 'character-1');
    assert.deepEqual(asked.toSorted(), ['character 1', 'item 1', 'item 2', 'skill 1']);
    assert.equal(names.of('item', tenantOf(TENANT.id, 'JMS', 83, 1), 2), undefined);
  });

  it('given a source that hangs, when a name is waited for, then no longer than was said', async () => {
    const source: NameSource = { name: () => new Promise(() => undefined), findItems: async () => [] };
    const names = createNames({ source, clock: createFakeClock(), concurrency: 1, maxEntries: 10 });
    await names.ensure(TARGET, { item: [1] }, 5);
    assert.equal(names.of('item', TENANT, 1), undefined);
  });

  it('given a failure and something nameless, when time passes, then each is asked again, and not before', async () => {
    let failing = true;
    const { names, asked, clock } = bench((_kind, id) => {
      if (failing && id === 1) throw new Error('down');
      return id === 2 ? undefined : 'Sword';
    });
    const ensure = () => names.ensure(TARGET, { item: [1, 2] }, LONG);
    await ensure();
    await ensure();
    assert.equal(asked.length, 2);
    failing = false;
    clock.pass(5_000);
    await ensure();
    assert.deepEqual(asked.slice(2), ['item 1']);
    assert.equal(names.of('item', TENANT, 1), 'Sword');
    clock.pass(60_000);
    await ensure();
    assert.deepEqual(asked.slice(3), ['item 2']);
  });

  it('given a character that was renamed, when ten minutes have passed, then the old name serves until the new one came', async () => {
    let name = 'Tristan';
    const { names, clock } = bench(() => name);
    await names.ensure(TARGET, { character: [1] }, LONG);
    name = 'Isolde';
    clock.pass(600_000);
    const asking = names.ensure(TARGET, { character: [1] }, LONG);
    assert.equal(names.of('character', TENANT, 1), 'Tristan');
    await asking;
    await new Promise(setImmediate);
    assert.equal(names.of('character', TENANT, 1), 'Isolde');
  });

  it('given more names than are kept, when another comes, then the one that was asked for longest ago goes', async () => {
    const { names } = bench((_kind, id) => `n${id}`, { concurrency: 8, maxEntries: 2 });
    await names.ensure(TARGET, { item: [1, 2] }, LONG);
    await names.ensure(TARGET, { item: [1] }, LONG);
    await names.ensure(TARGET, { item: [3] }, LONG);
    assert.deepEqual(
      [1, 2, 3].map((id) => names.of('item', TENANT, id)),
      ['n1', undefined, 'n3'],
    );
    assert.deepEqual([names.counts.size, names.counts.evicted], [2, 1]);
    names.flush();
    assert.equal(names.of('item', TENANT, 3), undefined);
  });
});
