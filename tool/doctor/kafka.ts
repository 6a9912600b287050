import { Admin } from '@platformatic/kafka';
import type { KafkaConfig } from '../../src/config/config.ts';
import { TOPIC_VARIABLE } from '../../src/events/event-schemas.ts';
import { STREAMS } from '../../src/events/stream.ts';
import { connectionOf, type KafkaConnection } from '../environment.ts';
import { type Finding, reasonOf } from './finding.ts';

const TIMEOUT_MS = 4_000;

/** Each broker by itself, because one that answers hides those that do not; then topics and rights, at one that answers. */
export async function examineKafka(config: KafkaConfig): Promise<Finding[]> {
  const connection = connectionOf(config);
  const brokers = await Promise.all(config.kafka.brokers.map((broker) => examineBroker(broker, connection, config)));
  const answering = config.kafka.brokers.find((_, index) => brokers[index]?.state === 'fine');
  if (answering === undefined) {
    return [...brokers, { what: 'topics', state: 'wrong', told: 'not looked at: no broker answers' }];
  }
  return [...brokers, ...(await examineTopics({ ...connection, bootstrapBrokers: [answering] }, config))];
}

function adminOf(connection: KafkaConnection): Admin {
  return new Admin({ ...connection, retries: 0, connectTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS });
}

async function examineBroker(broker: string, connection: KafkaConnection, { kafka }: KafkaConfig): Promise<Finding> {
  const what = `broker ${broker}`;
  const admin = adminOf({ ...connection, bootstrapBrokers: [broker] });
  try {
    const topics = await admin.listTopics();
    return { what, state: 'fine', told: `answers, ${topics.length} topics` };
  } catch (error) {
    const told = `does not answer: ${reasonOf(error)}`;
    return { what, state: 'wrong', told, mend: mendBroker(reasonOf(error), kafka) };
  } finally {
    await admin.close().catch(() => undefined);
  }
}

function mendBroker(reason: string, { tls, sasl }: KafkaConfig['kafka']): string {
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return 'The name in BOOTSTRAP_SERVERS is not known to DNS: is it mistyped?';
  if (/ECONNREFUSED/.test(reason))
    return 'Nothing listens there: is the broker running, and are host and port in BOOTSTRAP_SERVERS right?';
  if (/certificate|self.signed|CA\b/i.test(reason))
    return 'The certificate is not trusted: name its authority with KAFKA_TLS_CA_FILE.';
  if (/sasl|authentication/i.test(reason))
    return 'Look at KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.';
  const set = `KAFKA_TLS is ${tls === undefined ? 'off' : 'on'}, KAFKA_SASL_MECHANISM ${sasl === undefined ? 'not set' : sasl.mechanism}`;
  return `Does the port want something else? ${set}. Or something between drops what is sent.`;
}

async function examineTopics(connection: KafkaConnection, config: KafkaConfig): Promise<Finding[]> {
  const wanted = STREAMS.map((stream) => [TOPIC_VARIABLE[stream] as string, config.kafka.topics[stream]] as const);
  if (config.commandTopic !== undefined) wanted.push(['COMMAND_TOPIC_CHARACTER', config.commandTopic]);
  const admin = adminOf(connection);
  try {
    const known = new Set(await admin.listTopics());
    const findings: Finding[] = [];
    for (const [variable, topic] of wanted) findings.push(await examineTopic(admin, variable, topic, known));
    return findings;
  } finally {
    await admin.close().catch(() => undefined);
  }
}

async function examineTopic(
  admin: Admin,
  variable: string,
  topic: string,
  known: ReadonlySet<string>,
): Promise<Finding> {
  const what = `topic ${topic}`;
  if (!known.has(topic)) {
    const mend = `Is ${variable} mistyped, or has Atlas not created it yet? The service goes on looking for it.`;
    return { what, state: 'wrong', told: 'does not exist, or may not be seen', mend };
  }
  try {
    const metadata = await admin.metadata({ topics: [topic] });
    const count = metadata.topics.get(topic)?.partitionsCount ?? 0;
    const partitions = Array.from({ length: count }, (_, index) => ({ partitionIndex: index, timestamp: -1n }));
    const listed = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
    const ends = listed.flatMap((one) => one.partitions).reduce((sum, { offset }) => sum + offset, 0n);
    return { what, state: 'fine', told: `${count} ${count === 1 ? 'partition' : 'partitions'}, ends at ${ends}` };
  } catch (error) {
    const mend = 'May this user describe and read the topic (ACLs), and is every partition led by a broker that runs?';
    return { what, state: 'wrong', told: `cannot be read: ${reasonOf(error)}`, mend };
  }
}
