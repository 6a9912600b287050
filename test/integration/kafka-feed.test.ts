import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMING } from '../../src/ingest/kafka/kafka-options.ts';
import { textRecord, texts, topicNames } from '../support/feed-probe.ts';
import { uniqueName } from '../support/kafka-client.ts';
import { useKafka } from '../support/use-kafka.ts';
import { until } from '../support/wait.ts';

const kafka = useKafka();

test('given a topic, when followed, then its records come byte for byte, and are committed without a member in the group', async (t) => {
  const topics = topicNames();
  // The default group name has blanks in it.
  const groupId = uniqueName('Effective Stats Service');
  await kafka.client.createTopic(topics.buff);
  const headers = [
    [Buffer.from('MAJOR_VERSION'), Buffer.from([0, 83])],
    [Buffer.from('odd'), Buffer.from([0xff, 0x00])],
  ] as const;
  await kafka.client.produce(topics.buff, [{ value: Buffer.from('{"a":1}'), headers, timestamp: 1_700_000_000_123 }]);
  const { feed, received } = await kafka.follow(t, { groupId, topics });
  await until('the record arrived', () => received.length === 1);
  const [record] = received;
  assert.equal(typeof record?.seenAt, 'number', 'the log held it when following began');
  assert.deepEqual(
    {
      ...record,
      seenAt: undefined,
      content: undefined,
      value: `${record?.content.value}`,
      headers: record?.content.headers.map(([key, value]) => [`${key}`, [...value]]),
    },
    {
      stream: 'buff',
      topic: topics.buff,
      partition: 0,
      offset: 0,
      seenAt: undefined,
      content: undefined,
      timestamp: 1_700_000_000_123,
      value: '{"a":1}',
      headers: [
        ['MAJOR_VERSION', [0, 83]],
        ['odd', [255, 0]],
      ],
    },
  );
  await until('the offset is committed', async () => (await kafka.client.committed(groupId, topics.buff)) === 1);
  await until('it is current', () => feed.health().streams.buff.current);
  assert.equal(await kafka.client.memberCount(groupId), 0);
  await until('it knows of the commit', () => feed.positions()[0]?.committed === 1);
  assert.deepEqual(feed.positions(), [
    { stream: 'buff', topic: topics.buff, partition: 0, position: 1, committed: 1, end: 1 },
  ]);
  await feed.stop();
});

test('given each codec, when records were compressed with it, then all arrive in order', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.asset);
  const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
  const sent = codecs.flatMap((codec) => texts(`${codec} `, 20));
  for (const codec of codecs) {
    await kafka.client.produce(
      topics.asset,
      texts(`${codec} `, 20).map((text) => textRecord(text)),
      codec,
    );
  }
  const { feed, received, values } = await kafka.follow(t, { topics });
  await until('all arrived', () => received.length >= sent.length);
  assert.deepEqual(values(), sent);
  await feed.stop();
});

test('given transactions, then their control records are not delivered, and the commit goes past them', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await kafka.client.createTopic(topics.buff);
  await kafka.client.produceInTransaction(topics.buff, [textRecord('a')]);
  const { feed, values } = await kafka.follow(t, { groupId, topics });
  await until('the control record is passed', async () => (await kafka.client.committed(groupId, topics.buff)) === 2);
  assert.deepEqual(values(), ['a']);
  await feed.stop();
});

test('given two streams on one topic, then each record is delivered once per stream', async (t) => {
  const shared = uniqueName('shared');
  const topics = topicNames({ session: shared, buff: shared });
  await kafka.client.createTopic(shared);
  await kafka.client.produce(shared, [textRecord('a'), textRecord('b')]);
  const { feed, received, values } = await kafka.follow(t, { topics });
  await until('all arrived', () => received.length >= 4);
  assert.deepEqual(values('session'), ['a', 'b']);
  assert.deepEqual(values('buff'), ['a', 'b']);
  assert.equal(received.length, 4);
  await feed.stop();
});

