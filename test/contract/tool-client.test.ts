/** The commands of the tool that ask a running service, on the demo. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../support/process-guard.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { runTool, startTool } from '../support/tool-process.ts';
import { until } from '../support/wait.ts';

describe('the tool on a running service', () => {
  let service: ServiceProcess;
  let at: string[];

  before(async () => {
    service = await startService({});
    at = ['--url', service.origin];
  });

  after(async () => {
    await service?.end();
  });

  const fine = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runTool([...args, ...at]);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  test('given an id, when it is explained, then the text is for people, and of one stat when asked', async () => {
    assert.match(await fine('explain', '999'), /^Tristan \(999\), resident/);
    const one = await fine('explain', '999', '--stat', 'max_hp');
    assert.match(one, /max_hp = /);
    assert.doesNotMatch(one, /max_mp = /);
  });

  test('given a name, when it is explained as JSON, then it is the answer of the service', async () => {
    const found = await until('his name is known', async () => {
      const { code, stdout } = await runTool(['explain', 'tristan', '--json', ...at]);
      return code === 0 && stdout;
    });
    assert.partialDeepStrictEqual(JSON.parse(found), { data: { type: 'effective-stats-explanations', id: '999' } });
  });

  test('given the port in REST_PORT, when no URL is given, then it is asked', async () => {
    const { code } = await runTool(['explain', '999'], { REST_PORT: new URL(service.origin).port });
    assert.equal(code, 0);
  });

  test('given a name that nobody has, or a stat that there is not, when it is explained, then it says so with 1', async () => {
    const nobody = await runTool(['explain', 'nobody-at-all', ...at]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /called "nobody-at-all"/);
    const charisma = await runTool(['explain', '999', '--stat', 'charisma', ...at]);
    assert.equal(charisma.code, 1);
    assert.match(charisma.stderr, /says 400: stat: expected/);
  });

  test('given no service, when it is asked, then it says where it looked, with 1', async () => {
    const { code, stderr } = await runTool(['explain', '999', '--url', `http://127.0.0.1:${await freePort()}`]);
    assert.equal(code, 1);
    assert.match(stderr, /does not answer: .*ECONNREFUSED/);
  });

  test('given things to try, when they are previewed, then the differences are told', async () => {
    const text = await fine(
      'preview',
      '999',
      '--put-on',
      '1402039',
      '--buff',
      '1101006 WEAPON_ATTACK=12',
      '--base',
      'level=120',
    );
    assert.match(text, /weapon_attack|weaponAttack/);
    const { data } = JSON.parse(await fine('preview', '999', '--put-on', 'Maple Soul Rohen', '--json'));
    assert.equal(data.attributes.putOn[0].templateId, 1402039);
  });

  test('given a body in a file, when it is previewed, then it is sent as it is', async () => {
    const file = join(tmpdir(), `preview-${process.pid}.json`);
    try {
      await writeFile(file, JSON.stringify({ base: { maxHP: 1 } }));
      const { data } = JSON.parse(await fine('preview', '999', '--body', file, '--json'));
      assert.ok(data.attributes.difference.maxHP < 0);
    } finally {
      await rm(file, { force: true });
    }
  });

  test('given things that cannot be read, when they are previewed, then the option is named, with 2', async () => {
    for (const wrong of [
      ['--buff', 'rage'],
      ['--base', 'level'],
      ['--body', '/no/such/file'],
      ['--tenant', 'x'],
    ]) {
      const { code, stderr } = await runTool(['preview', '999', ...wrong, ...at]);
      assert.equal(code, 2, stderr);
      assert.ok(stderr.startsWith(`${wrong[0]}: `), stderr);
    }
  });

  test('given a character that changes, when it is watched, then its changes come as lines and as JSON', async () => {
    const json = startTool(['watch', '999', '--json', ...at]);
    const text = startTool(['watch', '--for', '60s', ...at]);
    try {
      const change = await json.line(
        'a change',
        ({ event, stats }) => event === 'change' && Array.isArray(stats) && stats.length > 0,
      );
      assert.equal(change['characterId'], 999);
      await until('a line', () => /^\d\d:\d\d:\d\d .*\d+ → \d+ \([+−]\d+\) {2}\w+/m.test(text.stdout()));
    } finally {
      assert.deepEqual([await json.stop(), await text.stop()], [0, 0], json.stderr() + text.stderr());
    }
  });
});
