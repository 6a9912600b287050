/** The scripts of package.json run in cmd and PowerShell as in sh, and npm hands the end on to the service. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { freePort } from '../support/process-guard.ts';
import { until } from '../support/wait.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** One program of Node's or of a package, and words that every shell leaves as they are. Double quotes do the same in all. */
const PORTABLE = /^(?:node|biome|tsc)(?: (?:[\w@:./-]+|"[\w*./-]+"|[\w./-]+=[\w./-]+|--[\w-]+(?:=[\w./-]+)?))*$/;

describe('the scripts of package.json', () => {
  for (const [name, script] of Object.entries(scripts)) {
    test(`given ${name}, when it is read, then it has no shell syntax`, () => {
      assert.match(script, PORTABLE);
    });
  }

  test('given shell syntax of every kind, when it is looked for, then it is found', () => {
    for (const script of [
      'exec node a.ts',
      'node a.ts && node b.ts',
      'A=1 node a.ts',
      'node $A',
      "node 'a'",
      'rm -rf a',
      'node a.ts; b',
      'node ~/a',
    ]) {
      assert.doesNotMatch(script, PORTABLE, script);
    }
  });

  test('given npm start, when npm gets SIGTERM, then the service stops in order', async () => {
    const port = await freePort();
    const npm = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', REST_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await until('it is ready', () => output.includes('effective-stats is ready'), 30_000);
    npm.kill('SIGTERM');
    await until('it has stopped', () => output.includes('effective-stats has stopped'));
  });
});
