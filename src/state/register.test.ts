import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TENANT } from '../../test/support/state-bench.ts';
import { createRegister } from './register.ts';

test('given a character that was let go, when it is let go again, then it is a defect, and nobody is counted twice', () => {
  const gone: number[] = [];
  const register = createRegister({
    visitorMax: 10,
    visitorTtl: 1_000,
    residentIdleTtl: 1_000,
    onGone: ({ characterId }) => gone.push(characterId),
    onIdle: () => undefined,
  });
  const [first] = [12, 13].map((id) => register.admit(TENANT, id, 0, 0));
  assert.ok(first !== undefined);
  register.letGo(first, 1);
  assert.throws(() => register.letGo(first, 2), /character 12 is let go a second time/);
  assert.deepEqual(gone, [12]);
  assert.deepEqual(register.population(), { residents: 0, visitors: 1, visitorsEvicted: 0 });
});
