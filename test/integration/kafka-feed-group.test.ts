import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { Consumer } from '@platformatic/kafka';
import { startProbe, textRecord, topicNames } from '../support/feed-probe.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { createKafkaClient, type KafkaClient, uniqueName } from '../support/kafka-client.ts';
import { until } from '../support/wait.ts';

const PARTITIONS = 4;

let kafka: KafkaBroker;
let client: KafkaClient;
let brokers: readonly string[];

before(async () => {
  kafka = await provisionKafka();
  brokers = kafka.brokers;
  client = createKafkaClient(brokers);
});

after(async () => {
  await client.close();
  await kafka.close();
  await until('every connection is closed', () => !process.getActiveResourcesInfo().includes('TCPSocketWrap'));
});

/** Produces numbered records to all partitions until told to stop; tells how many each partition got. */
function produceSteadily(t: TestContext, topic: string): { stop(): Promise<number> } {
  let stopped = false;
  t.after(() => {
    stopped = true;
  });
  const producing = (async () => {
    let rounds = 0;
    for (; !stopped; rounds += 1) {
      const records = Array.from({ length: PARTITIONS }, (_, partition) =>
        textRecord(`${partition}:${rounds}`, partition),
      );
      await client.produce(topic, records);
    }
    return rounds;
  })();
  return {
    stop() {
      stopped = true;
      return producing;
    },
  };
}

/** Watches the group's committed offsets; lists every fall. */
function watchCommits(t: TestContext, groupId: string, topic: string): { stop(): Promise<string[]> } {
  let stopped = false;
  t.after(() => {
    stopped = true;
  });
  const watching = (async () => {
    const seen = new Map<number, number>();
    const falls: string[] = [];
    while (!stopped) {
      for (const [partition, offset] of await client.allCommitted(groupId, topic)) {
        const before = seen.get(partition) ?? 0;
        if (offset < before) falls.push(`partition ${partition}: ${before} → ${offset}`);
        seen.set(partition, offset);
      }
    }
    return falls;
  })();
  return {
    stop() {
      stopped = true;
      return watching;
    },
  };
}

test('given a flowing topic, when members come and go, then nothing is lost or repeated, and no commit falls back', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await client.createTopic(topics.buff, PARTITIONS);
  const commits = watchCommits(t, groupId, topics.buff);
  const first = await startProbe(t, { brokers, groupId, topics });
  await until('the first member is alone', () => first.feed.health().current && first.feed.health().members === 1);
  const production = produceSteadily(t, topics.buff);

  const second = await startProbe(t, { brokers, groupId, topics });
  await until('they share', () => first.feed.positions().length === 2 && second.feed.positions().length === 2);
  await until('both know of each other', () => [first, second].every(({ feed }) => feed.health().members === 2));
  await until('the second consumes', () => second.received.length > 50);
  await first.feed.stop();
  await until('the second has all', () => second.feed.positions().length === PARTITIONS);
  await until('the second knows it is alone', () => second.feed.health().members === 1);

  const rounds = await production.stop();
  const expected = rounds * PARTITIONS;
  const arrived = () => new Set([...first.values(), ...second.values()]);
  await until('everything arrived', () => arrived().size === expected);
  await until('it is all committed', async () => {
    const committed = await client.allCommitted(groupId, topics.buff);
    return committed.size === PARTITIONS && [...committed.values()].every((offset) => offset === rounds);
  });
  assert.deepEqual(await commits.stop(), []);
  // Orderly rebalances drain and commit first, so that no record comes twice.
  assert.equal(first.received.length + second.received.length, expected);
  for (const { received } of [first, second]) assertOrdered(received);
  await second.feed.stop();
});

function assertOrdered(records: readonly { partition: number; offset: number }[]): void {
  const last = new Map<number, number>();
  for (const { partition, offset } of records) {
    assert.ok(offset > (last.get(partition) ?? -1), `partition ${partition} went back to ${offset}`);
    last.set(partition, offset);
  }
}

test('given a handler that is slow, when a second member joins, then the batch in hand is committed before partitions move', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await client.createTopic(topics.buff, 2);
  const gate = Promise.withResolvers<void>();
  let entered = false;
  const first = await startProbe(t, { brokers, groupId, topics }, () => {
    entered = true;
    return gate.promise;
  });
  await until('it has both', () => first.feed.positions().length === 2);
  await client.produce(topics.buff, [textRecord('a', 0), textRecord('b', 1)]);
  await until('the batch is in the handler', () => entered);
  const second = await startProbe(t, { brokers, groupId, topics });
  await until('the first lets go', () => first.feed.positions().length === 0);
  gate.resolve();
  await until('they share', () => first.feed.positions().length === 1 && second.feed.positions().length === 1);
  await client.produce(topics.buff, [textRecord('c', 0), textRecord('d', 1)]);
  await until('the rest arrived', () => first.received.length + second.received.length >= 4);
  assert.deepEqual([...first.values(), ...second.values()].toSorted(), ['a', 'b', 'c', 'd']);
  await Promise.all([first.feed.stop(), second.feed.stop()]);
});

test('given a group whose member speaks another protocol, then it is counted, and the feed joins once it has left', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await client.createTopic(topics.buff);
  await client.produce(topics.buff, [textRecord('a')]);
  const stranger = new Consumer({
    clientId: 'stranger',
    groupId,
    bootstrapBrokers: [...brokers],
    protocols: [{ name: 'strange', version: 1 }],
  });
  t.after(() => stranger.close());
  stranger.topics.track(topics.buff);
  await stranger.joinGroup();
  const { feed, values } = await startProbe(t, { brokers, groupId, topics });
  await until('the stranger is counted', () => feed.health().members === 2);
  assert.equal(feed.health().current, false);
  await stranger.leaveGroup();
  await until('the record arrived', () => values().length === 1);
  assert.equal(feed.health().members, 1);
});

test('given records that another member had, when their partitions come back, then they are told as missed, once', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await client.createTopic(topics.buff, 4);
  const first = await startProbe(t, { brokers, groupId, topics });
  await client.produce(
    topics.buff,
    [0, 1, 2, 3].map((partition) => textRecord('a', partition)),
  );
  await until('the first has all', () => first.received.length === 4);
  const second = await startProbe(t, { brokers, groupId, topics });
  await until('each has half', () => first.feed.positions().length === 2 && second.feed.positions().length === 2);
  assert.deepEqual(first.missed, [], 'what it handled itself is not missed');
  const moved = second.feed.positions().map(({ partition }) => partition);
  await client.produce(
    topics.buff,
    moved.map((partition) => textRecord('c', partition)),
  );
  await until('the second has them', () => second.received.length === 2);
  await second.feed.stop();
  await until('the first has all partitions again', () => first.feed.positions().length === 4);
  assert.deepEqual(first.missed.toSorted(), moved.map((partition) => `${topics.buff}/${partition}`).toSorted());
  assert.equal(first.missedTold, 1, 'each telling makes everything that is held stale');
});
