import { setTimeout as delay } from 'node:timers/promises';
import {
  Admin,
  type Connection,
  ConnectionPool,
  describeGroupsV5,
  findCoordinatorV4,
  metadataV12,
  ProtocolError,
  parseBroker,
  ResponseError,
} from '@platformatic/kafka';
import { electionGroupOf } from '../../src/clamp/kafka/kafka-election.ts';
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
  if (/certificate has expired|not yet valid/.test(reason))
    return 'The time of its certificate is over, or has not come: renew it, or look at the clocks.';
  if (/altnames/.test(reason))
    return 'Its certificate is for another name: call the broker in BOOTSTRAP_SERVERS, and in its advertised.listeners, by that one.';
  if (/certificate|self.signed/i.test(reason))
    return 'Its certificate is not trusted: name the authority that signed it with KAFKA_TLS_CA_FILE.';
  if (/sasl|authentication/i.test(reason))
    return 'Look at KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.';
  const set = `KAFKA_TLS is ${tls === undefined ? 'off' : 'on'}, KAFKA_SASL_MECHANISM ${sasl === undefined ? 'not set' : sasl.mechanism}`;
  return `Does the port want something else? ${set}. Or something between drops what is sent.`;
}

/** As the Kafka protocol numbers what an ACL allows. */
const OPERATION = { read: 3, write: 4 } as const;
/** What the client library gives when the broker has not told what is allowed. */
const UNTOLD = -2_147_483_648;
/** Codes of the Kafka protocol. */
const UNKNOWN_TOPIC = 3;
const COORDINATOR_NOT_AVAILABLE = 15;
const FORBIDDEN_TOPIC = 29;
const FORBIDDEN_GROUP = 30;
/** What FindCoordinator is asked for. */
const GROUP_KEY = 0;
const COORDINATOR_ATTEMPTS = 8;
const COORDINATOR_PAUSE_MS = 500;

type Operation = keyof typeof OPERATION;
type TopicMetadata = Awaited<ReturnType<typeof metadataV12.api.async>>['topics'][number];

function isAllowed(operation: Operation, allowed: number): boolean {
  return allowed === UNTOLD || (allowed & (1 << OPERATION[operation])) !== 0;
}

async function examineTopics(connection: KafkaConnection, config: KafkaConfig): Promise<Finding[]> {
  const wanted: [variable: string, topic: string, operation: Operation][] = STREAMS.map((stream) => {
    return [TOPIC_VARIABLE[stream], config.kafka.topics[stream], 'read'];
  });
  if (config.commandTopic !== undefined) wanted.push(['COMMAND_TOPIC_CHARACTER', config.commandTopic, 'write']);
  const { bootstrapBrokers, clientId, ...rest } = connection;
  const pool = new ConnectionPool(clientId, { ...rest, connectTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS });
  const admin = adminOf(connection);
  try {
    const link = await pool.getFirstAvailable(bootstrapBrokers.map((broker) => parseBroker(broker)));
    const names = new Set(wanted.map(([, topic]) => topic));
    const known = (await withErrors(metadataV12.api.async(link, [...names], false, true))).topics;
    const findings: Finding[] = [];
    for (const [variable, topic, operation] of wanted) {
      const found = known.find(({ name }) => name === topic);
      findings.push(await examineTopic(admin, { variable, topic, operation, found }));
    }
    const { groupId } = config.kafka;
    const unseen = 'Offsets are not committed: dashboards show no lag, else nothing.';
    findings.push(await examineGroup(pool, link, groupId, unseen));
    if (config.commandTopic !== undefined) {
      const clampGroup = electionGroupOf(groupId, config.shard);
      findings.push(await examineGroup(pool, link, clampGroup, 'No replica can be elected to send clamp commands.'));
    }
    return findings;
  } finally {
    await Promise.allSettled([pool.close(), admin.close()]);
  }
}

/** The client rejects an answer that has an error about anything in it; what it says about the rest still counts. */
async function withErrors<Answer>(answer: Promise<Answer>): Promise<Answer> {
  return answer.catch((error: unknown) => {
    if (error instanceof ResponseError) return error['response'] as Answer;
    throw error;
  });
}

interface WantedTopic {
  readonly variable: string;
  readonly topic: string;
  readonly operation: Operation;
  readonly found: TopicMetadata | undefined;
}

async function examineTopic(admin: Admin, { variable, topic, operation, found }: WantedTopic): Promise<Finding> {
  const what = `topic ${topic}`;
  if (found === undefined || found.errorCode === UNKNOWN_TOPIC) {
    const mend = `Is ${variable} mistyped, or has Atlas not created it yet? The service goes on looking for it.`;
    return { what, state: 'wrong', told: 'does not exist', mend };
  }
  const rights = operation === 'read' ? 'Describe and Read' : 'Describe and Write';
  const grant = `Grant this user ${rights} on the topic (ACLs).`;
  if (found.errorCode === FORBIDDEN_TOPIC) {
    const mend = `${grant} Or ${variable} is mistyped.`;
    return { what, state: 'wrong', told: 'may not be seen, if it exists: topic authorization failed', mend };
  }
  if (!isAllowed(operation, found.topicAuthorizedOperations)) {
    const told = operation === 'read' ? 'may be seen, but not read' : 'may be seen, but not written to';
    return { what, state: 'wrong', told, mend: grant };
  }
  try {
    const count = found.partitions.length;
    const partitions = Array.from({ length: count }, (_, index) => ({ partitionIndex: index, timestamp: -1n }));
    const listed = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
    const ends = listed.flatMap((one) => one.partitions).reduce((sum, { offset }) => sum + offset, 0n);
    return { what, state: 'fine', told: `${count} ${count === 1 ? 'partition' : 'partitions'}, ends at ${ends}` };
  } catch (error) {
    const told = `cannot be read: ${reasonOf(error)}`;
    return { what, state: 'wrong', told, mend: 'Is every partition led by a broker that runs?' };
  }
}

/** On the protocol's requests: the client's own admin refuses names with blanks, as that of the group of clamp commands. */
async function examineGroup(
  pool: ConnectionPool,
  link: Connection,
  groupId: string,
  without: string,
): Promise<Finding> {
  const what = `group ${groupId}`;
  try {
    const { host, port } = await coordinatorOf(link, groupId);
    const described = await withErrors(describeGroupsV5.api.async(await pool.get({ host, port }), [groupId], true));
    const [group] = described.groups;
    if (group !== undefined && group.errorCode !== FORBIDDEN_GROUP && isAllowed('read', group.authorizedOperations)) {
      return { what, state: 'fine', told: 'may be used' };
    }
    throw new ProtocolError(FORBIDDEN_GROUP);
  } catch (error) {
    const isForbidden = error instanceof ProtocolError && error.apiCode === FORBIDDEN_GROUP;
    const mend = isForbidden ? `${without} Grant this user Read on the group (ACLs).` : without;
    return { what, state: 'warning', told: `cannot be used: ${reasonOf(error)}`, mend };
  }
}

/** A broker that has never had a group makes the topic for them first. */
async function coordinatorOf(link: Connection, groupId: string): Promise<{ host: string; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const { coordinators } = await withErrors(findCoordinatorV4.api.async(link, GROUP_KEY, [groupId]));
    const [found] = coordinators;
    if (found?.errorCode === 0) return found;
    if (found?.errorCode !== COORDINATOR_NOT_AVAILABLE || attempt === COORDINATOR_ATTEMPTS) {
      throw new ProtocolError(found?.errorCode ?? COORDINATOR_NOT_AVAILABLE);
    }
    await delay(COORDINATOR_PAUSE_MS);
  }
}
