/** Whatever the log may lose: it is noticed, told once, and following begins anew by time. */
import assert from 'node:assert/strict';
import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { textRecord, texts, topicNames } from '../support/feed-probe.ts';
import { useOwnKafka } from '../support/use-kafka.ts';
import { until } from '../support/wait.ts';

/** What how-state-works promises: following resumes within 15 s. */
const RESUMED_MS = 15_000;

const kafka = useOwnKafka();

const produce = (topic: string, prefix: string, count: number): Promise<void> =>
  kafka.client.produce(
    topic,
    texts(prefix, count).map((text) => textRecord(text)),
  );

test('given a log that is cut below the position, then what it lost is told as missed, and the rest comes', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.buff);
  const gate = Promise.withResolvers<void>();
  let entered = false;
  const probe = await kafka.follow(t, { topics }, () => {
    entered = true;
    return gate.promise;
  });
  await until('it is current', () => probe.feed.health().streams.buff.current);
  // More than is fetched ahead of a handler that hangs.
  for (let count = 0; count < 12; count += 1)
    await kafka.client.produce(topics.buff, [{ value: Buffer.alloc(200_000) }]);
  await until('a batch is in the handler', () => entered);
  await produce(topics.buff, 'after', 3);
  await kafka.client.trim(topics.buff, 0, 12);
  gate.resolve();
  await until('the rest arrived', () => probe.values().includes('after2'), RESUMED_MS);
  assert.ok(probe.received.length < 15, 'some were lost, else nothing is shown');
  assert.deepEqual(probe.missed, [[`${topics.buff}/0`]]);
  assert.equal(probe.feed.counters.offsetResets, 1);
  await until('it is current again', () => probe.feed.health().streams.buff.current, RESUMED_MS);
});

test('given a topic that is deleted and created again, as long as before, then it is told as missed, and all of the new one comes', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.buff);
  await kafka.client.createTopic(topics.asset);
  const probe = await kafka.follow(t, { topics });
  await until('it is current', () => probe.feed.health().streams.buff.current);
  await produce(topics.buff, 'old', 10);
  await until('the old ones arrived', () => probe.values('buff').length === 10);
  assert.deepEqual(probe.missed, [], 'nothing was before it was followed');
  await kafka.client.deleteTopic(topics.buff);
  await kafka.client.createTopic(topics.buff);
  await produce(topics.buff, 'new', 10);
  await kafka.client.produce(topics.asset, [textRecord('meanwhile')]);
  await until('the other topic flows', () => probe.values('asset').length === 1, RESUMED_MS);
  await until('the new ones arrived', () => probe.values('buff').length === 20, RESUMED_MS);
  assert.deepEqual(probe.values('buff'), [...texts('old', 10), ...texts('new', 10)]);
  assert.deepEqual(probe.missed, [[`${topics.buff}/0`]]);
  await until('it is current again', () => probe.feed.health().streams.buff.current, RESUMED_MS);
});

test('given a topic of sessions that is created again, then it is replayed, and that is told again when it is over', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.session);
  await produce(topics.session, 'old', 3);
  const probe = await kafka.follow(t, { topics });
  await until('the replay is over', () => probe.replaysOver === 1);
  await kafka.client.deleteTopic(topics.session);
  await until('it is gone', () => probe.feed.health().streams.session.reason?.includes('does not exist'), RESUMED_MS);
  await kafka.client.createTopic(topics.session);
  await produce(topics.session, 'new', 3);
  await until('the new ones arrived', () => probe.values('session').length === 6, RESUMED_MS);
  await kafka.client.produce(topics.session, [textRecord('live')]);
  await until('the live one arrived', () => probe.values('session').includes('live'), RESUMED_MS);
  assert.ok(!probe.replayed.includes('live'));
});

/** Cuts the log's end off, as a leader's that was elected with less than all replicas had: without a trace in the files. */
async function loseTail(data: string, topic: string, bytes: number): Promise<void> {
  const directory = join(data, `${topic}-0`);
  const [segment] = (await readdir(directory)).filter((name) => name.endsWith('.log'));
  const file = join(directory, segment ?? '');
  const { size } = await stat(file);
  await truncate(file, size - bytes);
}

for (const [what, after] of [
  ['shorter than the position', 1],
  ['longer than the position by now', 20],
] as const) {
  test(`given a log that has lost its tail and is ${what}, then it is told as missed, and what came since comes`, async (t) => {
    const { files } = kafka.broker;
    if (files === undefined) return t.skip('the files of a broker in Docker are out of reach');
    const topics = topicNames();
    await kafka.client.createTopic(topics.buff);
    const probe = await kafka.follow(t, { topics });
    await until('it is current', () => probe.feed.health().streams.buff.current);
    for (let count = 0; count < 10; count += 1) await kafka.client.produce(topics.buff, [textRecord(`old${count}`)]);
    await until('the old ones arrived', () => probe.values().length === 10);
    await kafka.broker.stop('SIGKILL');
    const batch = 61 + 7 + 4;
    await loseTail(files.data, topics.buff, 5 * batch);
    await kafka.broker.start();
    await produce(topics.buff, 'new', after);
    await until('what came since came', () => probe.values().includes(`new${after - 1}`), RESUMED_MS);
    const [first] = texts('new', 1);
    assert.ok(first !== undefined && probe.values().includes(first), 'the first of it, too');
    assert.deepEqual(probe.missed, [[`${topics.buff}/0`]]);
    assert.equal(probe.feed.counters.offsetResets, 1);
    await until('it is current again', () => probe.feed.health().streams.buff.current, RESUMED_MS);
  });
}
