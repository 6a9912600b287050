import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStubApi, TENANT_HEADERS } from '../../test/support/stub-api.ts';
import { tenantOf } from '../domain/tenant.ts';
import type { RedriveChoice } from '../ingest/redrive.ts';

const TOKEN = 'a-token-for-admins';
const CHARACTER = '/api/worlds/0/channels/1/characters/12';
const OPERATOR_URLS = [
  `${CHARACTER}/stats/reread`,
  '/api/debug/static-data/flush',
  '/api/debug/dead-letters/redrive',
] as const;

function setUp(adminToken: string | undefined = TOKEN) {
  const moved: string[] = [];
  const { app } = createStubApi({
    adminToken,
    operatorActions: {
      reread: (tenant, characterId) => moved.push(`reread ${tenant.id} ${characterId}`) > 0 && characterId === 12,
      flushStaticData: () => void moved.push('flush'),
      redrive: async (choice: RedriveChoice) => {
        moved.push(`redrive ${JSON.stringify(choice)}`);
        return { tried: 3, applied: 2, stillDead: 1, incomplete: 1 };
      },
      drift: () => [{ tenant: tenantOf(TENANT_HEADERS.tenant_id, 'GMS', 83, 1), characterId: 12, part: 'base', at: 0 }],
    },
  });
  const post = (url: string, token?: string) =>
    app.inject({
      method: 'POST',
      url,
      headers: { ...TENANT_HEADERS, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
  return { app, moved, post };
}

describe('operator routes', () => {
  it('given no token, a wrong one, or none set, when one is asked, then it does nothing', async () => {
    for (const url of OPERATOR_URLS) {
      const { post, moved } = setUp();
      assert.equal((await post(url)).statusCode, 401);
      assert.equal((await post(url, 'wrong')).statusCode, 401);
      const { app } = createStubApi();
      const off = await app.inject({ method: 'POST', url, headers: { ...TENANT_HEADERS, authorization: 'Bearer ' } });
      assert.equal(off.statusCode, 401);
      assert.deepEqual(moved, []);
    }
  });

  it('given the token, when they are asked, then they act', async () => {
    const { post, moved } = setUp();
    for (const url of OPERATOR_URLS) assert.equal((await post(url, TOKEN)).statusCode, 200, url);
    assert.deepEqual(moved, [`reread ${TENANT_HEADERS.tenant_id} 12`, 'flush', 'redrive {}']);
  });

  it('given a choice of dead letters, when it is re-driven, then only that is; a bad one is a 400', async () => {
    const { post, moved } = setUp();
    const chosen = await post(`${OPERATOR_URLS[2]}?topic=t&partition=0&offset=7`, TOKEN);
    assert.deepEqual(chosen.json(), { tried: 3, applied: 2, stillDead: 1, incomplete: 1 });
    assert.deepEqual(moved, ['redrive {"topic":"t","partition":0,"offset":7}']);
    assert.equal((await post(`${OPERATOR_URLS[2]}?offset=-1`, TOKEN)).statusCode, 400);
  });

  for (const query of ['topic=a&topic=b', 'ofset=5', 'topic=', 'partition=1&partition=2', '__proto__=1']) {
    it(`symptom: a choice of dead letters that is mistyped, as ${query}, re-drives all of them`, async () => {
      const { post, moved } = setUp();
      assert.equal((await post(`${OPERATOR_URLS[2]}?${query}`, TOKEN)).statusCode, 400);
      assert.deepEqual(moved, []);
    });
  }

  it('given no choice of dead letters, when they are re-driven, then all are', async () => {
    const { post, moved } = setUp();
    assert.equal((await post(OPERATOR_URLS[2], TOKEN)).statusCode, 200);
    assert.deepEqual(moved, ['redrive {}']);
  });

  it('given a character that is not held, when it is re-read, then 404', async () => {
    const { post } = setUp();
    assert.equal((await post(OPERATOR_URLS[0].replace('/12/', '/13/'), TOKEN)).statusCode, 404);
  });

  it('given drift, when it is listed, then anybody sees where it was', async () => {
    const { app } = setUp();
    const { drift } = (await app.inject('/api/debug/drift')).json();
    assert.equal(drift[0].characterId, 12);
    assert.equal(drift[0].time, '1970-01-01T00:00:00.000Z');
  });
});
