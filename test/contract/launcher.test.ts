/** What people see who start the service without what it needs: one line that says what to do. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '..', '..');

/** The launcher in a directory that has these packages; `version` is what Node says of itself. */
function launch(context: TestContext, packages: readonly string[], version: string) {
  const directory = mkdtempSync(join(tmpdir(), 'launcher-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(join(ROOT, 'bin'), join(directory, 'bin'), { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  mkdirSync(join(directory, 'node_modules'));
  for (const name of packages) symlinkSync(join(ROOT, 'node_modules', name), join(directory, 'node_modules', name));
  const pretence = join(directory, 'pretence.mjs');
  writeFileSync(
    pretence,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', pathToFileURL(pretence).href, join(directory, 'bin', 'effective-stats.js'), 'serve'],
    { encoding: 'utf8' },
  );
  return { status, lines: `${stdout}${stderr}`.trimEnd().split('\n') };
}

for (const version of ['18.20.0', '20.19.0', '22.12.0']) {
  test(`symptom: Node ${version} without the one that npm installs ends with a stack`, (context) => {
    const { status, lines } = launch(context, ['fastify'], version);
    assert.equal(status, 2);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^Node 24 is needed, .*Run "npm ci" without --ignore-scripts/);
  });
}

for (const version of ['20.19.0', '24.21.0']) {
  test(`symptom: Node ${version} without dependencies ends with a stack`, (context) => {
    const { status, lines } = launch(context, [], version);
    assert.equal(status, 2);
    assert.deepEqual(lines, ['The dependencies are not installed. Run "npm ci" first.']);
  });
}

test('given the ways to start, then all give Node the same flags', () => {
  const flagsIn = (file: string) =>
    new Set(readFileSync(join(ROOT, file), 'utf8').match(/--(?:max-semi-space-size|heap-growing-percent)=\d+/g));
  const flags = flagsIn('bin/effective-stats.js');
  assert.equal(flags.size, 2);
  for (const file of ['package.json', 'deploy/Dockerfile', 'bench/service.ts'])
    assert.deepEqual(flagsIn(file), flags, file);
});
