/** How a process ends, seen from outside: the demo, because nothing of it depends on Kafka. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WORLD_TENANT } from '../../world/world.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { until } from '../support/wait.ts';

const SOMEBODY = 999;
/** Long enough for several requests on a busy machine. */
const DELAY_MS = 2_000;

describe('a stop with SHUTDOWN_DELAY', () => {
  let service: ServiceProcess;

  before(async () => {
    service = await startService({ SHUTDOWN_DELAY: `${DELAY_MS}ms` });
  });

  after(() => service?.end('SIGKILL'));

  it('given SIGTERM, then it is not ready any more, answers until the delay is over, and ends in order', async () => {
    const began = performance.now();
    const ended = service.end('SIGTERM');
    await until(
      'it is not ready any more',
      async () => (await service.get('/api/readyz')).status === 503,
      DELAY_MS / 2,
    );
    assert.equal((await service.stats(WORLD_TENANT, SOMEBODY)).status, 200);
    assert.equal((await service.get('/api/livez')).status, 200);
    service.signal('SIGTERM');
    assert.equal(await ended, 0);
    const took = performance.now() - began;
    assert.ok(took >= DELAY_MS, `it ended after ${took} ms`);
  });
});

describe('a stop without SHUTDOWN_DELAY', () => {
  it('given SIGTERM in a terminal, then it ends without a delay', async (t) => {
    const service = await startService({});
    t.after(() => service.end('SIGKILL'));
    const began = performance.now();
    assert.equal(await service.end('SIGTERM'), 0);
    assert.ok(performance.now() - began < 2_000);
  });

  it('given SIGTERM under Kubernetes, then it still answers', async (t) => {
    const service = await startService({ KUBERNETES_SERVICE_HOST: '10.96.0.1' });
    t.after(() => service.end('SIGKILL'));
    service.signal('SIGTERM');
    await until('it is not ready any more', async () => (await service.get('/api/readyz')).status === 503);
    assert.equal((await service.stats(WORLD_TENANT, SOMEBODY)).status, 200);
  });
});
