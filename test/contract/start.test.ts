/** How the service starts, and ends, where something is not as it should be: each as a process of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { openOutside } from '../../src/app/outside.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { freePort } from '../support/process-guard.ts';
import { startService } from '../support/service-process.ts';
import { until } from '../support/wait.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function start(variables: Record<string, string>, ...flags: string[]) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [...flags, 'src/main.ts'], { cwd: ROOT, env: { PATH, ...variables } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code);
  return { child, ended, output: () => output };
}

/** What a SIGTERM does that comes as soon as there is a listener for it: a real one is told a turn later, when much is loaded. */
const TERM_WHEN_HEARD = `data:text/javascript,
  process.on('newListener', (name) => {
    if (name === 'SIGTERM') queueMicrotask(() => process.emit(name));
  });`.replaceAll('\n', ' ');

/** Says at the end what was loaded. */
const TELL_LOADED = `data:text/javascript,
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
  process.on('exit', () => console.log(loaded.map((url) => 'loaded ' + url).join('\\n')));`.replaceAll('\n', ' ');

describe('a start', () => {
  for (const [mode, variables, needless] of [
    ['the demo', {}, /^loaded .*(typebox|\/ajv\/|platformatic|\/kafka\/|pino-pretty|sdk-trace|undici\/index).*$/gm],
    [
      'Kafka',
      { BOOTSTRAP_SERVERS: '127.0.0.1:1', BASE_SERVICE_URL: 'http://127.0.0.1:1/api/' },
      /^loaded .*(typebox|\/world\/|in-process|pino-pretty|sdk-trace|undici\/index).*$/gm,
    ],
  ] as const) {
    test(`given ${mode}, when it has started, then nothing is loaded that nobody has asked for`, async () => {
      const { child, ended, output } = start({ ...variables, REST_PORT: '0' }, '--import', TELL_LOADED);
      await until('it is ready', () => output().includes('is ready'), 30_000);
      child.kill('SIGTERM');
      assert.equal(await ended, 0);
      assert.match(output(), /^loaded .*\/fastify\.js$/m);
      assert.deepEqual(output().match(needless) ?? [], []);
    });
  }

  test('symptom: a closed stdout ends the service, at full load and without a word', async () => {
    const port = await freePort();
    const { child, ended } = start({ REST_PORT: String(port), LOG_LEVEL: 'trace' });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    await until('it is ready', async () => (await get('/api/readyz'))?.status === 200, 20_000);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  test('symptom: a port that is taken is told with a stack', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { ended, output } = start({ REST_PORT: String(port) });
    assert.equal(await ended, 1);
    other.close();
    const fatal = output()
      .split('\n')
      .filter((line) => line.includes('"fatal"'));
    assert.equal(fatal.length, 1);
    assert.match(fatal[0] ?? '', new RegExp(`could not start: port ${port} \\(REST_PORT\\) is taken`));
    assert.doesNotMatch(output(), /"stack"|EADDRINUSE/);
  });

  for (const [what, variables, told] of [
    [
      'a CA file that cannot be read',
      { BOOTSTRAP_SERVERS: 'k:1', BASE_SERVICE_URL: 'http://a/', KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: '/no' },
      /KAFKA_TLS_CA_FILE is "\/no"; expected a readable PEM file/,
    ],
    ['brokers by a wrong name', { BOOTSTRAP_SERVER: 'k:1' }, /BOOTSTRAP_SERVERS is not set; expected the brokers/],
  ] as const) {
    test(`symptom: ${what} starts something all the same`, async () => {
      const { ended, output } = start({ ...variables, REST_PORT: '0' });
      assert.equal(await ended, 2);
      assert.match(output(), told);
      assert.doesNotMatch(output(), /^\s+at /m);
    });
  }

  test('symptom: a SIGTERM during the start ends with the service as started', async () => {
    const parsed = parseConfig({ REST_PORT: '0' });
    assert.ok('config' in parsed);
    const output = new PassThrough();
    const logger = await createLogger({ level: 'info', serviceName: 'stats', output });
    const surroundings = { clock: systemClock, random: Math.random, logger };
    const app = createApp(parsed.config, { ...surroundings, ...(await openOutside(parsed.config, surroundings)) });
    const starting = app.start();
    await app.stop();
    await starting.catch(() => undefined);
    const text = String(output.read());
    assert.match(text, /has stopped/);
    assert.doesNotMatch(text, /is ready/);
  });

  test('given SIGTERM as soon as it writes, when the service starts, then it ends in order', async () => {
    const { child, ended, output } = start({ REST_PORT: '0' });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
    assert.match(output(), /has stopped/);
  });

  test('symptom: a SIGTERM before there is anything to stop is forgotten', async () => {
    const { ended, output } = start({ REST_PORT: '0' }, '--import', TERM_WHEN_HEARD);
    assert.equal(await ended, 0);
    assert.match(output(), /has stopped/);
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6'));
  test('symptom: it listens on IPv4 only', { skip: hasIpv6 ? false : 'this machine has no IPv6' }, async () => {
    const service = await startService({});
    const { port } = new URL(service.origin);
    for (const host of ['[::1]', '127.0.0.1']) {
      assert.equal((await fetch(`http://${host}:${port}/api/livez`)).status, 200, host);
    }
    assert.equal(JSON.parse(await (await service.get('/api/readyz')).text()).mode, 'demo');
    await service.end();
  });
});
