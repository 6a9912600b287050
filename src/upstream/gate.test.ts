import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { tenantOf } from '../domain/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import { createGate } from './gate.ts';
import { timedOut } from './upstream-errors.ts';

const TENANT = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
const OTHER_TENANT = tenantOf('183839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
const FAILED = timedOut('buffs', 2_000);

function setUp() {
  const clock = createFakeClock();
  const ends: unknown[] = [];
  const gate = createGate({ service: 'buffs', clock, random: () => 0.5, onEnd: (_service, error) => ends.push(error) });
  const succeed = async (...ids: readonly number[]): Promise<void> => {
    for (const id of ids) await gate.run(TENANT, id, async () => undefined);
  };
  const failWith = async (error: Error, ids: readonly number[], tenant = TENANT): Promise<void> => {
    for (const id of ids)
      await assert.rejects(
        gate.run(tenant, id, () => Promise.reject(error)),
        error,
      );
  };
  return {
    clock,
    gate,
    ends,
    succeed,
    failWith,
    failAll: (...ids: readonly number[]) => failWith(FAILED, ids),
    enters: (id: number) => gate.tryEnter(TENANT, id),
    /** What a request for the id is told about itself, or that none is sent. */
    passage: (id: number) =>
      gate
        .run(TENANT, id, async (isProbe) => (isProbe ? 'probe' : 'free'))
        .catch((error) => {
          assert.ok(error instanceof AppError && error.code === 'UPSTREAM_GATE_OPEN');
          return 'refused';
        }),
  };
}

/** With a random of 0.5 the first probe is due 1 s after the gate opened or a probe failed. */
const INTERVAL = 1_000;

describe('an upstream gate that is closed', () => {
  it('given one bad id, when it fails however often, then the gate stays closed', async () => {
    const { gate, failAll, enters } = setUp();
    for (let count = 0; count < 1_000; count += 1) await failAll(7);
    assert.equal(gate.state, 'closed');
    assert.equal(enters(7), true);
  });

  it('given four failing ids, when a fifth fails, then it opens', async () => {
    const { gate, failAll, enters, passage } = setUp();
    await failAll(1, 2, 3, 4);
    assert.equal(gate.state, 'closed');
    await failAll(5);
    assert.equal(gate.state, 'open');
    assert.equal(enters(6), false);
    assert.equal(await passage(6), 'refused');
  });

  it('given more ids that succeed than fail, when a fifth fails, then it stays closed until half of them fail', async () => {
    const { gate, succeed, failAll } = setUp();
    for (let id = 11; id <= 17; id += 1) await succeed(id);
    await failAll(1, 2, 3, 4, 5, 6);
    assert.equal(gate.state, 'closed');
    await failAll(7);
    assert.equal(gate.state, 'open');
  });

  it('given failures of five ids, when they lie more than 10 s apart, then it stays closed', async () => {
    const { clock, gate, failAll } = setUp();
    await failAll(1, 2);
    clock.pass(10_001);
    await failAll(3, 4, 5);
    assert.equal(gate.state, 'closed');
    await failAll(6, 7);
    assert.equal(gate.state, 'open');
  });

  it('given an id that failed, when it succeeds, then it no longer counts as failing', async () => {
    const { gate, succeed, failAll } = setUp();
    await failAll(1, 2, 3, 4);
    await succeed(4);
    await failAll(5);
    assert.equal(gate.state, 'closed');
  });

  it('symptom: a service that has just died is asked on and on, because its healthy answers of before outweigh that', async () => {
    const { gate, succeed, failAll } = setUp();
    for (let id = 0; id < 5_000; id += 1) await succeed(id);
    for (let id = 5_000; id < 5_015; id += 1) await failAll(id);
    assert.equal(gate.state, 'closed');
    await failAll(5_015);
    assert.equal(gate.state, 'open');
  });

  it('given thousands of ids that succeeded, when four others fail again and again, then it stays closed', async () => {
    const { gate, succeed, failAll } = setUp();
    for (let id = 0; id < 5_000; id += 1) await succeed(id);
    for (let round = 0; round < 100; round += 1) await failAll(6_001, 6_002, 6_003, 6_004);
    assert.equal(gate.state, 'closed');
  });

  it('given a service that fails now and then, when many ask, then it stays closed; when it fails half of them, it opens', async () => {
    const { gate, succeed, failAll } = setUp();
    for (let id = 0; id < 5_000; id += 1) await (id % 10 < 6 ? succeed : failAll)(id);
    assert.equal(gate.state, 'closed');
    for (let id = 5_000; gate.state === 'closed' && id < 5_256; id += 2) {
      await succeed(id);
      await failAll(id + 1);
    }
    assert.equal(gate.state, 'open');
  });
});

describe('an upstream gate that is open', () => {
  async function setUpOpen() {
    const bench = setUp();
    await bench.failAll(1, 2, 3, 4, 5);
    assert.equal(bench.gate.state, 'open');
    assert.equal(bench.gate.nextProbeAt, bench.clock.mono() + INTERVAL);
    return bench;
  }

  it('given no probe is due, when ids ask, then none enters; when it is due, then exactly one', async () => {
    const { clock, enters, passage } = await setUpOpen();
    clock.pass(INTERVAL - 1);
    assert.equal(enters(1), false);
    clock.pass(1);
    assert.equal(enters(1), true);
    assert.equal(enters(2), false);
    assert.equal(await passage(2), 'refused');
    assert.equal(await passage(1), 'probe');
  });

  it('given a probe that succeeds, then the gate closes and tells whoever listens, once', async () => {
    const { clock, gate, succeed, enters } = await setUpOpen();
    const told: string[] = [];
    gate.onClose(() => told.push('kept'));
    const off = gate.onClose(() => told.push('taken off'));
    off();
    clock.pass(INTERVAL);
    enters(9);
    await succeed(9);
    assert.equal(gate.state, 'closed');
    assert.deepEqual(told, ['kept']);
    await succeed(9);
    assert.deepEqual(told, ['kept']);
    assert.equal(enters(1), true);
  });

  it('given a gate that has closed, when ids fail again, then the failures of before do not count', async () => {
    const { clock, gate, succeed, failAll, enters } = await setUpOpen();
    clock.pass(INTERVAL);
    enters(9);
    await succeed(9);
    await failAll(1, 2, 3, 4);
    assert.equal(gate.state, 'closed');
  });

  it('given a probe that failed, when its id and another ask, then the other goes first', async () => {
    const { clock, gate, failAll, enters } = await setUpOpen();
    clock.pass(INTERVAL);
    enters(1);
    await failAll(1);
    assert.equal(gate.state, 'open');
    assert.equal(enters(2), false);
    clock.pass(INTERVAL);
    assert.equal(enters(1), false);
    assert.equal(enters(2), true);
  });

  it('given a probe that failed, when no other id asks, then it may try again a little later', async () => {
    const { clock, failAll, enters } = await setUpOpen();
    clock.pass(INTERVAL);
    enters(1);
    await failAll(1);
    clock.pass(2 * INTERVAL);
    assert.equal(enters(1), true);
  });

  it('given requests that were sent before it opened, when they succeed, then it stays open', async () => {
    const { clock, gate, failAll, enters } = setUp();
    const answered = Promise.withResolvers<void>();
    const before = gate.run(TENANT, 9, () => answered.promise);
    await failAll(1, 2, 3, 4, 5);
    clock.pass(INTERVAL);
    assert.equal(enters(1), true);
    answered.resolve();
    await before;
    assert.equal(gate.state, 'open');
  });

  it('given a probe that was taken and never sent, when 5 s have passed, then another may go', async () => {
    const { clock, enters } = await setUpOpen();
    clock.pass(INTERVAL);
    enters(1);
    clock.pass(4_999);
    assert.equal(enters(2), false);
    clock.pass(1);
    assert.equal(enters(2), true);
  });

  it('given a due probe that nobody has taken, when a request runs, then it takes it', async () => {
    const { clock, gate, passage } = await setUpOpen();
    clock.pass(INTERVAL);
    assert.equal(await passage(3), 'probe');
    assert.equal(gate.state, 'closed');
    assert.equal(await passage(3), 'free');
  });

  it('given a probe that ends in a defect of ours, then the gate stays open, and another may go after a pause', async () => {
    const { clock, gate, failWith, enters } = await setUpOpen();
    clock.pass(INTERVAL);
    await failWith(new TypeError('ours'), [1]);
    assert.equal(gate.state, 'open');
    assert.equal(enters(2), false);
    clock.pass(INTERVAL);
    assert.equal(enters(2), true);
  });
});

describe('what an upstream gate blames on its service', () => {
  it('symptom: a defect of ours in a decoder opens the gate of a service that is well', async () => {
    const { gate, failWith } = setUp();
    await failWith(new TypeError('ours'), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(gate.state, 'closed');
  });

  it('given requests that are answered, fail, meet a defect or are held back, then it tells of all that were sent', async () => {
    const { ends, succeed, failWith, failAll, passage } = setUp();
    const defect = new TypeError('ours');
    await succeed(1);
    await failWith(defect, [1]);
    await failAll(2, 3, 4, 5, 6);
    assert.equal(await passage(7), 'refused');
    assert.deepEqual(ends, [undefined, defect, FAILED, FAILED, FAILED, FAILED, FAILED]);
  });

  it('symptom: of two tenants with the same character ids, one’s successes erase the other’s failures', async () => {
    const { gate, succeed, failWith } = setUp();
    await failWith(FAILED, [1, 2, 3, 4], OTHER_TENANT);
    await succeed(1, 2, 3, 4);
    await failWith(FAILED, [5], OTHER_TENANT);
    assert.equal(gate.state, 'open');
  });

  it('given a probe of one tenant’s character, then the character of that id of another tenant does not pass with it', async () => {
    const { clock, gate, failAll } = setUp();
    await failAll(1, 2, 3, 4, 5);
    clock.pass(INTERVAL);
    assert.equal(gate.tryEnter(TENANT, 1), true);
    await assert.rejects(
      gate.run(OTHER_TENANT, 1, async () => undefined),
      { code: 'UPSTREAM_GATE_OPEN' },
    );
  });
});
