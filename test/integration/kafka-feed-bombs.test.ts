import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textRecord, topicNames } from '../support/feed-probe.ts';
import { type Codec, uniqueName } from '../support/kafka-client.ts';
import { useKafka } from '../support/use-kafka.ts';
import { until } from '../support/wait.ts';

const kafka = useKafka();

/** Far beyond what a batch may become, and far below the broker's limit while compressed. */
const BOMB = Buffer.alloc(12 * 2 ** 20, ' ');

for (const codec of ['gzip', 'zstd', 'lz4', 'snappy'] as const satisfies readonly Codec[]) {
  test(`given a batch that ${codec} blows up, when it is consumed, then it alone is passed over and told, and offsets go on`, async (t) => {
    const topics = topicNames();
    const groupId = uniqueName('group');
    await kafka.client.createTopic(topics.buff);
    await kafka.client.createTopic(topics.asset);
    await kafka.client.produce(topics.buff, [textRecord('before0'), textRecord('before1')], codec);
    await kafka.client.produce(topics.buff, [{ value: BOMB }], codec);
    await kafka.client.produce(topics.buff, [textRecord('after0'), textRecord('after1')], codec);
    await kafka.client.produce(topics.asset, [textRecord('elsewhere')]);
    const { feed, values, unreadable, missed } = await kafka.follow(t, { groupId, topics });
    await until('all others arrived', () => values().length === 5);
    assert.deepEqual(values('buff'), ['before0', 'before1', 'after0', 'after1']);
    assert.deepEqual(values('asset'), ['elsewhere']);
    const told = unreadable.map(({ topic, offset, reason }) => ({ topic, offset, reason }));
    assert.deepEqual(told, [{ topic: topics.buff, offset: 2, reason: 'oversized-batch' }]);
    await until('what is held was doubted', () => missed.length === 1);
    assert.deepEqual(missed, [[`${topics.buff}/0`]]);
    await until('the offset is committed', async () => (await kafka.client.committed(groupId, topics.buff)) === 5);
    await feed.stop();
  });
}
