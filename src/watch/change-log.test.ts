import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { STATS } from '../domain/stat.ts';
import { tenantOf } from '../domain/tenant.ts';
import type { Change, ChangeFilter } from './change.ts';
import { createChangeLog } from './change-log.ts';
import type { Look, Roll } from './roll.ts';

const TENANT = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
const OTHER = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 95, 1);
const BUFF = { kind: 'event', type: 'buff-applied', recordTime: 5, topic: 'buff', partition: 0, offset: 7 } as const;

function bench(maxBytes = 1e6) {
  const clock = createFakeClock();
  const looks = new Map<number, Look>();
  let looked = 0;
  const roll: Roll = {
    tenants: () => [],
    list: () => [],
    look(_tenant, id) {
      looked += 1;
      return looks.get(id);
    },
  };
  const log = createChangeLog({ roll, clock, maxBytes });
  const who = (characterId: number, tenant = TENANT) => ({ tenant, characterId });
  return {
    clock,
    log,
    looked: () => looked,
    /** The character has this strength now. */
    be(id: number, strength: number, degraded: Look['degraded'] = []) {
      looks.set(id, { values: STATS.map((_stat, index) => (index === 0 ? strength : 0)), degraded, worldId: id % 2 });
    },
    record: (id: number, cause: Parameters<typeof log.record>[1] = BUFF, tenant = TENANT) =>
      log.record(who(id, tenant), cause),
    moves: (id: number) => log.history(TENANT, id).changes.map(({ moves }) => moves.map(({ from, to }) => [from, to])),
    pass(ms: number) {
      clock.pass(ms);
      mock.timers.tick(ms);
    },
    subscribe(filter: Partial<ChangeFilter> = {}) {
      const seen: Change[] = [];
      const all = { tenant: TENANT, worldId: undefined, characterId: undefined, ...filter };
      const subscription = log.subscribe(all, (change) => seen.push(change));
      return { seen, subscription };
    },
  };
}

