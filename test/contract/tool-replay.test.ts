/** What was recorded over minutes comes out again in moments, and always the same. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RecordedAnswer, RecordedEvent, RecordingHead, RecordingLine } from '../../tool/recording.ts';
import { startUpstreamServer } from '../../world/upstream-server.ts';
import { createWorld, WORLD_TENANT } from '../../world/world.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { tenantHeaders } from '../support/service-process.ts';
import { runTool } from '../support/tool-process.ts';

const HERO = { tenant: WORLD_TENANT, characterId: 12 };
const PATHS = [
  'characters/characters/12',
  'inventory/characters/12/inventory/compartments?type=1&include=assets',
  'buffs/characters/12/buffs',
  'skills/characters/12/skills',
];

test('given minutes with a buff that lapses and one that stays, when they are replayed, then the numbers are those of the end', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'replay-'));
  context.after(() => rm(directory, { recursive: true }));
  const clock = createFakeClock();
  const lines: RecordingLine[] = [];
  const world = createWorld({
    seed: 1,
    clock,
    emit({ stream, headers, value, timestamp }) {
      const event: RecordedEvent = {
        ...{ kind: 'event', at: clock.now(), stream, topic: stream, partition: 0, offset: lines.length, timestamp },
        headers: headers.map(([name, bytes]) => [name.toString(), bytes.toString('base64')]),
        value: JSON.parse(value.toString()),
      };
      lines.push(event);
    },
  });
  world.makeUp({ ...HERO, base: { level: 60, job: 110 } });
  const upstream = await startUpstreamServer(world);
  context.after(() => upstream.close());
  const answers = async (): Promise<void> => {
    for (const path of PATHS) {
      const response = await fetch(`${upstream.url}${path.slice(path.indexOf('/') + 1)}`, {
        headers: tenantHeaders(WORLD_TENANT),
      });
      const headers = { 'content-type': 'application/json' };
      const { status } = response;
      const answer: RecordedAnswer = {
        kind: 'answer',
        at: clock.now(),
        path,
        status,
        headers,
        body: await response.text(),
      };
      lines.push(answer);
    }
  };
  const buff = (duration: number, amount: number) =>
    world.applyBuff(HERO, { sourceId: amount, level: 1, duration, changes: [{ type: 'WEAPON_ATTACK', amount }] });

  const begun = clock.now();
  const head: RecordingHead = {
    ...{ kind: 'recording', format: 1, version: '0.1.0', at: begun, settings: {}, characters: [12] },
    tenant: `${WORLD_TENANT.id}/GMS/83.1`,
  };
  await answers();
  world.login(HERO, 1);
  clock.pass(5_000);
  buff(60_000, 7);
  buff(600_000, 20);
  await answers();
  clock.pass(60_001);
  world.sweepBuffs();
  await answers();
  clock.pass(200_000);
  const end = clock.now();

  const replayOf = async (weaponAttack: number) => {
    const file = join(directory, 'recording.jsonl');
    const stats = { kind: 'stats', at: end, by: 'recorder', characterId: 12, stats: { weaponAttack } };
    await writeFile(file, [head, ...lines, stats].map((line) => JSON.stringify(line)).join('\n'));
    return runTool(['replay', file, '--json']);
  };
  const first = await replayOf(20);
  assert.deepEqual([first.code, JSON.parse(first.stdout).characters[0].differs], [0, []], first.stderr);
  assert.equal((await replayOf(20)).stdout, first.stdout);
  assert.equal((await replayOf(27)).code, 1);
});
