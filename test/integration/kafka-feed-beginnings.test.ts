/** Where following begins, on a real broker. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { textRecord, topicNames } from '../support/feed-probe.ts';
import type { Codec } from '../support/kafka-client.ts';
import { useKafka } from '../support/use-kafka.ts';
import { until } from '../support/wait.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const kafka = useKafka();

const aged = (text: string, age: number, partition = 0) => ({
  ...textRecord(text, partition),
  timestamp: Date.now() - age,
});

for (const codec of ['none', 'zstd'] as const satisfies readonly Codec[]) {
  test(`given records of all ages (${codec}), when followed, then sessions come of a day, others of a minute, and what was held is doubted`, async (t) => {
    const topics = topicNames();
    await kafka.client.createTopic(topics.session);
    await kafka.client.createTopic(topics.buff);
    const sessions = [aged('day before', 25 * HOUR_MS), aged('morning', 23 * HOUR_MS), aged('now', 0)];
    await kafka.client.produce(topics.session, sessions, codec);
    const buffs = [aged('old', 2 * MINUTE_MS), aged('lately', MINUTE_MS / 2), aged('new', 0)];
    await kafka.client.produce(topics.buff, buffs, codec);
    const probe = await kafka.follow(t, { topics });
    await until('the replay is over', () => probe.replaysOver === 1);
    await kafka.client.produce(topics.session, [textRecord('after')]);
    await until('all came', () => probe.received.length === 5);
    assert.deepEqual(probe.values('session'), ['morning', 'now', 'after']);
    assert.deepEqual(probe.values('buff'), ['lately', 'new']);
    assert.deepEqual(probe.replayed, ['morning', 'now']);
    assert.deepEqual(probe.missedStreams.toSorted(), ['buff', 'session']);
  });
}

test('given a partition without records for longer, then it begins at its end, and what comes next comes', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.buff, 2);
  await kafka.client.produce(topics.buff, [aged('old', HOUR_MS, 0), aged('new', 0, 1)]);
  const probe = await kafka.follow(t, { topics });
  await until('the new one came', () => probe.received.length === 1);
  await kafka.client.produce(topics.buff, [textRecord('next', 0)]);
  await until('the next came', () => probe.received.length === 2);
  assert.deepEqual(probe.values(), ['new', 'next']);
});

test('given records without times, then the partition begins at its earliest record', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.buff);
  await kafka.client.produce(topics.buff, [
    { ...textRecord('a'), timestamp: -1 },
    { ...textRecord('b'), timestamp: -1 },
  ]);
  const probe = await kafka.follow(t, { topics });
  await until('both came', () => probe.received.length === 2);
});

for (const [what, skew] of [
  ['a day ahead', 24 * HOUR_MS],
  ['a day behind', -24 * HOUR_MS],
] as const) {
  test(`given a local clock that is ${what}, then nothing that matters is skipped`, async (t) => {
    const topics = topicNames();
    await kafka.client.createTopic(topics.session);
    await kafka.client.createTopic(topics.buff);
    await kafka.client.produce(topics.session, [aged('login', 20 * HOUR_MS)]);
    await kafka.client.produce(topics.buff, [aged('old', HOUR_MS), aged('lately', MINUTE_MS / 2), aged('now', 0)]);
    const clock = { ...systemClock, now: () => Date.now() + skew };
    const probe = await kafka.follow(t, { topics, clock });
    await until('they came', () => probe.values().includes('login') && probe.values().includes('now'));
    assert.ok(probe.values('buff').includes('lately'));
    assert.deepEqual(probe.missedStreams.includes('buff'), skew > 0);
  });
}

test('given partitions of sessions, when the last one is replayed to the end that it had, then that is told, once', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.session, 3);
  const records = Array.from({ length: 3_000 }, (_, index) => textRecord(`${index}`, index % 2));
  await kafka.client.produce(topics.session, records);
  let handled = 0;
  const told: number[] = [];
  const probe = await kafka.follow(t, { topics }, ({ records: batch }) => {
    handled += batch.length;
    told.push(probe?.replaysOver ?? 0);
  });
  await until('the replay is over', () => probe.replaysOver === 1);
  assert.equal(handled, 3_000);
  assert.ok(told.every((count) => count === 0));
  assert.equal(probe.replayed.length, 3_000);
  await kafka.client.addPartitions(topics.session, 4);
  await kafka.client.produce(topics.session, [textRecord('later', 3)]);
  await until('the later one came', () => probe.values().includes('later'));
  assert.equal(probe.replayed.length, 3_000, 'a session of a new partition is no replay');
  assert.equal(probe.replaysOver, 1);
});
