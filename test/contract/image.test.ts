/** What the image holds, laid out as deploy/Dockerfile does it but without a container: it starts and answers. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../support/process-guard.ts';
import { until } from '../support/wait.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDERS = ['src', 'tool', 'world'];

test('given the sources as JavaScript, when they start where nothing can be written, then all is there and answers', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'image-'));
  context.after(() => {
    chmodSync(directory, 0o755);
    rmSync(directory, { recursive: true, force: true });
  });
  for (const name of ['bin', 'package.json', ...FOLDERS]) {
    cpSync(join(ROOT, name), join(directory, name), {
      recursive: true,
      filter: (source) => !source.endsWith('.test.ts'),
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  const dockerfile = readFileSync(join(ROOT, 'deploy', 'Dockerfile'), 'utf8');
  assert.ok(dockerfile.includes(`strip-types.ts ${FOLDERS.join(' ')}\n`));
  const stripping = spawnSync(process.execPath, [join(ROOT, 'scripts', 'strip-types.ts'), ...FOLDERS], {
    cwd: directory,
  });
  assert.equal(stripping.status, 0);
  const left = FOLDERS.flatMap((name) =>
    readdirSync(join(directory, name), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts')),
  );
  assert.deepEqual(left, []);
  chmodSync(directory, 0o555);

  const run = (...words: string[]): string =>
    spawnSync(process.execPath, ['bin/effective-stats.js', ...words], { cwd: directory, encoding: 'utf8' }).stdout;
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  assert.equal(run('--version'), `${version}\n`);
  for (const command of ['doctor', 'explain', 'preview', 'watch', 'record', 'replay', 'load', 'serve'])
    assert.match(run(command, '--help'), /\S/, command);

  const port = await freePort();
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['bin/effective-stats.js', 'serve'], {
    cwd: directory,
    env: { PATH, REST_PORT: String(port), NODE_DISABLE_COMPILE_CACHE: '1' },
    stdio: 'ignore',
  });
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  await until('it is ready', async () => (await get('/api/readyz'))?.status === 200, 30_000);
  for (const path of ['/', '/api/openapi.json', '/metrics']) assert.equal((await get(path))?.status, 200, path);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
