/**
 * The descriptions for machines serve machines: a public linter finds nothing in them, and the clients that public generators
 * make of openapi.json compile and decode what the demo answers. What that needs is installed in test/clients at the first run.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { WORLD_TENANT } from '../../world/world.ts';
import { outputOf } from '../support/process-guard.ts';
import { type ServiceProcess, startService, tenantHeaders } from '../support/service-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CLIENTS = join(ROOT, 'test', 'clients');
const OPENAPI = join(ROOT, 'docs', 'reference', 'openapi.json');
const ASYNCAPI = join(ROOT, 'docs', 'reference', 'asyncapi.json');
/** A cold module cache is filled, and some hundred packages are compiled. */
const GO_DEADLINE_MS = 300_000;

const exec = promisify(execFile);
const node = (args: readonly string[], cwd = CLIENTS) => exec(process.execPath, args, { cwd, timeout: 120_000 });

function writtenAt(path: string): number {
  return statSync(join(CLIENTS, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function install(): Promise<void> {
  if (writtenAt('node_modules/.package-lock.json') >= writtenAt('package-lock.json')) return;
  const npm = process.env['npm_execpath'];
  if (npm === undefined) await exec('npm', ['ci'], { cwd: CLIENTS, shell: process.platform === 'win32' });
  else await node([npm, 'ci']);
}

describe('the descriptions for machines', () => {
  let service: ServiceProcess;

  before(async () => {
    await install();
    service = await startService({});
  });

  after(async () => {
    await service?.end();
  });

  /** What a client should have decoded, but for the numbers of the demo, which move. */
  function assertDecoded(text: string): void {
    const { maxHP, total, weaponAttack, statType, ...words } = JSON.parse(text);
    assert.deepEqual(words, { id: '999', code: 'CHARACTER_UNKNOWN', status: 'ready' });
    assert.ok(maxHP > 1_000 && total > 1_000, text);
    assert.equal(typeof weaponAttack, 'number');
    assert.match(statType, /^[a-z_]+$/);
  }

  for (const file of [OPENAPI, ASYNCAPI]) {
    test(`given ${file.slice(ROOT.length + 1)}, when it is linted with the recommended rules, then nothing is found`, async () => {
      const { stdout } = await node(['lint.mjs', file]);
      assert.deepEqual(JSON.parse(stdout), []);
    });
  }

  test('given a client in TypeScript, when it is generated, then it compiles and decodes the answers', async () => {
    await mkdir(join(CLIENTS, 'typescript', 'generated'), { recursive: true });
    const generator = join('node_modules', 'openapi-typescript', 'bin', 'cli.js');
    await node([generator, OPENAPI, '-o', join('typescript', 'generated', 'api.ts')]);
    await node([join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'typescript']);
    assertDecoded((await node([join('typescript', 'ask.ts'), service.origin])).stdout);
  });

  test('given a client in Go, when it is generated, then it compiles and decodes the answers', async (t) => {
    if ((await outputOf('go', ['version'], 5_000)) === undefined) return t.skip('there is no Go on this machine');
    const cwd = join(CLIENTS, 'go');
    await mkdir(join(cwd, 'client'), { recursive: true });
    const go = (args: readonly string[]) => exec('go', args, { cwd, timeout: GO_DEADLINE_MS });
    const target = ['-package', 'client', '-generate', 'types,client', '-o', join('client', 'client.gen.go')];
    await go(['tool', 'oapi-codegen', ...target, OPENAPI]);
    assertDecoded((await go(['run', '.', service.origin])).stdout);
  });

  test('given the version of the package, when the descriptions are read, then it is theirs', async () => {
    const { version } = await import('../../src/lib/version.ts');
    for (const file of [OPENAPI, ASYNCAPI]) {
      const { default: description } = await import(file, { with: { type: 'json' } });
      assert.equal(description.info.version, version);
    }
    const served = await service.get('/api/openapi.json', tenantHeaders(WORLD_TENANT));
    assert.partialDeepStrictEqual(await served.json(), { info: { version } });
  });
});
