import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TENANT } from '../../test/support/state-bench.ts';
import { until } from '../../test/support/wait.ts';
import type { ClampCommand } from './clamp-command.ts';
import { type CommandOutboxOptions, createCommandOutbox } from './command-outbox.ts';

const command = (characterId: number, maxValue = 500, type: ClampCommand['type'] = 'CLAMP_HP'): ClampCommand => ({
  type,
  tenant: TENANT,
  characterId,
  worldId: 0,
  channelId: 1,
  maxValue,
  context: undefined,
});

/** An outbox whose producer keeps what it is sent, `id:value` each, by batch. */
function setUp(options: Partial<CommandOutboxOptions> = {}) {
  const batches: string[][] = [];
  const state = { elected: true, mono: 0, failures: 0 };
  const waiting: number[] = [];
  const outbox = createCommandOutbox({
    producer: {
      async send(commands) {
        if (state.failures-- > 0) throw new Error('no broker');
        batches.push(commands.map(({ characterId, maxValue }) => `${characterId}:${maxValue}`));
      },
      close: async () => undefined,
    },
    latest: (each) => each,
    maySend: () => state.elected,
    mono: () => state.mono,
    random: () => 0,
    onFailure: (_error, left) => waiting.push(left),
    ...options,
  });
  return { outbox, state, batches, waiting, sent: () => batches.flat() };
}

describe('the outbox of the replica that sends', () => {
  it('given a producer that fails twice, when commands are added, then all are sent in order', async () => {
    const { outbox, state, waiting, sent } = setUp();
    state.failures = 2;
    for (const id of [3, 2, 1]) outbox.add(command(id));
    await until('all are sent', () => outbox.waiting === 0);
    assert.deepEqual(sent(), ['3:500', '2:500', '1:500']);
    assert.deepEqual(waiting, [3, 3]);
    assert.equal(outbox.waiting, 0);
    await outbox.stop(100);
  });

  it('given a command that waits for its producer, when it is sent, then it is what it has become', async () => {
    let value = 1;
    const { outbox, state, sent } = setUp({
      latest: (each) => ({ ...each, maxValue: value }),
      onFailure: () => {
        value = 2;
      },
    });
    state.failures = 1;
    outbox.add(command(1));
    await until('it is sent', () => outbox.waiting === 0);
    assert.deepEqual(sent(), ['1:2']);
  });

  it('given two falls of one maximum, when both wait, then one command is sent; HP and MP are two', async () => {
    const { outbox, state, sent } = setUp();
    state.failures = 1;
    outbox.add(command(1, 500));
    outbox.add(command(1, 100, 'CLAMP_MP'));
    outbox.add(command(1, 400));
    await until('they are sent', () => outbox.waiting === 0);
    assert.deepEqual(sent(), ['1:100', '1:400']);
  });

  it('given a fall while its character’s command is on its way, when that is stored, then the newer one is sent too', async () => {
    const stored = Promise.withResolvers<void>();
    const values: number[] = [];
    const { outbox } = setUp({
      producer: {
        async send(commands) {
          values.push(...commands.map(({ maxValue }) => maxValue));
          if (values.length === 1) await stored.promise;
        },
        close: async () => undefined,
      },
    });
    outbox.add(command(1, 500));
    outbox.add(command(1, 400));
    stored.resolve();
    await until('both are sent', () => outbox.waiting === 0);
    assert.deepEqual(values, [500, 400]);
  });

  it('symptom: a mass expiry overflows the outbox', async () => {
    const { outbox, batches, sent } = setUp();
    for (let id = 1; id <= 50_000; id++) outbox.add(command(id));
    await until('all are sent', () => outbox.waiting === 0);
    assert.equal(outbox.dropped, 0);
    assert.equal(new Set(sent()).size, 50_000);
    assert.ok(batches.length <= 101, `${batches.length} batches`);
  });

  it('given more than is kept, when nothing can be sent, then the oldest goes and is counted', () => {
    const { outbox } = setUp({ maySend: () => false });
    for (let id = 1; id <= 200_002; id++) outbox.add(command(id));
    assert.deepEqual([outbox.waiting, outbox.dropped], [200_000, 2]);
  });

  it('given a producer that hangs, when the outbox stops, then it ends in time', async () => {
    const hanging = { send: () => new Promise<void>(() => undefined), close: () => new Promise<void>(() => undefined) };
    const { outbox } = setUp({ producer: hanging });
    outbox.add(command(1));
    await outbox.stop(20);
    assert.equal(outbox.waiting, 1);
  });

  it('given a producer that fails, when the outbox stops, then it does not wait for the next attempt', async () => {
    const { outbox, state, sent } = setUp({ random: () => 0.999 });
    state.failures = 1_000;
    outbox.add(command(1));
    await until('the first attempt has failed', () => state.failures < 1_000);
    await outbox.stop(1_000);
    assert.deepEqual(sent(), []);
  });
});

describe('the outbox of a replica that stands by', () => {
  it('given falls, when it does not send, then nothing is sent, and a minute later nothing is kept', () => {
    const { outbox, state, batches } = setUp();
    state.elected = false;
    outbox.add(command(1));
    state.mono = 30_000;
    outbox.add(command(2));
    outbox.turn();
    assert.equal(outbox.waiting, 2);
    state.mono = 60_000;
    outbox.turn();
    assert.equal(outbox.waiting, 1);
    state.mono = 90_000;
    outbox.turn();
    assert.deepEqual([outbox.waiting, outbox.dropped, batches], [0, 0, []]);
  });

  it('given falls of the last minute, when it is elected, then they are sent with their newest values', async () => {
    const { outbox, state, sent } = setUp({ latest: (each) => ({ ...each, maxValue: 300 }) });
    state.elected = false;
    outbox.add(command(1));
    outbox.add(command(2));
    state.elected = true;
    outbox.turn();
    await until('they are sent', () => outbox.waiting === 0);
    assert.deepEqual(sent(), ['1:300', '2:300']);
  });

  it('given another one is elected while batches go out, then no further batch does, and what waits is kept', async () => {
    const { outbox, state, batches } = setUp();
    state.elected = false;
    for (let id = 1; id <= 1_200; id++) outbox.add(command(id));
    state.elected = true;
    outbox.turn();
    state.elected = false;
    await until('the batch on its way is stored', () => outbox.waiting === 700);
    assert.equal(batches.length, 1);
  });
});
