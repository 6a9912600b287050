/** What the terminal tool says of itself, and what it says to wrong use. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
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

  test('symptom: help promises --json where there is none', async () => {
    assert.match((await runTool(['--help'])).stdout, /each command has --help, and each but serve has --json/);
    for (const [name, load] of Object.entries(COMMANDS)) {
      assert.equal('json' in (await load()).options, name !== 'serve', name);
    }
  });

  test('symptom: without brokers, a file or a service, commands end in technical texts', async () => {
    const folder = tmpdir();
    const none = join(folder, 'no-such-folder', 'file');
    const nowhere = { BOOTSTRAP_SERVERS: '127.0.0.1:1', BASE_SERVICE_URL: 'http://127.0.0.1:1/api/' };
    const told = async (words: readonly string[], variables = {}) => {
      const { code, stderr } = await runTool(words, variables);
      return `${code} ${stderr.split('\n').find((line) => !line.includes(' %, '))}`;
    };
    assert.match(await told(['load']), /^2 load needs a Kafka.*--brokers HOST:PORT, or in BOOTSTRAP_SERVERS\.$/);
    assert.match(
      await told(['record', none, '--character', '12']),
      /^2 record follows the Kafka.*set BOOTSTRAP_SERVERS and BASE_SERVICE_URL/,
    );
    assert.equal(await told(['replay', none]), `2 There is no ${none}: is the path right?`);
    assert.equal(await told(['replay', folder]), `2 ${folder} is a folder; expected a file.`);
    assert.equal(await told(['preview', '999', '--body', none]), `2 --body: There is no ${none}: is the path right?`);
    assert.equal(
      await told(['record', none, '--character', '12'], nowhere),
      `2 There is no ${none}: is the path right?`,
    );
    assert.match(
      await told(['record', devNull, '--character', '12', '--for', '1s'], nowhere),
      /^1 Nobody could be answered for\. Run effective-stats doctor/,
    );
    assert.match(
      await told(['load', '--brokers', '127.0.0.1:1']),
      /^1 Kafka at 127.0.0.1:1 cannot be used: .*ECONNREFUSED/,
    );
    assert.match(await told(['explain', '999', '--url', 'here']), /^2 --url: expected a URL/);
    assert.match(await told(['load', '--brokers', 'x']), /^2 The configuration is not valid:/);
  });

  test('given no command or one that there is not, when it runs, then it says which there are', async () => {
    assert.equal((await runTool([])).code, 2);
    const { code, stderr } = await runTool(['explode']);
    assert.equal(code, 2);
    assert.ok(stderr.includes('"explode"') && stderr.includes('load'), stderr);
  });

  test('symptom: a reader that has enough, as head has, ends the tool with a stack', async (context) => {
    const change = JSON.stringify({ characterId: 12, cause: { kind: 'event' }, stats: [], degraded: [] });
    const server = createServer((_request, response) => {
      const timer = setInterval(() => response.write(`event: change\ndata: ${change}\n\n`), 20);
      response.on('close', () => clearInterval(timer));
    }).listen(0, '127.0.0.1');
    context.after(() => server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const words of [['--help'], ['watch', '--url', `http://127.0.0.1:${port}`]]) {
      const child = spawn(process.execPath, ['bin/effective-stats.js', ...words], {
        cwd: join(import.meta.dirname, '..', '..'),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      context.after(() => child.kill('SIGKILL'));
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      if (words.length > 1) await once(child.stdout, 'data');
      child.stdout.destroy();
      assert.deepEqual([...(await once(child, 'close')), stderr], [0, null, ''], words[0]);
    }
  });

  test('symptom: what a service says, or whom it knows, drives the terminal', async (context) => {
    const hostile = 'A\u009b2J\u001b[1m\u202eB';
    const server = createServer((request, response) => {
      if (request.url?.includes('search=')) {
        response.end(JSON.stringify({ data: ['1', '2'].map((id) => ({ id, attributes: { name: hostile } })) }));
      } else if (request.url?.includes('/12/')) {
        response.writeHead(404).end(JSON.stringify({ errors: [{ detail: hostile }] }));
      } else response.writeHead(502).end(hostile);
    }).listen(0, '127.0.0.1');
    context.after(() => server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const who of ['A', '12', '13']) {
      const { code, stderr } = await runTool(['explain', who, '--url', `http://127.0.0.1:${port}`]);
      assert.equal(code, 1);
      assert.ok(stderr.includes('A\\u009b2J\\u001b[1m\\u202eB'), stderr);
      assert.doesNotMatch(stderr.trimEnd(), /[\p{Cc}\u202a-\u202e]/u);
    }
  });
});
