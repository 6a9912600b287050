import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKafka } from './kafka-library.ts';

test('given options that the client refuses, when it is made, then it says what is wrong with them', async () => {
  const { Admin } = await loadKafka();
  const options = { clientId: 'stats', bootstrapBrokers: ['localhost:9092'], strict: true };
  assert.throws(() => new Admin({ ...options, retries: -1 }), /retries/);
  const admin = new Admin(options);
  await assert.rejects(admin.describeGroups({ groups: [] }), /groups/);
  await admin.close();
});

test('given the client is loaded, when it is asked for again, then it is the same', async () => {
  assert.equal(await loadKafka(), await loadKafka());
});
