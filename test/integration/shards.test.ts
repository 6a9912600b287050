/** Four shards as processes on real Kafka, behind a real nginx that is set up as docs/guides/scale-out.md shows. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ATTRIBUTES } from '../../src/answers/stats-document.ts';
import { createShardHash } from '../../src/domain/shard.ts';
import { STATS } from '../../src/domain/stat.ts';
import { WORLD_TENANT } from '../../world/world.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { oracleStats } from '../support/oracle.ts';
import { freePort, PrerequisiteMissing } from '../support/process-guard.ts';
import { type ServiceProcess, type StatsAnswer, startService, statsOf } from '../support/service-process.ts';
import { until } from '../support/wait.ts';
import { startWorldOnKafka, type WorldOnKafka } from '../support/world-on-kafka.ts';

const SHARDS = 4;
const GUIDE = join(import.meta.dirname, '..', '..', 'docs', 'guides', 'scale-out.md');
const IDS = Array.from({ length: 40 }, (_, index) => 1_000 + index * 7);

/** The guide's configuration, with these servers in place of its own. */
async function configurationOf(listen: number, servers: readonly string[]): Promise<string> {
  const [, shown = ''] = /```nginx\n(.*?)```/s.exec(await readFile(GUIDE, 'utf8')) ?? [];
  let index = 0;
  const config = shown
    .replace(/listen \d+;/, `listen 127.0.0.1:${listen};`)
    .replaceAll(/server effective-stats-(\d):8080;/g, (_line, ordinal) => {
      assert.equal(Number(ordinal), index, 'the guide lists its servers in order');
      index += 1;
      return `server ${servers[Number(ordinal)]};`;
    });
  assert.equal(index, servers.length, 'the guide shows as many servers');
  return config;
}

describe('four shards', () => {
  const hashOf = createShardHash();
  const shardOf = (characterId: number): number => hashOf(WORLD_TENANT, characterId) % SHARDS;
  let broker: KafkaBroker;
  let atlas: WorldOnKafka;
  const shards: ServiceProcess[] = [];

  before(async () => {
    broker = await provisionKafka();
    atlas = await startWorldOnKafka(broker.brokers);
    const starting = Array.from({ length: SHARDS }, (_, index) => {
      const own = { SHARD: `auto/${SHARDS}`, POD_NAME: `stats-${index}` };
      return startService({ ...atlas.variables, ...own });
    });
    shards.push(...(await Promise.all(starting)));
    for (const characterId of IDS) atlas.world.makeUp({ ...who(characterId), base: { max_hp: 1_000 + characterId } });
    for (const characterId of IDS) atlas.world.login(who(characterId), 1);
    await atlas.flushed();
  });

  after(async () => {
    await Promise.all(shards.map((shard) => shard.end('SIGKILL')));
    await atlas?.close();
    await broker?.close();
  });

  const who = (characterId: number) => ({ tenant: WORLD_TENANT, characterId });
  const shard = (index: number): ServiceProcess => shards[index] ?? assert.fail();
  const gauge = async (index: number, name: string): Promise<number> => {
    const metrics = await (await shard(index).get('/api/metrics')).text();
    return Number(new RegExp(`^effective_stats_${name} (\\d+)$`, 'm').exec(metrics)?.[1]);
  };
  const assertRight = (answer: StatsAnswer, characterId: number): void => {
    const expected = oracleStats(atlas.world.get(who(characterId)), { now: Date.now(), grace: 15_000 });
    assert.equal(answer.status, 200, answer.body);
    assert.deepEqual(answer.degraded, []);
    for (const stat of STATS)
      assert.equal(answer.attributes[ATTRIBUTES[stat]], expected[stat], `${characterId}: ${stat}`);
  };

  it('given logins, then each character is a resident of its own shard, and the others load and keep nothing', async () => {
    for (let index = 0; index < SHARDS; index++) {
      const own = IDS.filter((characterId) => shardOf(characterId) === index).length;
      await until(`shard ${index} has its ${own} residents`, async () => (await gauge(index, 'residents')) === own);
      assert.equal(await gauge(index, 'visitors'), 0);
    }
    const { replica, shard: name } = (await (await shard(3).get('/api/debug/consumers')).json()) as Record<
      string,
      string
    >;
    assert.match(`${replica} ${name}`, /^stats-3\.[0-9a-f]{4} 3\/4$/);
  });

  it('given no clamp commands, then no group is joined', async () => {
    const group = atlas.variables['KAFKA_CONSUMER_GROUP'] ?? '';
    for (const name of [group, `${group} clamp`, `${group} clamp 0/4`]) {
      assert.equal(await atlas.kafka.memberCount(name), 0, name);
    }
  });

  it('given a character of another shard, when it is asked for, then it is right, and stays right, and nobody’s resident', async () => {
    const [characterId = 0] = IDS;
    const [own, other] = [shardOf(characterId), (shardOf(characterId) + 1) % SHARDS];
    const residents = await gauge(other, 'residents');
    assertRight(await shard(other).stats(WORLD_TENANT, characterId), characterId);
    assert.equal(await gauge(other, 'visitors'), 1);
    atlas.world.applyBuff(who(characterId), {
      sourceId: 1301007,
      level: 30,
      duration: 300_000,
      changes: [{ type: 'HYPER_BODY_HP', amount: 60 }],
    });
    atlas.world.changeChannel(who(characterId), 2);
    await atlas.flushed();
    for (const index of [own, other]) {
      await until(`shard ${index} answers right`, async () => {
        assertRight(await shard(index).stats(WORLD_TENANT, characterId), characterId);
        return true;
      });
    }
    const tag = async (index: number) => (await shard(index).stats(WORLD_TENANT, characterId)).headers.get('etag');
    assert.equal(await tag(own), await tag(other), 'the same body has the same ETag everywhere');
    assert.equal(await gauge(other, 'residents'), residents, 'a change of channel makes it no resident there');
  });

  it('given nginx as the guide shows it, then each request goes to its shard, and to any other one when that is gone', async (t) => {
    const port = await freePort();
    const servers = shards.map(({ origin }) => origin.replace('http://', ''));
    let nginx: Nginx;
    try {
      nginx = await startNginx(await configurationOf(port, servers));
    } catch (error) {
      if (error instanceof PrerequisiteMissing) return t.skip(error.message);
      throw error;
    }
    t.after(() => nginx.close());
    t.diagnostic(nginx.version);
    const origin = `http://127.0.0.1:${port}`;
    const before = await Promise.all(shards.map((_, index) => answered(index)));
    await until('nginx answers', async () => (await statsOf(origin, WORLD_TENANT, 4_242)).status === 404);
    for (const characterId of IDS) assertRight(await statsOf(origin, WORLD_TENANT, characterId), characterId);
    for (let index = 0; index < SHARDS; index++) {
      const own = IDS.filter((characterId) => shardOf(characterId) === index).length;
      const asked = (await answered(index)) - (before[index] ?? 0);
      assert.equal(asked, own, `requests that came to shard ${index}`);
    }
    await shard(2).end('SIGKILL');
    for (const characterId of IDS) assertRight(await statsOf(origin, WORLD_TENANT, characterId), characterId);
  });

  /** Stats requests answered with 200. */
  async function answered(index: number): Promise<number> {
    const metrics = await (await shard(index).get('/api/metrics')).text();
    const found = /http_requests_total\{route="[^"]+\/stats",status="200"\} (\d+)/.exec(metrics);
    return Number(found?.[1] ?? 0);
  }
});
