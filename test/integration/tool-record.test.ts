/** What is recorded beside a running installation comes out again in a fresh process, without Kafka and without Atlas. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WORLD_TENANT } from '../../world/world.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { runTool, startTool } from '../support/tool-process.ts';
import { until } from '../support/wait.ts';
import { startWorldOnKafka, type WorldOnKafka } from '../support/world-on-kafka.ts';

const HERO = { tenant: WORLD_TENANT, characterId: 12 };
const BYSTANDER = { tenant: WORLD_TENANT, characterId: 13 };

interface Replay {
  readonly same: boolean;
  readonly characters: readonly {
    readonly characterId: number;
    readonly replayed: Record<string, number>;
    readonly differs: readonly string[];
  }[];
}

describe('record and replay', () => {
  let broker: KafkaBroker;
  let atlas: WorldOnKafka;
  let directory: string;

  before(async () => {
    broker = await provisionKafka();
    atlas = await startWorldOnKafka(broker.brokers);
    directory = await mkdtemp(join(tmpdir(), 'recording-'));
    for (const who of [HERO, BYSTANDER]) {
      atlas.world.makeUp({ ...who, name: 'Secretname', base: { level: 60, job: 110, max_hp: 2_000 } });
      atlas.world.learnSkill(who, 1301007, 30);
      atlas.world.login(who, 1);
    }
  });

  after(async () => {
    await atlas?.close();
    await broker?.close();
    if (directory !== undefined) await rm(directory, { recursive: true });
  });

  const recordingOf = async (file: string) =>
    (await readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));

  it('given a character that equips and is buffed meanwhile, when it is replayed, then the same numbers come out', async () => {
    const file = join(directory, 'hero.jsonl');
    const recorder = startTool(
      ['record', file, '--character', '12', '--for', '60s', '--anonymous', '--json'],
      atlas.variables,
    );
    await until('it records', async () => (await readFile(file, 'utf8').catch(() => '')).includes('"answer"'), 30_000);
    const sword = atlas.world.give(HERO, 1302020);
    atlas.world.equip(HERO, sword);
    atlas.world.cast(HERO, 1301007);
    atlas.world.cast(BYSTANDER, 1301007);
    await until('the events and what they caused are in it', async () => {
      const lines = await recordingOf(file);
      const has = (stream: string): boolean => lines.some((line) => line.kind === 'event' && line.stream === stream);
      const text = JSON.stringify(lines.filter(({ kind }) => kind === 'answer'));
      return has('asset') && has('buff') && text.includes('1302020') && text.includes('1301007');
    });
    assert.equal(await recorder.stop(), 0, recorder.stderr());
    const lines = await recordingOf(file);
    const stats = lines.find(({ kind }) => kind === 'stats');
    assert.ok(stats.stats.weaponAttack > 0 && stats.stats.maxHP > 2_000, JSON.stringify(stats));

    for (const { value } of lines.filter(({ kind }) => kind === 'event')) assert.equal(value.characterId, 12);
    assert.doesNotMatch(JSON.stringify(lines), /Secretname|traceparent/);

    const again = await runTool(['replay', file, '--json']);
    const { same, characters } = JSON.parse(again.stdout) as Replay;
    assert.deepEqual([again.code, same], [0, true], again.stdout + again.stderr);
    assert.deepEqual(characters[0]?.replayed, stats.stats);

    const wrong = lines.map((line) => (line === stats ? { ...line, stats: { ...line.stats, maxHP: 1 } } : line));
    await writeFile(file, wrong.map((line) => JSON.stringify(line)).join('\n'));
    const differing = await runTool(['replay', file]);
    assert.equal(differing.code, 1);
    assert.match(differing.stdout, new RegExp(`^12: not as recorded\\n {2}maxHP: ${stats.stats.maxHP}, recorded 1\n`));
  });

  it('given what is no recording, or nobody to record, when it is tried, then it says so', async () => {
    const file = join(directory, 'other.jsonl');
    await writeFile(file, '{"kind":"other"}\n');
    const other = await runTool(['replay', file]);
    assert.deepEqual([other.code, other.stderr], [1, `${file} is no recording of format 1\n`]);
    assert.equal((await runTool(['replay', join(directory, 'none')])).code, 2);
    const nobody = await runTool(['record', file], atlas.variables);
    assert.equal(nobody.code, 2);
    assert.match(nobody.stderr, /^--character: expected at least one/);
    const nowhere = await runTool(['record', join(directory, 'no', 'such'), '--character', '12'], atlas.variables);
    assert.equal(nowhere.code, 2, nowhere.stderr);
  });
});
