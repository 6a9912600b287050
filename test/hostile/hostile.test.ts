/** Hostile input against the whole service on a real Kafka, in short; `test/hostile/run.ts` is the long run. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { WORLD_TENANT } from '../../world/world.ts';
import { provisionKafka } from '../support/kafka-broker.ts';
import { startService, tenantHeaders } from '../support/service-process.ts';
import { until } from '../support/wait.ts';
import { failuresOf, runCampaign } from './campaign.ts';
import { internalIn, SASL_SECRETS, SECRETS, secretIn } from './secrets.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Wide, because other tests may share the machine; the long run is held to less. */
const BOUNDS = { stallMs: 1_000, grownBytes: 24 * 2 ** 20 };

/** Everything that `src/main.ts` prints with these arguments and variables, until it ends by itself. */
async function printed(args: readonly string[], variables: Record<string, string>): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ...variables };
  const child = spawn(process.execPath, ['src/main.ts', ...args], { cwd: ROOT, env, timeout: 30_000 });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks).toString();
}

describe('the service under hostile input', () => {
  it('given mutated messages and requests, when it lives through them, then all are counted and every answer is right', async () => {
    const report = await runCampaign({
      seed: 4,
      messages: 3_000,
      requests: 1_500,
      slowClients: 0,
      charactersPerTenant: 12,
      burst: 10_000,
      heavy: 400,
      churn: 200,
      soakMinutes: 0,
    });
    assert.deepEqual(failuresOf(report, BOUNDS), []);
  });

  it('given secrets in its environment, when it helps or refuses its configuration, then it prints none of them', async () => {
    const variables = { ...SECRETS, ...SASL_SECRETS };
    const help = await printed(['--help'], variables);
    assert.match(help, /ADMIN_TOKEN/);
    assert.equal(secretIn(help), undefined);
    const refusal = await printed([], { ...variables, REST_PORT: 'x', REDIS_URL: 'ftp://x:planted-bad-url-00aa@h/' });
    assert.match(refusal, /REST_PORT/);
    assert.equal(secretIn(refusal), undefined);
  });

  it('symptom: a mistyped option is ignored, and the service starts', async () => {
    assert.match(await printed(['--hepl'], {}), /^Expected no options but --help: .*\n$/);
  });

  it('given a broker that wants no SASL, when the service tries to authenticate, then its trouble tells no secret', async () => {
    const broker = await provisionKafka();
    const service = await startService({
      ...SECRETS,
      ...SASL_SECRETS,
      LOG_LEVEL: 'trace',
      BOOTSTRAP_SERVERS: broker.brokers.join(','),
      BASE_SERVICE_URL: 'http://127.0.0.1:1/api/',
    });
    try {
      const answer = await service.get('/api/worlds/0/channels/1/characters/12/stats', tenantHeaders(WORLD_TENANT));
      assert.equal(answer.status, 503);
      const body = await answer.text();
      await until('the trouble is logged', () => /"level":"(warn|error)"/.test(service.output()));
      const metrics = await (await service.get('/api/metrics')).text();
      const readiness = await (await service.get('/api/readyz')).text();
      for (const text of [metrics, service.output()]) assert.equal(secretIn(text), undefined);
      for (const text of [body, readiness]) assert.equal(internalIn(text), undefined);
    } finally {
      await service.end();
      await broker.close();
    }
  });
});
