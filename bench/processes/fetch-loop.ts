import { setTimeout as delay } from 'node:timers/promises';
import { Consumer } from '@platformatic/kafka';
import { answerPort, portOf, serve } from './answer-port.ts';

// Ceiling of consumption: the Kafka client's own fetch, JSON.parse of each value, a counter served over node:http.
// Arguments: brokers, topic, partitions. Reads the topic from its beginning; no group, no commits.
const [brokers = '', topic = '', partitions = '1'] = process.argv.slice(2);
const FETCH_BYTES = 1_048_576;

const consumer = new Consumer({
  clientId: 'bench-ceiling',
  groupId: 'bench-ceiling',
  bootstrapBrokers: brokers.split(','),
});
const metadata = await consumer.metadata({ topics: [topic] });
const topicId = metadata.topics.get(topic)?.id;
const node = metadata.topics.get(topic)?.partitions[0]?.leader;
if (topicId === undefined || node === undefined) throw new Error(`topic ${topic} is not there`);
const offsets = Array.from({ length: Number(partitions) }, () => 0n);
let count = 0;

function fetchNext(): ReturnType<typeof consumer.fetch> {
  const wanted = offsets.map((fetchOffset, partition) => ({
    partition,
    fetchOffset,
    currentLeaderEpoch: -1,
    lastFetchedEpoch: -1,
    partitionMaxBytes: FETCH_BYTES,
  }));
  return consumer.fetch({
    node: node ?? 0,
    topics: [{ topicId: topicId ?? '', partitions: wanted }],
    maxBytes: FETCH_BYTES,
    minBytes: 1,
    maxWaitTime: 500,
  });
}

const server = await serve((_request, response) => response.end(String(count)));
answerPort(portOf(server));
for (;;) {
  // A process that was frozen finds its request timed out; the next one is good again.
  const answer = await fetchNext().catch(() => delay(20));
  for (const { partitions: answered } of answer?.responses ?? []) {
    for (const { partitionIndex, records } of answered) {
      for (const batch of records ?? []) {
        offsets[partitionIndex] = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
        for (const record of batch.records) JSON.parse(record.value?.toString() ?? 'null');
        count += batch.records.length;
      }
    }
  }
}
