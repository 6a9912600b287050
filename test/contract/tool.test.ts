/** What the terminal tool says of itself, and what it says to wrong use. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { COMMANDS } from '../../tool/commands.ts';
import { runTool } from '../support/tool-process.ts';

describe('the terminal tool', () => {
  test('given --version, when it runs, then it prints that of the package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.deepEqual(await runTool(['--version']), { code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test('given --help, when it runs, then it lists each command with its summary', async () => {
    const { code, stdout } = await runTool(['--help']);
    assert.equal(code, 0);
    for (const [name, load] of Object.entries(COMMANDS)) {
      assert.ok(stdout.includes(`  ${name} `) && stdout.includes((await load()).summary), name);
    }
  });

  for (const [name, load] of Object.entries(COMMANDS)) {
    test(`given ${name} --help, when it runs, then it tells every option within 100 columns`, async () => {
      const { code, stdout, stderr } = await runTool([name, '--help']);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, '');
      for (const option of Object.keys((await load()).options)) {
        if (name !== 'serve') assert.ok(stdout.includes(`--${option}`), option);
      }
      for (const line of stdout.split('\n')) assert.ok(line.length <= 120, line);
    });

    test(`given ${name} with an option that it lacks, when it runs, then it exits with 2`, async () => {
      const { code, stderr } = await runTool([name, '--no-such-option']);
      assert.equal(code, 2);
      assert.match(stderr, /option/);
    });
  }

  test('given no command or one that there is not, when it runs, then it says which there are', async () => {
    assert.equal((await runTool([])).code, 2);
    const { code, stderr } = await runTool(['explode']);
    assert.equal(code, 2);
    assert.ok(stderr.includes('"explode"') && stderr.includes('load'), stderr);
  });
});
