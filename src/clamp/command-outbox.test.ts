import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TENANT } from '../../test/support/state-bench.ts';
import { until } from '../../test/support/wait.ts';
import type { ClampCommand } from './clamp-command.ts';
import { createCommandOutbox } from './command-outbox.ts';

const command = (maxValue: number): ClampCommand => ({
  type: 'CLAMP_HP',
  tenant: TENANT,
  characterId: 12,
  worldId: 0,
  channelId: 1,
  maxValue,
  context: undefined,
});

const latest = (waiting: ClampCommand): ClampCommand => waiting;

describe('command outbox', () => {
  it('given a producer that fails twice, when commands are added, then all are sent in order', async () => {
    const sent: number[] = [];
    const waiting: number[] = [];
    let failures = 2;
    const outbox = createCommandOutbox({
      producer: {
        async send({ maxValue }) {
          if (failures-- > 0) throw new Error('no broker');
          sent.push(maxValue);
        },
        close: async () => undefined,
      },
      latest,
      random: () => 0,
      onFailure: (_error, left) => waiting.push(left),
    });
    for (const value of [3, 2, 1]) outbox.add(command(value));
    await until('all are sent', () => outbox.sent === 3);
    assert.deepEqual(sent, [3, 2, 1]);
    assert.deepEqual(waiting, [3, 3]);
    await outbox.stop(100);
  });

  it('given a command that waits for its producer, when it is sent, then it is what it has become', async () => {
    const sent: number[] = [];
    let failures = 1;
    let value = 1;
    const outbox = createCommandOutbox({
      producer: {
        async send({ maxValue }) {
          if (failures-- > 0) throw new Error('no broker');
          sent.push(maxValue);
        },
        close: async () => undefined,
      },
      latest: (waiting) => ({ ...waiting, maxValue: value }),
      random: () => 0,
      onFailure: () => {
        value = 2;
      },
    });
    outbox.add(command(1));
    await until('it is sent', () => outbox.sent === 1);
    assert.deepEqual(sent, [2]);
    await outbox.stop(100);
  });

  it('given a producer that hangs, when the outbox stops, then it ends in time', async () => {
    const outbox = createCommandOutbox({
      producer: { send: () => new Promise(() => undefined), close: () => new Promise(() => undefined) },
      latest,
      random: () => 0,
      onFailure: () => undefined,
    });
    outbox.add(command(1));
    await outbox.stop(20);
    assert.equal(outbox.waiting, 1);
  });

  it('given more commands than it holds, then the oldest are dropped and counted', () => {
    const outbox = createCommandOutbox({
      producer: { send: () => new Promise(() => undefined), close: async () => undefined },
      latest,
      random: () => 0,
      onFailure: () => undefined,
    });
    for (let value = 0; value < 10_003; value += 1) outbox.add(command(value));
    assert.equal(outbox.waiting, 10_000);
    assert.equal(outbox.dropped, 3);
  });
});
