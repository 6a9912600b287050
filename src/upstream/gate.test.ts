import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { createGate } from './gate.ts';

function setUp() {
  const clock = createFakeClock();
  const gate = createGate({ clock, random: () => 0.5 });
  const failAll = (...ids: readonly number[]): void => {
    for (const id of ids) gate.record(id, false);
  };
  return { clock, gate, failAll };
}

/** With a random of 0.5 the first probe is due 1 s after the gate opened or a probe failed. */
const INTERVAL = 1_000;

describe('an upstream gate that is closed', () => {
  it('given one bad id, when it fails however often, then the gate stays closed', () => {
    const { gate, failAll } = setUp();
    for (let count = 0; count < 1_000; count += 1) failAll(7);
    assert.equal(gate.state, 'closed');
    assert.equal(gate.tryEnter(7), true);
  });

  it('given four failing ids, when a fifth fails, then it opens', () => {
    const { gate, failAll } = setUp();
    failAll(1, 2, 3, 4);
    assert.equal(gate.state, 'closed');
    failAll(5);
    assert.equal(gate.state, 'open');
    assert.equal(gate.tryEnter(6), false);
    assert.equal(gate.passage(6), 'refused');
  });

  it('given more ids that succeed than fail, when a fifth fails, then it stays closed until half of them fail', () => {
    const { gate, failAll } = setUp();
    for (let id = 11; id <= 17; id += 1) gate.record(id, true);
    failAll(1, 2, 3, 4, 5, 6);
    assert.equal(gate.state, 'closed');
    failAll(7);
    assert.equal(gate.state, 'open');
  });

  it('given failures of five ids, when they lie more than 10 s apart, then it stays closed', () => {
    const { clock, gate, failAll } = setUp();
    failAll(1, 2);
    clock.pass(10_001);
    failAll(3, 4, 5);
    assert.equal(gate.state, 'closed');
    failAll(6, 7);
    assert.equal(gate.state, 'open');
  });

  it('given an id that failed, when it succeeds, then it no longer counts as failing', () => {
    const { gate, failAll } = setUp();
    failAll(1, 2, 3, 4);
    gate.record(4, true);
    failAll(5);
    assert.equal(gate.state, 'closed');
  });

  it('symptom: a service that has just died is asked on and on, because its healthy answers of before outweigh that', () => {
    const { gate, failAll } = setUp();
    for (let id = 0; id < 5_000; id += 1) gate.record(id, true);
    for (let id = 5_000; id < 5_015; id += 1) failAll(id);
    assert.equal(gate.state, 'closed');
    failAll(5_015);
    assert.equal(gate.state, 'open');
  });

  it('given thousands of ids that succeeded, when four others fail again and again, then it stays closed', () => {
    const { gate, failAll } = setUp();
    for (let id = 0; id < 5_000; id += 1) gate.record(id, true);
    for (let round = 0; round < 100; round += 1) failAll(6_001, 6_002, 6_003, 6_004);
    assert.equal(gate.state, 'closed');
  });

  it('given a service that fails now and then, when many ask, then it stays closed; when it fails half of them, it opens', () => {
    const { gate, failAll } = setUp();
    for (let id = 0; id < 5_000; id += 1) gate.record(id, id % 10 < 6);
    assert.equal(gate.state, 'closed');
    for (let id = 5_000; gate.state === 'closed' && id < 5_256; id += 2) {
      gate.record(id, true);
      failAll(id + 1);
    }
    assert.equal(gate.state, 'open');
  });
});

describe('an upstream gate that is open', () => {
  function setUpOpen() {
    const bench = setUp();
    bench.failAll(1, 2, 3, 4, 5);
    assert.equal(bench.gate.state, 'open');
    assert.equal(bench.gate.nextProbeAt, bench.clock.mono() + INTERVAL);
    return bench;
  }

  it('given no probe is due, when ids ask, then none enters; when it is due, then exactly one', () => {
    const { clock, gate } = setUpOpen();
    clock.pass(INTERVAL - 1);
    assert.equal(gate.tryEnter(1), false);
    clock.pass(1);
    assert.equal(gate.tryEnter(1), true);
    assert.equal(gate.tryEnter(2), false);
    assert.equal(gate.passage(1), 'probe');
    assert.equal(gate.passage(2), 'refused');
  });

  it('given a probe that succeeds, then the gate closes and tells whoever listens, once', () => {
    const { clock, gate } = setUpOpen();
    const told: string[] = [];
    gate.onClose(() => told.push('kept'));
    const off = gate.onClose(() => told.push('taken off'));
    off();
    clock.pass(INTERVAL);
    gate.tryEnter(9);
    gate.record(9, true);
    assert.equal(gate.state, 'closed');
    assert.deepEqual(told, ['kept']);
    gate.record(9, true);
    assert.deepEqual(told, ['kept']);
    assert.equal(gate.tryEnter(1), true);
  });

  it('given a gate that has closed, when ids fail again, then the failures of before do not count', () => {
    const { clock, gate, failAll } = setUpOpen();
    clock.pass(INTERVAL);
    gate.tryEnter(9);
    gate.record(9, true);
    failAll(1, 2, 3, 4);
    assert.equal(gate.state, 'closed');
  });

  it('given a probe that failed, when its id and another ask, then the other goes first', () => {
    const { clock, gate } = setUpOpen();
    clock.pass(INTERVAL);
    gate.tryEnter(1);
    gate.record(1, false);
    assert.equal(gate.state, 'open');
    assert.equal(gate.tryEnter(2), false);
    clock.pass(INTERVAL);
    assert.equal(gate.tryEnter(1), false);
    assert.equal(gate.tryEnter(2), true);
  });

  it('given a probe that failed, when no other id asks, then it may try again a little later', () => {
    const { clock, gate } = setUpOpen();
    clock.pass(INTERVAL);
    gate.tryEnter(1);
    gate.record(1, false);
    clock.pass(2 * INTERVAL);
    assert.equal(gate.tryEnter(1), true);
  });

  it('given requests that were sent before it opened, when they succeed, then it stays open', () => {
    const { gate } = setUpOpen();
    gate.record(1, true);
    assert.equal(gate.state, 'open');
  });

  it('given a probe that was taken and never sent, when 5 s have passed, then another may go', () => {
    const { clock, gate } = setUpOpen();
    clock.pass(INTERVAL);
    gate.tryEnter(1);
    clock.pass(4_999);
    assert.equal(gate.tryEnter(2), false);
    clock.pass(1);
    assert.equal(gate.tryEnter(2), true);
  });
});
