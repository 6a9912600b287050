/** What may happen to where a broker is and to who may ask it. Following degrades, says why, and heals within 15 s. */
import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { AclOperations, AclPermissionTypes, Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import { textRecord, topicNames } from '../support/feed-probe.ts';
import { uniqueName } from '../support/kafka-client.ts';
import { freePort } from '../support/process-guard.ts';
import { useOwnKafka } from '../support/use-kafka.ts';
import { until } from '../support/wait.ts';

const HEALED_MS = 15_000;
const kafka = useOwnKafka();
const OUT_OF_REACH = 'the settings of a broker in Docker are out of reach';

const securePort = await freePort();
const plainPort = (): number => Number(kafka.brokers[0]?.split(':')[1]);

/** A port that leads to the broker for as long as it is open. */
async function openWay(t: TestContext): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((incoming) => {
    const outgoing = connect(plainPort(), '127.0.0.1');
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        incoming.destroy();
        outgoing.destroy();
        sockets.delete(socket);
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  t.after(close);
  return { port, close };
}

async function restart(properties: Readonly<Record<string, string>>): Promise<void> {
  await kafka.broker.stop();
  await kafka.broker.files?.configure(properties);
  await kafka.broker.start();
}

test('given the addresses that it was told lead nowhere any more, while the brokers it has found serve, then it says so, and heals', async (t) => {
  const way = await openWay(t);
  const topics = topicNames();
  await kafka.client.createTopic(topics.buff);
  // Nobody is behind the second one, as where a name is not resolved any more.
  const { feed, values } = await kafka.follow(t, {
    brokers: [`127.0.0.1:${way.port}`, 'no-such-host.invalid:9092'],
    topics,
  });
  await until('it is current', () => feed.health().streams.buff.current);
  way.close();
  await kafka.client.produce(topics.buff, [textRecord('a')]);
  await until('it came', () => values().includes('a'), HEALED_MS);
  await kafka.client.createTopic(topics.skill);
  await kafka.client.produce(topics.skill, [textRecord('new')]);
  await until('a new topic is found through the brokers that it knows', () => values().includes('new'), HEALED_MS);
  assert.ok(feed.health().streams.buff.current);
});

const advertising = (port: number) => ({ 'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}` });

test('given a broker that comes back under another address, then records and commits find it there', async (t) => {
  if (kafka.broker.files === undefined) return t.skip(OUT_OF_REACH);
  const topics = topicNames();
  const groupId = uniqueName('group');
  const first = await openWay(t);
  await restart(advertising(first.port));
  await kafka.client.createTopic(topics.buff);
  const { feed, values } = await kafka.follow(t, { groupId, topics });
  await kafka.client.produce(topics.buff, [textRecord('a')]);
  await until('it is committed', async () => (await kafka.client.committed(groupId, topics.buff)) === 1);
  const second = await openWay(t);
  first.close();
  await restart(advertising(second.port));
  await kafka.reconnect();
  await kafka.client.produce(topics.buff, [textRecord('b')]);
  await until('the next came', () => values().includes('b'), HEALED_MS);
  await until('it is current', () => feed.health().streams.buff.current, HEALED_MS);
  await until('it is committed', async () => (await kafka.client.committed(groupId, topics.buff)) === 2, HEALED_MS);
  await feed.stop();
  second.close();
});

const secured = (password: string) => ({
  listeners: `PLAINTEXT://127.0.0.1:${plainPort()},SECURE://127.0.0.1:${securePort},CONTROLLER://127.0.0.1:${controllerPort()}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${plainPort()},SECURE://127.0.0.1:${securePort}`,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SECURE:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
  'sasl.enabled.mechanisms': 'PLAIN',
  'listener.name.secure.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required user_stats="${password}";`,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
});

const controllerPort = (): string => String(kafka.broker.files?.controllerPort);

/** Lets the service's user do this with the topic. */
async function grant(topic: string, operation: 'READ' | 'DESCRIBE'): Promise<void> {
  const admin = new Admin({ clientId: 'grants', bootstrapBrokers: [...kafka.brokers] });
  const acl = {
    resourceType: ResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:stats',
    host: '*',
    operation: AclOperations[operation],
    permissionType: AclPermissionTypes.ALLOW,
  };
  await admin.createAcls({ creations: [acl] });
  await admin.close();
}

test('given no right to a topic, then it is named with its variable, and followed once it is granted; a lost password shows and heals', async (t) => {
  if (kafka.broker.files === undefined) return t.skip(OUT_OF_REACH);
  await restart(secured('secret'));
  // Where it was before, nobody listens any more.
  await kafka.reconnect();
  const topics = topicNames();
  await kafka.client.createTopic(topics.buff);
  await kafka.client.produce(topics.buff, [textRecord('a')]);
  const { feed, values, missed } = await kafka.follow(t, {
    brokers: [`127.0.0.1:${securePort}`],
    topics,
    sasl: { mechanism: 'PLAIN', username: 'stats', password: 'secret' },
  });
  const reason = `topic ${topics.buff} may not be read by this service: its rights, or EVENT_TOPIC_CHARACTER_BUFF_STATUS`;
  await until('it is named', () => feed.health().streams.buff.reason === reason, HEALED_MS);
  await grant(topics.buff, 'DESCRIBE');
  await until('it is begun', () => feed.positions().length === 1, HEALED_MS);
  await until(
    'it is named still, for it may not be read',
    () => feed.health().streams.buff.reason === reason,
    HEALED_MS,
  );
  await grant(topics.buff, 'READ');
  await until('its record came', () => values().includes('a'), HEALED_MS);
  await until('it is current', () => feed.health().streams.buff.current, HEALED_MS);
  assert.deepEqual(missed, []);

  await restart(secured('changed'));
  await until('it is not current', () => !feed.health().streams.buff.current, HEALED_MS);
  await restart(secured('secret'));
  await kafka.client.produce(topics.buff, [textRecord('b')]);
  await until('the next came', () => values().includes('b'), HEALED_MS);
  await until('it is current again', () => feed.health().streams.buff.current, HEALED_MS);
  await feed.stop();
});