describe('the change log', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }));
  afterEach(() => mock.timers.reset());

  it('given nobody watches, when things change, then nobody is looked at', () => {
    const { log, record, looked, be } = bench();
    be(1, 10);
    assert.equal(log.watching, false);
    for (let count = 0; count < 1_000; count += 1) record(count);
    assert.equal(looked(), 0);
    assert.deepEqual(log.counts.kept, 0);
  });

  it('given a history that somebody asked for, when stats move, then it tells from what to what, and why', () => {
    const { log, clock, be, record } = bench();
    be(1, 10);
    assert.deepEqual(log.history(TENANT, 1), { changes: [], since: clock.now() });
    clock.pass(5);
    be(1, 12, ['buffs']);
    record(1);
    record(1, { kind: 'read', part: 'buffs' });
    const { changes } = log.history(TENANT, 1);
    assert.equal(changes.length, 1, 'what moved nothing is no change');
    assert.deepEqual(changes[0], {
      number: 1,
      at: clock.now(),
      tenant: TENANT,
      characterId: 1,
      worldId: 1,
      cause: BUFF,
      merged: 0,
      moves: [{ stat: 'strength', from: 10, to: 12 }],
      degraded: ['buffs'],
    });
    record(2);
    record(1, BUFF, OTHER);
    assert.equal(log.history(TENANT, 1).changes.length, 1);
    log.close();
  });

  it('given more causes than can be looked after, when they come, then they are merged, and the last one is told', () => {
    const { log, be, record, looked, pass } = bench();
    be(1, 0);
    log.history(TENANT, 1);
    for (let value = 1; value <= 10_000; value += 1) {
      be(1, value);
      record(1, { ...BUFF, offset: value });
    }
    assert.ok(looked() <= 101, `${looked()} looks`);
    pass(100);
    const last = log.history(TENANT, 1).changes.at(-1);
    assert.equal(last?.moves[0]?.to, 10_000);
    assert.equal(last?.cause.kind === 'event' && last.cause.offset, 10_000);
    assert.ok((last?.merged ?? 0) > 9_000);
    log.close();
  });

  it('given a buff that ends by the clock, when a second has passed, then that is a change without an event', () => {
    const { log, be, pass } = bench();
    be(1, 12);
    log.history(TENANT, 1);
    be(1, 10);
    pass(1_000);
    assert.deepEqual(log.history(TENANT, 1).changes[0]?.cause, { kind: 'lapse' });
    log.close();
  });

  it('given nobody asks any more, when ten minutes have passed, then the character is not watched, and nothing runs', () => {
    const { log, be, record, pass, looked } = bench();
    be(1, 12);
    log.history(TENANT, 1);
    pass(601_000);
    assert.equal(log.watching, false);
    const before = looked();
    be(1, 10);
    record(1);
    pass(10_000);
    assert.equal(looked(), before);
  });

  it('given streams, when changes come, then each sees those that it asked for', () => {
    const { log, be, record, subscribe } = bench();
    const all = subscribe();
    const world = subscribe({ worldId: 0 });
    const one = subscribe({ characterId: 1 });
    const other = subscribe({ tenant: OTHER });
    for (const id of [1, 2]) {
      be(id, 10);
      record(id);
      be(id, 11);
      record(id);
    }
    const ids = ({ seen }: typeof all) => seen.map(({ characterId }) => characterId);
    assert.deepEqual([all, world, one, other].map(ids), [[1, 2], [2], [1], []]);
    for (const { subscription } of [all, world, one, other]) subscription?.end();
    be(1, 12);
    record(1);
    assert.deepEqual(ids(all), [1, 2]);
    log.close();
  });

  it('symptom: one stream of a large world throws away the histories that were asked for', () => {
    const { log, be, record, subscribe, moves, pass } = bench();
    be(1, 10);
    log.history(TENANT, 1);
    be(1, 11);
    record(1);
    subscribe();
    for (let id = 2; id <= 6_000; id += 1) {
      be(id, 10);
      log.expect({ tenant: TENANT, characterId: id });
      if (id % 50 === 0) pass(100);
    }
    assert.ok(log.counts.watched <= 5_000);
    assert.deepEqual(moves(1), [[[10, 11]]]);
    log.close();
  });

  it('symptom: the first change of a character is told to no stream', () => {
    const { log, be, record, subscribe } = bench();
    be(1, 10);
    be(2, 10);
    const one = subscribe({ characterId: 1 });
    be(1, 11);
    record(1);
    const all = subscribe();
    log.expect({ tenant: TENANT, characterId: 2 });
    be(2, 11);
    record(2);
    assert.deepEqual(
      [one.seen, all.seen].map((seen) => seen.map(({ characterId }) => characterId)),
      [[1], [2]],
    );
    log.close();
  });

  it('given a stream that was cut off, when it asks for what came after, then it gets that, and hears what is lost', () => {
    const { log, be, record } = bench(3 * 280);
    be(1, 0);
    log.history(TENANT, 1);
    for (let value = 1; value <= 5; value += 1) {
      be(1, value);
      record(1);
    }
    const filter = { tenant: TENANT, worldId: undefined, characterId: undefined };
    const numbers = (from: number) => log.after(from, filter).changes.map(({ number }) => number);
    assert.deepEqual(numbers(3), [4, 5]);
    assert.equal(log.after(3, filter).complete, true);
    assert.deepEqual(numbers(0), [3, 4, 5]);
    assert.equal(log.after(0, filter).complete, false);
    assert.ok(log.counts.bytes <= 3 * 280);
    log.close();
  });

  it('given more changes than are kept of one character, when another comes, then the oldest goes', () => {
    const { clock, log, be, record, moves, pass } = bench();
    be(1, 0);
    log.history(TENANT, 1);
    for (let value = 1; value <= 250; value += 1) {
      be(1, value);
      record(1);
      pass(10);
    }
    const all = moves(1);
    assert.equal(all.length, 200);
    assert.deepEqual(all.at(-1), [[249, 250]]);
    const { since, changes } = log.history(TENANT, 1);
    assert.ok(
      since > clock.now() - 2_500 && since < (changes[0]?.at ?? 0),
      'nothing is missing since the last that went',
    );
    assert.equal(log.counts.kept, 200);
    log.close();
  });

  it('given a hundred streams, when another is wanted, then it is refused', () => {
    const { log, subscribe } = bench();
    for (let count = 0; count < 100; count += 1) assert.ok(subscribe().subscription);
    assert.equal(subscribe().subscription, undefined);
    log.close();
  });
});
