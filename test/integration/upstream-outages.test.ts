/** What operators are told of upstream services that are not there, by the whole service in a process of its own. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { freePort } from '../support/process-guard.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { answerWith, STUB_TENANT, startUpstreamStub, type UpstreamStub } from '../support/upstream-stub.ts';
import { until } from '../support/wait.ts';

const Readiness = Type.Object({ degraded: Type.Array(Type.Object({ what: Type.String(), reason: Type.String() })) });
const PAGE = '<html><body>404 Not Found</body></html>';

describe('a service whose upstream URLs are mistyped', () => {
  let proxy: UpstreamStub;
  let service: ServiceProcess;
  let nobody: string;

  before(async () => {
    proxy = await startUpstreamStub(answerWith(PAGE, 404, { 'content-type': 'text/html' }));
    nobody = `http://127.0.0.1:${await freePort()}/api/`;
    service = await startService({
      BOOTSTRAP_SERVERS: `127.0.0.1:${await freePort()}`,
      BASE_SERVICE_URL: proxy.url,
      BUFFS_SERVICE_URL: nobody,
    });
  });
  after(async () => {
    await service.end();
    await proxy.close();
  });

  const lines = () =>
    service
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): { level: string; msg: string; err?: unknown; upstream?: string } => JSON.parse(line));
  const readiness = async () => {
    const document: unknown = await (await service.get('/api/readyz')).json();
    return Value.Decode(Readiness, document);
  };

  it('symptom: a mistyped URL looks healthy for ever: readyz names each service, its variable and the cause', async () => {
    await until('all are named', async () => (await readiness()).degraded.length === 6);
    const { degraded } = await readiness();
    const reasons = Object.fromEntries(degraded.map(({ what, reason }) => [what, reason]));
    for (const what of ['characters', 'inventory', 'skills', 'data']) {
      assert.match(reasons[what] ?? '', /a 404 of text\/html that holds a page \(see BASE_SERVICE_URL\)$/);
    }
    assert.equal(reasons.buffs, 'the buffs service cannot be reached (see BUFFS_SERVICE_URL)');
  });

  it('symptom: services that cannot be reached are logged without URL or cause: one line each, with both', async () => {
    for (let id = 1; id <= 20; id += 1) assert.equal((await service.stats(STUB_TENANT, id)).status, 503);
    const told = lines().filter(({ level, upstream }) => level === 'warn' && upstream !== undefined);
    assert.deepEqual(told.map(({ upstream }) => upstream).sort(), [
      'buffs',
      'characters',
      'data',
      'inventory',
      'skills',
    ]);
    for (const { msg, err, upstream } of told) {
      const [variable, url] = upstream === 'buffs' ? ['BUFFS_SERVICE_URL', nobody] : ['BASE_SERVICE_URL', proxy.url];
      assert.ok(msg.startsWith(`${variable} (${url}): `), msg);
      assert.equal(err, undefined, 'no stack');
    }
  });

  it('given the start, then one line tells which URLs were resolved, and from what', () => {
    const told = lines().find(({ msg }) => msg.startsWith('upstream services: '));
    assert.ok(told?.msg.includes(`characters, inventory, skills, data at ${proxy.url} (BASE_SERVICE_URL)`), told?.msg);
    assert.ok(told?.msg.includes(`buffs at ${nobody} (BUFFS_SERVICE_URL)`), told?.msg);
  });

  it('given the services are there in the end, then nobody has to ask for it to be noticed', async () => {
    proxy.handler = answerWith('', 404);
    await until('only the others are named', async () => (await readiness()).degraded.length === 2);
    assert.deepEqual(
      (await readiness()).degraded.map(({ what }) => what),
      ['feed', 'buffs'],
    );
  });
});
