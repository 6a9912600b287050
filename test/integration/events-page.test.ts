/** The producer of docs/reference/events.md, as it stands there, on a real broker and with the service behind it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { WORLD_TENANT } from '../../world/world.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { until } from '../support/wait.ts';
import { startWorldOnKafka, type WorldOnKafka } from '../support/world-on-kafka.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the producer on the page about events', () => {
  let broker: KafkaBroker;
  let atlas: WorldOnKafka;
  let service: ServiceProcess;

  before(async () => {
    broker = await provisionKafka();
    atlas = await startWorldOnKafka(broker.brokers);
    atlas.world.makeUp({ tenant: WORLD_TENANT, characterId: 12 });
    service = await startService(atlas.variables);
  });

  after(async () => {
    await service?.end();
    await atlas?.close();
    await broker?.close();
  });

  it('given a running service, when it is run, then the character is a resident', async () => {
    const page = readFileSync(join(ROOT, 'docs/reference/events.md'), 'utf8');
    const code = /^```js producer\n([\s\S]*?)^```$/m.exec(page)?.[1];
    assert.ok(code !== undefined);
    // Beside the packages that it imports.
    const file = join(ROOT, `producer-of-the-docs-${process.pid}.mjs`);
    const residents = async () =>
      /^effective_stats_residents (\d+)$/m.exec(await (await service.get('/api/metrics')).text())?.[1];
    assert.equal(await residents(), '0');
    try {
      await writeFile(file, code);
      await promisify(execFile)(process.execPath, [file], { cwd: ROOT, env: { ...process.env, ...atlas.variables } });
    } finally {
      await rm(file, { force: true });
    }
    await until('the character is a resident', async () => (await residents()) === '1');
  });
});
