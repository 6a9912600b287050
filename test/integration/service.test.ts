/** The whole service as a process, on real Kafka, in the simulated Atlas: what a player does, and what is answered. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WORLD_TENANT } from '../../world/world.ts';
import { differences } from '../support/differences.ts';
import { startProbe, topicNames } from '../support/feed-probe.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { uniqueName } from '../support/kafka-client.ts';
import { oracleStats } from '../support/oracle.ts';
import { type ServiceProcess, startService, tenantHeaders } from '../support/service-process.ts';
import { until } from '../support/wait.ts';
import { startWorldOnKafka, type WorldOnKafka } from '../support/world-on-kafka.ts';

const HERO = { tenant: WORLD_TENANT, characterId: 12 };
/** Plenty for a busy machine; in the log of the benchmark it is milliseconds. */
const SOON_MS = 3_000;

interface Explained {
  readonly data: { readonly attributes: { readonly parts: readonly { readonly state: string }[] } };
}

describe('the service on real Kafka', () => {
  let broker: KafkaBroker;
  let atlas: WorldOnKafka;
  let service: ServiceProcess;
  let commandTopic: string;

  before(async () => {
    broker = await provisionKafka();
    atlas = await startWorldOnKafka(broker.brokers);
    const base = { level: 60, job: 110, strength: 200, dexterity: 60, max_hp: 2_000, max_mp: 300 };
    atlas.world.makeUp({ ...HERO, base });
    commandTopic = uniqueName('commands');
    await atlas.kafka.createTopic(commandTopic);
    service = await startService({
      ...atlas.variables,
      ADMIN_TOKEN: 'a-secret-token',
      CLAMP_COMMANDS: 'on',
      COMMAND_TOPIC_CHARACTER: commandTopic,
    });
  });

  after(async () => {
    await service?.end();
    await atlas?.close();
    await broker?.close();
  });

  const consumers = async () =>
    (await (await service.get('/api/debug/consumers')).json()) as {
      partitions: { topic: string; position: number; lag: number }[];
    };
  const errorsOf = async (response: Response) =>
    ((await response.json()) as { errors: { status: string; detail: string }[] }).errors;

  /** Waits until the answer is what the oracle makes of the truth, fresh. */
  const isRight = async (what: string): Promise<void> => {
    await until(
      what,
      async () => {
        const { attributes, degraded } = await service.stats(HERO.tenant, HERO.characterId);
        const expected = oracleStats(atlas.world.get(HERO), { now: Date.now(), grace: 15_000 });
        assert.deepEqual(degraded, []);
        assert.deepEqual(differences(attributes, expected), []);
        return true;
      },
      SOON_MS,
    );
  };

  it('given a player, when it plays, then every answer is right soon after', async () => {
    const { world } = atlas;
    const sword = world.give(HERO, 1302020);
    const better = world.give(HERO, 1302059);
    const helmet = world.give(HERO, 1002357);
    world.login(HERO, 1);
    await isRight('the login is answered');
    world.equip(HERO, sword);
    await isRight('the sword is worn');
    world.equip(HERO, better);
    await isRight('the swords are swapped, without an event for the first');
    world.equip(HERO, helmet);
    await isRight('the helmet is worn');
    world.learnSkill(HERO, 1000001, 10);
    await isRight('a passive skill is learnt');
    world.applyBuff(HERO, {
      sourceId: 1301007,
      level: 30,
      duration: 300_000,
      changes: [{ type: 'HYPER_BODY_HP', amount: 60 }],
    });
    await isRight('Hyper Body is cast');
    world.scroll(HERO, better, { weaponAttack: 5 });
    await isRight('the sword is scrolled');
    world.expireBuff(HERO, 1301007);
    await isRight('Hyper Body has ended');
    world.spendAp(HERO, 'strength');
    await isRight('AP are spent');
    world.unequip(HERO, helmet);
    await isRight('the helmet is in the bag');
    await until('a read has confirmed it', async () => {
      const path = `/api/worlds/0/channels/1/characters/${HERO.characterId}/stats/explain`;
      const { data } = (await (await service.get(path, tenantHeaders(HERO.tenant))).json()) as Explained;
      return data.attributes.parts.every(({ state }) => state === 'fresh');
    });
    world.drop(HERO, better);
    await isRight('the sword is dropped');
    world.levelUp(HERO);
    await isRight('the level is up');
    world.changeChannel(HERO, 2);
    await isRight('the channel has changed');
    world.logout(HERO);
    await isRight('a visitor is answered after the logout');
    await until('the character is gone', async () => {
      const metrics = await (await service.get('/api/metrics')).text();
      return /^effective_stats_residents 0$/m.test(metrics);
    });
  });

  it('given falls of MaxHP, when clamp commands are on, then they were produced as Atlas writes them', async (t) => {
    const topics = topicNames({ character: commandTopic });
    const probe = await startProbe(t, { brokers: broker.brokers, groupId: uniqueName('group'), topics });
    const commands = await until('commands have come', () => probe.received.length > 0 && probe.received);
    const [first] = commands;
    const { transactionId, ...command } = JSON.parse(`${first?.content.value}`);
    assert.match(transactionId, /^[0-9a-f-]{36}$/);
    assert.deepEqual(Object.keys(command), ['worldId', 'characterId', 'type', 'body']);
    assert.equal(command.type, 'CLAMP_HP');
    assert.equal(command.characterId, HERO.characterId);
    assert.equal(command.body.channelId, 1);
    const headers = new Map(first?.content.headers.map(([name, value]) => [`${name}`, value]));
    assert.equal(`${headers.get('TENANT_ID')}`, WORLD_TENANT.id);
    assert.deepEqual(headers.get('MAJOR_VERSION'), Buffer.from([0, 83]));
  });

  it('given bad events, when they are consumed, then each is a dead letter and the next event counts', async () => {
    const { world, kafka, topics } = atlas;
    const other = { tenant: WORLD_TENANT, characterId: 13 };
    world.makeUp({ ...other, base: { max_hp: 1_000 } });
    world.login(other, 1);
    await atlas.flushed();
    const good = Object.entries({ TENANT_ID: WORLD_TENANT.id, REGION: 'GMS' }).map(
      ([name, value]) => [Buffer.from(name), Buffer.from(value)] as const,
    );
    const versions = [
      [Buffer.from('MAJOR_VERSION'), Buffer.from([0, 83])],
      [Buffer.from('MINOR_VERSION'), Buffer.from([0, 1])],
    ] as const;
    const headers = [...good, ...versions];
    const changed = (values: unknown): Buffer =>
      Buffer.from(
        JSON.stringify({
          worldId: 0,
          characterId: 13,
          type: 'STAT_CHANGED',
          body: { channelId: 1, updates: ['STRENGTH', 'LUCK'], values },
        }),
      );
    await kafka.produce(topics.character, [
      { value: changed({ strength: 'strong', luck: 99 }), headers },
      { value: changed({ strength: -5, luck: 99 }), headers },
      { value: changed({ strength: 1e300, luck: 99 }), headers },
      { value: Buffer.from('{"worldId":0,'), headers },
      { value: Buffer.from([0xff, 0xfe]), headers },
      { value: changed({ strength: 50, luck: 99 }), headers: good },
    ]);
    const { letters, total } = await until('six dead letters', async () => {
      const list = (await (await service.get('/api/debug/dead-letters')).json()) as {
        total: number;
        letters: object[];
      };
      return list.total >= 6 && list;
    });
    assert.equal(total, 6);
    assert.ok(
      letters.every((letter: object) => !('value' in letter)),
      'payloads need the token',
    );
    const told = service
      .output()
      .split('\n')
      .filter((line) => line.includes('a record could not be read'));
    assert.ok(told.length > 0 && told.length < 6, 'told, and not each of one kind');
    for (const text of [topics.character, '"partition":0', '"offset":', 'invalid-field']) {
      assert.ok(
        told.some((line) => line.includes(text)),
        text,
      );
    }
    const shown = await service.get('/api/debug/dead-letters', { authorization: 'Bearer a-secret-token' });
    assert.match(await shown.text(), /"value":"/);
    assert.equal((await service.get('/api/debug/dead-letters', { authorization: 'Bearer wrong' })).status, 401);

    world.spendAp(other, 'max_hp');
    await atlas.flushed();
    await until('the next event counts', async () => {
      const { attributes, degraded } = await service.stats(other.tenant, other.characterId);
      const { max_hp: expected } = world.get(other).base;
      return attributes['maxHP'] === expected && attributes['luck'] === 4 && degraded.length === 0;
    });
  });

  it('given bad requests, when they are answered, then each is a 400 that names what was expected', async () => {
    const good = tenantHeaders(WORLD_TENANT);
    const ask = (path: string, headers = good) => service.get(`/api/worlds/${path}/stats`, headers);
    const { TENANT_ID: _id, ...anonymous } = good;
    const bad = [
      await ask('x/channels/1/characters/12'),
      await ask('256/channels/1/characters/12'),
      await ask('0/channels/-1/characters/12'),
      await ask('0/channels/1/characters/4294967296'),
      await ask('0/channels/1/characters/12', { ...good, TENANT_ID: 'not-a-uuid' }),
      await ask('0/channels/1/characters/12', { ...good, MAJOR_VERSION: '65536' }),
      await ask('0/channels/1/characters/12', anonymous as typeof good),
    ];
    for (const response of bad) {
      assert.equal(response.status, 400, response.url);
      assert.match((await errorsOf(response))[0]?.detail ?? '', /expected/i);
    }
    const unknown = await ask('0/channels/1/characters/4242');
    assert.equal(unknown.status, 404);
    assert.equal((await errorsOf(unknown))[0]?.status, '404');
  });

  it('given SIGTERM, when nothing is under way, then it ends in order within a second and has committed', async () => {
    await atlas.flushed();
    await until('everything is consumed', async () => {
      const { partitions } = await consumers();
      return partitions.length === 5 && partitions.every(({ lag }) => lag === 0);
    });
    const { partitions } = await consumers();
    assert.equal(await service.end('SIGTERM'), 0);
    for (const { topic, position } of partitions) {
      const committed = await atlas.kafka.committed(atlas.variables['KAFKA_CONSUMER_GROUP'] ?? '', topic);
      assert.equal(committed ?? 0, position, topic);
    }
  });
});
