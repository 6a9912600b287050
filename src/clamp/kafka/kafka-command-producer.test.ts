import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tenantOf } from '../../domain/tenant.ts';
import type { ClampCommand } from '../clamp-command.ts';
import { createKafkaCommandProducer } from './kafka-command-producer.ts';

const COMMAND: ClampCommand = {
  tenant: tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1),
  characterId: 12,
  worldId: 0,
  channelId: 1,
  type: 'CLAMP_HP',
  maxValue: 500,
  context: undefined,
};

test('symptom: a producer that could not be opened once meets the same failure for ever', async () => {
  let asked = 0;
  const brokers = ['127.0.0.1:1'];
  const failingOnce = Object.assign([...brokers], {
    [Symbol.iterator]() {
      asked += 1;
      if (asked === 1) throw new Error('not yet');
      return brokers[Symbol.iterator]();
    },
  });
  const producer = createKafkaCommandProducer({
    connection: { brokers: failingOnce, clientId: 'stats' },
    topic: 'COMMANDS',
    uuid: () => '00000000-0000-0000-0000-000000000001',
  });
  await assert.rejects(producer.send([COMMAND]), /not yet/);
  // Nothing listens on port 1: the second attempt gets as far as the network.
  await assert.rejects(producer.send([COMMAND]), (error: Error) => !/not yet/.test(error.message));
  assert.equal(asked, 2);
  await producer.close();
});

test('given a producer that could not be opened, when it is closed, then that is no failure', async () => {
  const failing = Object.assign(['127.0.0.1:1'], {
    [Symbol.iterator]() {
      throw new Error('never');
    },
  });
  const producer = createKafkaCommandProducer({
    connection: { brokers: failing, clientId: 's' },
    topic: 'C',
    uuid: () => '',
  });
  await assert.rejects(producer.send([COMMAND]), /never/);
  await producer.close();
});
