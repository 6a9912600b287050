import { setTimeout as delay } from 'node:timers/promises';
import { Admin, Producer } from '@platformatic/kafka';
import type { Stream } from '../src/events/stream.ts';
import type { WorldRecord } from '../world/producer.ts';
import type { KafkaConnection } from './environment.ts';

/** Puts records on their topics, in order. */
export interface TopicWriter {
  add(record: WorldRecord): void;
  /** Tries to send what waits, for some seconds. */
  flush(): Promise<void>;
  close(): Promise<void>;
  readonly sent: number;
  readonly waiting: number;
  readonly failures: number;
}

const BATCH_MAX = 500;
const REQUEST_TIMEOUT_MS = 5_000;
const PAUSE_MS = 250;
const FLUSH_MS = 10_000;
/** A broker that is away for long must not fill the memory: what is older is lost then, as it would be for Atlas's outbox. */
const WAITING_MAX = 500_000;

/** Makes the topics that are missing. Rejects when the brokers do not answer. */
export async function createTopicWriter(
  connection: KafkaConnection,
  topicOf: Readonly<Record<Stream, string>>,
  topics: readonly string[],
): Promise<TopicWriter> {
  const options = { ...connection, connectTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  await makeMissing(options, topics);
  const producer = new Producer({ ...options, retries: 0 });
  let queue: WorldRecord[] = [];
  let inHand: WorldRecord[] = [];
  let sending: Promise<void> | undefined;
  let sent = 0;
  let failures = 0;
  let closing = false;

  const drain = async (): Promise<void> => {
    while (!closing) {
      if (inHand.length === 0) inHand = queue.splice(0, BATCH_MAX);
      if (inHand.length === 0) break;
      try {
        await producer.send({ messages: inHand.map((record) => messageOf(record, topicOf)), acks: -1 });
        sent += inHand.length;
        inHand = [];
      } catch {
        failures += 1;
        await delay(PAUSE_MS);
      }
    }
    sending = undefined;
  };

  return {
    add(record) {
      queue.push(record);
      if (queue.length > WAITING_MAX) queue = queue.slice(-WAITING_MAX / 2);
      sending ??= drain();
    },
    async flush() {
      const deadline = Date.now() + FLUSH_MS;
      while (sending !== undefined && Date.now() < deadline) await delay(PAUSE_MS / 10);
    },
    async close() {
      closing = true;
      await sending;
      await producer.close();
    },
    get sent() {
      return sent;
    },
    get waiting() {
      return queue.length + inHand.length;
    },
    get failures() {
      return failures;
    },
  };
}

async function makeMissing(connection: KafkaConnection, topics: readonly string[]): Promise<void> {
  const admin = new Admin({ ...connection, retries: 2 });
  try {
    const known = await admin.listTopics();
    const missing = topics.filter((topic) => !known.includes(topic));
    if (missing.length > 0) await admin.createTopics({ topics: missing, partitions: 1, replicas: 1 });
  } finally {
    await admin.close();
  }
}

function messageOf({ stream, key, headers, value, timestamp }: WorldRecord, topicOf: Readonly<Record<Stream, string>>) {
  return { topic: topicOf[stream], key, value, headers: new Map(headers), timestamp: BigInt(timestamp) };
}