test('given no topic exists, when one is created, then it was named with its variable until then, and is read from its first record', async (t) => {
  const topics = topicNames();
  const probe = await kafka.follow(t, { topics });
  const { feed, values, warnings } = probe;
  await until('it has looked for topics', () => probe.replaysOver === 1);
  assert.deepEqual(feed.positions(), []);
  assert.deepEqual(feed.health().streams.skill, {
    current: false,
    reason: `topic ${topics.skill} does not exist: EVENT_TOPIC_SKILL_STATUS names it`,
  });
  await kafka.client.createTopic(topics.skill);
  const old = { ...textRecord('first'), timestamp: Date.now() - 3_600_000 };
  await kafka.client.produce(topics.skill, [old]);
  await until('it arrived', () => values('skill').length === 1, 15_000);
  await kafka.client.createTopic(topics.buff);
  await kafka.client.produce(topics.buff, [textRecord('second')]);
  await until('the other arrived', () => values('buff').length === 1, 15_000);
  assert.deepEqual(values(), ['first', 'second']);
  assert.deepEqual(probe.missed, []);
  await until('it is followed', () => feed.health().streams.skill.current);
  const told = (topic: string) => warnings.filter((line) => line.includes(topic)).length;
  assert.deepEqual([topics.session, topics.asset, topics.character, topics.skill].map(told), [1, 1, 1, 1]);
  await feed.stop();
});

test('given a topic being consumed, when partitions are added, then they are consumed from their beginning within 15 s', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.buff);
  await kafka.client.produce(topics.buff, [textRecord('old')]);
  const { feed, values } = await kafka.follow(t, { topics });
  await until('the first arrived', () => values().length === 1);
  await kafka.client.addPartitions(topics.buff, 3);
  await kafka.client.produce(topics.buff, [textRecord('one', 1), textRecord('two', 2)]);
  await until('the new ones arrived', () => values().length >= 3, 15_000);
  assert.deepEqual(values().toSorted(), ['old', 'one', 'two']);
  await feed.stop();
});

test('given a handler that rejects, then the same batch comes again and nothing is committed meanwhile', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await kafka.client.createTopic(topics.buff);
  await kafka.client.produce(
    topics.buff,
    texts('a', 3).map((text) => textRecord(text)),
  );
  const attempts: string[] = [];
  let away = true;
  const { feed, values } = await kafka.follow(t, { groupId, topics }, async ({ records }) => {
    attempts.push(records.map(({ content }) => `${content.value}`).join());
    if (away) throw new Error('the store is away');
  });
  await until('it was tried three times', () => attempts.length >= 3);
  assert.equal(await kafka.client.committed(groupId, topics.buff), undefined);
  away = false;
  await until('it was taken', () => values().length === 3);
  assert.deepEqual(new Set(attempts), new Set(['a0,a1,a2']));
  await feed.stop();
  assert.equal(await kafka.client.committed(groupId, topics.buff), 3);
});

test('given a batch in the handler, when stopped, then stop waits for it and commits it', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await kafka.client.createTopic(topics.buff);
  await kafka.client.produce(topics.buff, [textRecord('a')]);
  const gate = Promise.withResolvers<void>();
  let entered = false;
  const { feed, values } = await kafka.follow(t, { groupId, topics }, () => {
    entered = true;
    return gate.promise;
  });
  await until('the batch is in the handler', () => entered);
  let stopped = false;
  const stopping = feed.stop().then(() => {
    stopped = true;
  });
  assert.equal(await kafka.client.committed(groupId, topics.buff), undefined);
  assert.equal(stopped, false);
  gate.resolve();
  await stopping;
  assert.deepEqual(values(), ['a']);
  assert.equal(await kafka.client.committed(groupId, topics.buff), 1);
});

test('given an idle feed, when stopped, then it waits for nothing', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.buff);
  const { feed } = await kafka.follow(t, { topics });
  await until('it is current', () => feed.health().streams.buff.current);
  const started = performance.now();
  await feed.stop();
  assert.ok(performance.now() - started < TIMING.drain);
});
