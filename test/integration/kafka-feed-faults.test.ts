import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMING } from '../../src/ingest/kafka/kafka-options.ts';
import { textRecord, topicNames } from '../support/feed-probe.ts';
import { uniqueName } from '../support/kafka-client.ts';
import { useOwnKafka } from '../support/use-kafka.ts';
import { until } from '../support/wait.ts';

/** What how-state-works promises: consumption resumes within 15 s of the broker answering. */
const RESUMED_MS = 15_000;

const kafka = useOwnKafka();

test('given a consuming feed and one that starts while the broker is away, when it is back, then both consume, and nothing is lost', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await kafka.client.createTopic(topics.buff);
  await kafka.client.produce(topics.buff, [textRecord('a')]);
  const probe = await kafka.follow(t, { groupId, topics });
  const { feed, values } = probe;
  await until('the first is committed', async () => (await kafka.client.committed(groupId, topics.buff)) === 1);
  await kafka.broker.stop();
  await until('the feed is no longer current', () => !feed.health().streams.buff.current, 10_000);
  assert.match(feed.health().streams.buff.reason ?? '', /was last fetched/);
  const late = await kafka.follow(t, { topics });
  assert.equal(late.feed.health().reason, 'no broker answers');
  await kafka.broker.start();
  await kafka.client.produce(topics.buff, [textRecord('b')]);
  await until('the next arrived', () => values().length > 1, RESUMED_MS);
  await until('the late feed has both', () => late.received.length > 1, RESUMED_MS);
  assert.deepEqual(late.values(), ['a', 'b']);
  await until('it is current again', () => feed.health().streams.buff.current);
  assert.deepEqual(values(), ['a', 'b']);
  await until('it is committed', async () => (await kafka.client.committed(groupId, topics.buff)) === 2);
  await feed.stop();
});

test('given a consuming feed, when the broker freezes for a while, then it resumes', async (t) => {
  const topics = topicNames();
  const groupId = uniqueName('group');
  await kafka.client.createTopic(topics.buff);
  const probe = await kafka.follow(t, { groupId, topics });
  const { feed, values } = probe;
  await until('it is current', () => feed.health().streams.buff.current);
  await kafka.broker.pause();
  const frozen = performance.now();
  await until('it is not current', () => !feed.health().streams.buff.current);
  // Requests that were under way have been given up, and others as well.
  await until('the while is over', () => performance.now() - frozen > TIMING.requestTimeout + TIMING.look);
  await kafka.broker.resume();
  await kafka.client.produce(topics.buff, [textRecord('a')]);
  await until('the record arrived', () => values().length > 0, RESUMED_MS);
  await until('it is current again', () => feed.health().streams.buff.current);
  assert.deepEqual(values(), ['a']);
  await feed.stop();
});

test('given no broker answers, when stopped, then stop does not wait for it', async (t) => {
  const topics = topicNames();
  await kafka.client.createTopic(topics.buff);
  const { feed } = await kafka.follow(t, { topics });
  await until('it is current', () => feed.health().streams.buff.current);
  await kafka.broker.pause();
  const started = performance.now();
  await feed.stop();
  assert.ok(performance.now() - started < 5_000, `took ${Math.round(performance.now() - started)} ms`);
  await kafka.broker.resume();
});
