/** Several processes beside each other, in the name of one group that none of them joins. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Consumer } from '@platformatic/kafka';
import { textRecord, texts, topicNames } from '../support/feed-probe.ts';
import { uniqueName } from '../support/kafka-client.ts';
import { useKafka } from '../support/use-kafka.ts';
import { until } from '../support/wait.ts';

const PARTITIONS = 4;

const kafka = useKafka();

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
      await kafka.client.produce(topic, records);
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
      for (const [partition, offset] of await kafka.client.allCommitted(groupId, topic)) {
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

test('given a flowing topic, when replicas come and go, then each that is there gets all of it in order, and no commit falls back', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await kafka.client.createTopic(topics.buff, PARTITIONS);
  const commits = watchCommits(t, groupId, topics.buff);
  const first = await kafka.follow(t, { groupId, topics });
  await until('the first is current', () => first.feed.health().streams.buff.current);
  const production = produceSteadily(t, topics.buff);
  await until('the first follows', () => first.received.length > 50);
  const second = await kafka.follow(t, { groupId, topics });
  await until('the second follows', () => second.feed.health().streams.buff.current && second.received.length > 50);
  assert.ok(first.feed.health().streams.buff.current, 'the first did not notice');
  const third = await kafka.follow(t, { groupId, topics }, () => new Promise((resolve) => setTimeout(resolve, 5)));
  await until('the third, which is slow, follows', () => third.received.length > 50);
  await first.feed.stop();
  const rounds = await production.stop();
  const expected = rounds * PARTITIONS;
  await until('the second has all', () => second.values().length === expected);
  await until('it is all committed', async () => {
    const committed = await kafka.client.allCommitted(groupId, topics.buff);
    return committed.size === PARTITIONS && [...committed.values()].every((offset) => offset === rounds);
  });
  await until('the third has all', () => third.values().length === expected);
  for (const { received } of [first, second, third]) assertInOrder(received);
  await Promise.all([second.feed.stop(), third.feed.stop()]);
  assert.deepEqual(await commits.stop(), []);
});

function assertInOrder(records: readonly { partition: number; offset: number }[]): void {
  const next = new Map<number, number>();
  for (const { partition, offset } of records) {
    assert.equal(offset, next.get(partition) ?? 0, `partition ${partition}`);
    next.set(partition, offset + 1);
  }
}

test('given another service that is active in the group, then commits are refused, told once, and nothing else changes', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await kafka.client.createTopic(topics.buff);
  const stranger = new Consumer({ clientId: 'stranger', groupId, bootstrapBrokers: [...kafka.brokers] });
  t.after(() => stranger.close());
  stranger.topics.track(topics.buff);
  await stranger.joinGroup();
  const { feed, values, warnings } = await kafka.follow(t, { groupId, topics });
  await kafka.client.produce(topics.buff, [textRecord('a')]);
  await until('it arrived', () => values().length === 1);
  await until('the commit is refused', () => feed.counters.commitFailures === 1);
  assert.ok(feed.health().streams.buff.current);
  assert.equal(warnings.filter((line) => line.includes('committing offsets')).length, 1);
  assert.equal(await kafka.client.memberCount(groupId), 1);
  await stranger.leaveGroup();
  await until('it is committed', async () => (await kafka.client.committed(groupId, topics.buff)) === 1, 15_000);
});

test('given a committed offset, when a feed starts in the name of its group, then it does not begin there', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await kafka.client.createTopic(topics.session);
  await kafka.client.produce(
    topics.session,
    texts('a', 5).map((text) => textRecord(text)),
  );
  await kafka.client.setCommitted(groupId, topics.session, 3);
  const { values } = await kafka.follow(t, { groupId, topics });
  await until('all arrived', () => values().length === 5);
});

test('symptom: during a backlog of three topics, a login is seen after all of it', async (t) => {
  const topics = topicNames();
  const backlog = ['buff', 'asset', 'character'] as const;
  for (const stream of ['session', ...backlog] as const) await kafka.client.createTopic(topics[stream]);
  // Batches of their own: a broker sends one whole, however large.
  const filling = { value: Buffer.alloc(50_000) };
  for (const stream of backlog)
    for (let count = 0; count < 40; count += 1) await kafka.client.produce(topics[stream], [filling]);
  await kafka.client.produce(topics.session, [textRecord('login')]);
  const probe = await kafka.follow(t, { topics });
  await until('all arrived', () => probe.received.length === 121);
  const before = probe.received.findIndex(({ stream }) => stream === 'session');
  // An answer has room for ten: each of the others goes first once at most.
  assert.ok(before <= 30, `${before} others were handled before the login`);
  const first = probe.received.slice(0, 31).map(({ stream }) => stream);
  for (const stream of backlog) assert.ok(first.includes(stream), `${stream} waited for the others`);
});
