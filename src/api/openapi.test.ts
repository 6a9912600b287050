import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createStubApi } from '../../test/support/stub-api.ts';

test('given the routes, when their description is asked for, then it is the committed one', async () => {
  const { app } = createStubApi();
  const response = await app.inject('/api/openapi.json');
  const committed = await readFile(new URL('../../docs/reference/openapi.json', import.meta.url), 'utf8');
  assert.equal(response.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(response.body), JSON.parse(committed), 'out of step: node scripts/config-docs.ts');
});

test('given the description, when it is read, then it is OpenAPI 3.1 with the stats endpoint and its answers', async () => {
  const { app } = createStubApi();
  const description: unknown = (await app.inject('/api/openapi.json')).json();
  assert.partialDeepStrictEqual(description, {
    openapi: '3.1.0',
    paths: {
      '/api/worlds/{worldId}/channels/{channelId}/characters/{characterId}/stats': {
        get: { responses: { 200: {}, 400: {}, 404: {}, 503: {} } },
      },
      '/api/readyz': { get: { responses: { 200: {}, 503: {} } } },
      '/api/debug/dead-letters': { get: { security: [{}, { admin: [] }] } },
    },
  });
});
