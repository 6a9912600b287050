import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gate } from '../gate.ts';
import { refused } from '../upstream-errors.ts';
import { askWhetherThere } from './presence.ts';
import type { ServiceClient } from './service-client.ts';

/** Whether a service that refuses with this status is taken for one that is there; through an open gate it is a probe. */
async function isThere(status: number, state: Gate['state']): Promise<boolean> {
  const client: ServiceClient = { get: () => Promise.reject(refused('data', status)), close: async () => undefined };
  const gate = {
    state,
    run: (_tenant: unknown, _id: unknown, attempt: (isProbe: boolean) => unknown) => attempt(true),
  };
  const commonsOf = () => ({ headers: {}, deadline: 1_000, attempts: 1 });
  return askWhetherThere('data', client, gate as unknown as Gate, commonsOf).then(
    () => true,
    () => false,
  );
}

test('given a service that refuses, when the roll is called, then it is there, unless a proxy may have answered', async () => {
  for (const status of [400, 401, 403, 429, 500]) assert.equal(await isThere(status, 'closed'), true, `${status}`);
  for (const status of [502, 503, 504]) assert.equal(await isThere(status, 'closed'), false, `${status}`);
});

test('symptom: a service that refuses everything closes its gate again and again, because the roll is called', async () => {
  for (const status of [401, 403, 429, 500, 503]) assert.equal(await isThere(status, 'open'), false, `${status}`);
  assert.equal(await isThere(400, 'open'), true);
});
