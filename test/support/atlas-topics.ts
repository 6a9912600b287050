import { tenantOf } from '../../src/domain/tenant.ts';
import { STREAMS, type Stream } from '../../src/events/stream.ts';
import { type KafkaClient, uniqueName } from './kafka-client.ts';
import { topicVariables } from './topic-variables.ts';

/** Another tenant than the simulated Atlas's own, of another region. */
export const OTHER_TENANT = tenantOf('2b1c40f2-0a5e-4f0e-9d54-0c6f0a6f7c11', 'JMS', 185, 1);

/** Creates a topic for each stream, with names that no other test has; one partition each unless told otherwise. */
export async function createTopics(
  kafka: Pick<KafkaClient, 'createTopic'>,
  prefix: string,
  partitions: Partial<Readonly<Record<Stream, number>>> = {},
): Promise<Readonly<Record<Stream, string>>> {
  const name = uniqueName(prefix);
  const topics = Object.fromEntries(STREAMS.map((stream) => [stream, `${name}-${stream}`])) as Record<Stream, string>;
  for (const stream of STREAMS) await kafka.createTopic(topics[stream], partitions[stream]);
  return topics;
}

/** What a service needs to live on these topics, in a group of its own, with these upstream services. */
export function serviceVariables(
  brokers: readonly string[],
  topics: Readonly<Record<Stream, string>>,
  upstreamUrl: string,
): Record<string, string> {
  return {
    BOOTSTRAP_SERVERS: brokers.join(','),
    KAFKA_CONSUMER_GROUP: uniqueName('group'),
    BASE_SERVICE_URL: upstreamUrl,
    ...topicVariables(topics),
  };
}
