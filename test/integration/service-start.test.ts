/** What a start of the whole service must not lose: what happened before Kafka answers, and who is online. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ATTRIBUTES } from '../../src/answers/stats-document.ts';
import { WORLD_TENANT } from '../../world/world.ts';
import { type OwnKafkaBroker, startOwnKafka } from '../support/kafka-broker.ts';
import { uniqueName } from '../support/kafka-client.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { until } from '../support/wait.ts';
import { startWorldOnKafka, type WorldOnKafka } from '../support/world-on-kafka.ts';

const HEROES = [12, 13, 14].map((characterId) => ({ tenant: WORLD_TENANT, characterId }));
const [HERO = { tenant: WORLD_TENANT, characterId: 12 }, SECOND = HERO] = HEROES;
const SOON_MS = 10_000;

describe('a start of the service', () => {
  let broker: OwnKafkaBroker;
  let atlas: WorldOnKafka;
  let service: ServiceProcess | undefined;

  before(async () => {
    broker = await startOwnKafka();
    atlas = await startWorldOnKafka(broker.brokers);
    for (const hero of HEROES) atlas.world.makeUp({ ...hero, base: { luck: 10 } });
  });

  after(async () => {
    await service?.end();
    await atlas?.close();
    await broker?.close();
  });

  const start = async (overrides: Record<string, string> = {}): Promise<ServiceProcess> => {
    await service?.end();
    service = await startService({
      ...atlas.variables,
      KAFKA_CONSUMER_GROUP: uniqueName('group'),
      // Reads that nothing asks for would hide what is missed.
      AUDIT_PERIOD: '24h',
      ...overrides,
    });
    return service;
  };
  const lucks = async (of: ServiceProcess, hero = HERO): Promise<[number | undefined, readonly string[]]> => {
    const { attributes, degraded } = await of.stats(hero.tenant, hero.characterId);
    return [attributes[ATTRIBUTES.luck], degraded];
  };
  const gauge = async (of: ServiceProcess, name: string): Promise<number> => {
    const metrics = await (await of.get('/api/metrics')).text();
    return Number(new RegExp(`^effective_stats_${name} (\\d+)$`, 'm').exec(metrics)?.[1]);
  };

  it('given a character read before the broker answers, when an event about it is older than where following begins, then it counts all the same', async () => {
    const { character, skill } = atlas.topics;
    await atlas.kafka.produce(character, [{ value: Buffer.from('{}'), timestamp: Date.now() - 180_000 }]);
    await atlas.kafka.produce(skill, [{ value: Buffer.from('{}') }]);
    await broker.pause();
    const late = await start();
    assert.deepEqual((await lucks(late))[0], 10);
    // The truth moves. Its event stands on the topic, some minutes old when the broker answers at last.
    atlas.world.makeUp({ ...HERO, base: { luck: 99 } });
    const readyBefore = await (await late.get('/api/readyz')).json();
    assert.match(JSON.stringify(readyBefore), /no broker answers/);
    await broker.resume();
    await until('the feed is current', async () => (await gauge(late, 'feed_current')) === 1, 15_000);
    await until(
      'the new truth is told, undegraded',
      async () => {
        const [luck, degraded] = await lucks(late);
        return luck === 99 && degraded.length === 0;
      },
      SOON_MS,
    );
  });

  it('symptom: with topics that are mistyped, a frozen value passes as fresh', async () => {
    const mistyped = uniqueName('mistyped');
    atlas.world.makeUp({ ...HERO, base: { luck: 99 } });
    const running = await start({
      EVENT_TOPIC_CHARACTER_STATUS: mistyped,
      EVENT_TOPIC_ASSET_STATUS: `${mistyped}-too`,
    });
    atlas.world.login(HERO, 1);
    await until('it is loaded', async () => (await lucks(running))[0] === 99);
    await until('the login came', async () => (await gauge(running, 'residents')) >= 1, SOON_MS);
    atlas.world.makeUp({ ...HERO, base: { luck: 123 } });
    await until('the new truth is told', async () => (await lucks(running))[0] === 123, SOON_MS);
    interface Report {
      readonly status: string;
      readonly degraded: readonly { readonly reason: string }[];
    }
    // Health is looked at ten times a second: it may be from before the others were followed, and had caught up.
    const report = await until('the others are followed', async () => {
      const told = (await (await running.get('/api/readyz')).json()) as Report;
      return told.degraded.every(({ reason }) => reason.startsWith('topic ')) && told;
    });
    assert.deepEqual(report.status, 'ready');
    const reasons = report.degraded.map(({ reason }) => reason).toSorted();
    assert.deepEqual(
      reasons,
      [
        `topic ${mistyped} does not exist: EVENT_TOPIC_CHARACTER_STATUS names it`,
        `topic ${mistyped}-too does not exist: EVENT_TOPIC_ASSET_STATUS names it`,
      ].toSorted(),
    );
    const { streams } = (await (await running.get('/api/debug/consumers')).json()) as {
      streams: Record<string, { current: boolean; reason?: string }>;
    };
    assert.match(streams['asset']?.reason ?? '', /EVENT_TOPIC_ASSET_STATUS/);
    assert.deepEqual(streams['buff'], { current: true });
    const areFollowed = async (): Promise<boolean> => {
      const { parts } = await freshness(running);
      return parts['buffs'] === 'fresh' && parts['passives'] === 'fresh';
    };
    await until('the parts whose topics exist are fresh, as ever', areFollowed, SOON_MS);
  });

  const freshness = async (of: ServiceProcess): Promise<{ parts: Record<string, string> }> => {
    const headers = {
      TENANT_ID: HERO.tenant.id,
      REGION: HERO.tenant.region,
      MAJOR_VERSION: String(HERO.tenant.majorVersion),
      MINOR_VERSION: String(HERO.tenant.minorVersion),
    };
    const path = `/api/worlds/0/channels/1/characters/${HERO.characterId}/stats/explain`;
    const document = JSON.parse(await (await of.get(path, headers)).text());
    const parts: { part: string; state: string }[] = document.data.attributes.parts;
    return { parts: Object.fromEntries(parts.map(({ part, state }) => [part, state])) };
  };

  it('given characters that are online, when the service starts anew, then they are residents again, loaded once, and who is gone is not', async () => {
    atlas.world.login(SECOND, 1);
    const [, , third = HERO] = HEROES;
    atlas.world.login(third, 1);
    atlas.world.logout(third);
    await atlas.flushed();
    const running = await start();
    await until('both are residents', async () => (await gauge(running, 'residents')) === 2, SOON_MS);
    await until(
      'both are loaded',
      async () => {
        const metrics = await (await running.get('/api/metrics')).text();
        const base = /^effective_stats_refreshes_total\{part="base",outcome="changed"\} (\d+)$/m.exec(metrics);
        return Number(base?.[1]) >= 2;
      },
      SOON_MS,
    );
    assert.deepEqual(await lucks(running, SECOND), [10, []]);
    assert.equal(await gauge(running, 'visitors'), 0);
  });

  it('given more ends of sessions than are remembered, read before their beginnings, when they are replayed, then nobody who is gone is held', async () => {
    const topic = uniqueName('sessions');
    await atlas.kafka.createTopic(topic, 2);
    const sessions = Array.from({ length: 102_000 }, (_, index) => ({
      sessionId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      accountId: 1,
      characterId: 1_000_000 + index,
      worldId: 0,
      channelId: 1,
      issuer: 'CHANNEL',
    }));
    const all = (records: readonly { value: Buffer; partition: number }[]): Promise<void> => produceAll(topic, records);
    const record = (event: object, partition: number) => ({ value: Buffer.from(JSON.stringify(event)), partition });
    await all(sessions.map((session) => record({ ...session, type: 'DESTROYED' }, 0)));
    // So many that the other partition is read to its end before the first CREATED comes.
    await all(Array.from({ length: 400_000 }, () => record({ type: 'OTHER' }, 1)));
    await all(sessions.slice(0, 1_000).map((session) => record({ ...session, type: 'CREATED' }, 1)));
    const running = await start({ EVENT_TOPIC_SESSION_STATUS: topic });
    await until('all is replayed', async () => (await lagOf(running, topic)) === 0, 60_000);
    assert.equal(await gauge(running, 'residents'), 0);
  });

  const produceAll = async (topic: string, records: readonly { value: Buffer; partition: number }[]): Promise<void> => {
    const { id, region, majorVersion, minorVersion } = WORLD_TENANT;
    const headers = [
      [Buffer.from('TENANT_ID'), Buffer.from(id)],
      [Buffer.from('REGION'), Buffer.from(region)],
      [Buffer.from('MAJOR_VERSION'), Buffer.from([0, majorVersion])],
      [Buffer.from('MINOR_VERSION'), Buffer.from([0, minorVersion])],
    ] as const;
    for (let from = 0; from < records.length; from += 2_000) {
      const portion = records.slice(from, from + 2_000).map((each) => ({ ...each, headers }));
      await atlas.kafka.produce(topic, portion, 'zstd');
    }
  };

  /** Of all its partitions; undefined while they are not followed. */
  const lagOf = async (of: ServiceProcess, topic: string): Promise<number | undefined> => {
    const { partitions } = (await (await of.get('/api/debug/consumers')).json()) as {
      partitions: { topic: string; lag: number; position: number }[];
    };
    const own = partitions.filter((each) => each.topic === topic);
    if (own.length < 2 || own.some(({ position }) => position === 0)) return undefined;
    return own.reduce((sum, { lag }) => sum + lag, 0);
  };
});
