import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fastify from 'fastify';
import { createStubApi } from '../../test/support/stub-api.ts';
import { createPageHandlers } from './page-routes.ts';

test('given the page, when it is asked for, then its policy admits nothing but what the service serves', async () => {
  const { app } = createStubApi();
  const response = await app.inject('/');
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers['content-type'], 'text/html; charset=utf-8');
  const policy = String(response.headers['content-security-policy']);
  assert.match(policy, /^default-src 'none'; script-src 'self' 'sha256-[^']+'; style-src 'self'; /);
  assert.match(policy, /require-trusted-types-for 'script'; trusted-types 'none'$/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  const map = /<script type="importmap">([^<]*)<\/script>/.exec(response.body)?.[1] ?? '';
  assert.ok(
    policy.includes(createHash('sha256').update(map).digest('base64')),
    'the import map is the one that is named',
  );

  const links = [...response.body.matchAll(/(?:src|href)="([^"]+)"|:"(\/page\/[^"]+)"/g)].map(
    ([, a, b]) => a ?? b ?? '',
  );
  const files = links.filter((link) => !link.startsWith('data:'));
  assert.ok(files.length >= 5);
  for (const file of files) {
    assert.match(file, /^\/page\//);
    const answer = await app.inject(file);
    assert.equal(answer.statusCode, 200, file);
    const again = await app.inject({ url: file, headers: { 'if-none-match': String(answer.headers['etag']) } });
    assert.deepEqual([again.statusCode, again.body], [304, '']);
  }
});

for (const name of ['index.html', 'nothing.js', '..%2fpage.ts', '%2e%2e/page.ts', '__proto__']) {
  test(`given /page/${name}, when it is asked for, then there is no such file`, async () => {
    const response = await createStubApi().app.inject(`/page/${name}`);
    assert.equal(response.statusCode, 404);
  });
}

test('given a demo, when the page asks about its service, then it learns whose characters are meant without a tenant', async () => {
  const unnamedTenant = { id: 'x', region: 'GMS', majorVersion: 83, minorVersion: 1, key: 'x/GMS/83/1' };
  const { app } = createStubApi({ page: { mode: 'demo', unnamedTenant } });
  assert.deepEqual((await app.inject('/page/service.json')).json(), { mode: 'demo', unnamedTenant });
});

test('symptom: a page that could not be read once meets the same failure for ever', async (context) => {
  const body = 'hello';
  let reads = 0;
  const read = async () => {
    reads += 1;
    if (reads === 1) throw new Error('EMFILE: too many open files');
    const document = { type: 'text/html', body, tag: '"1"' };
    return { document, file: () => undefined, policy: "default-src 'none'" };
  };
  const { document } = createPageHandlers({ mode: 'kafka', unnamedTenant: undefined }, read);
  const app = fastify().get('/', async (request) => (await document(request)).body);
  context.after(() => app.close());
  assert.equal((await app.inject('/')).statusCode, 500);
  for (const _ of [1, 2]) assert.equal((await app.inject('/')).body, body);
  assert.equal(reads, 2);
});
