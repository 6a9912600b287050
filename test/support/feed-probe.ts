import type { TestContext } from 'node:test';
import { TOPIC_VARIABLES } from '../../src/config/config.ts';
import type { BatchHandler, Feed, FeedRecord, Stream, UnreadableBatch } from '../../src/ingest/feed.ts';
import { createKafkaFeed } from '../../src/ingest/kafka/kafka-feed.ts';
import type { KafkaFeedOptions } from '../../src/ingest/kafka/kafka-options.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { RecordContent } from '../../src/wire/record-content.ts';
import { uniqueName } from './kafka-client.ts';

/** A Kafka feed whose handler remembers what it was given, by stream. */
export interface FeedProbe {
  readonly feed: Feed;
  readonly received: readonly FeedRecord[];
  /** Those of them that were replayed sessions, as text. */
  readonly replayed: readonly string[];
  /** How often it was told that all sessions are replayed. */
  readonly replaysOver: number;
  readonly caughtUp: readonly string[];
  /** Partitions, each time that it was told of some. */
  readonly missed: readonly (readonly string[])[];
  readonly missedStreams: readonly Stream[];
  readonly unreadable: readonly UnreadableBatch[];
  /** What it has logged as warnings. */
  readonly warnings: readonly string[];
  /** Values as text, of one stream or of all. */
  values(stream?: Stream): string[];
}

export const silentLogger: KafkaFeedOptions['logger'] = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const DAY_MS = 86_400_000;

/** Names for all five topics, which nobody has created; overrides as given. */
export function topicNames(overrides: Partial<Record<Stream, string>> = {}): Record<Stream, string> {
  const name = (stream: Stream): string => overrides[stream] ?? uniqueName(stream);
  return {
    session: name('session'),
    buff: name('buff'),
    asset: name('asset'),
    character: name('character'),
    skill: name('skill'),
  };
}

/** What is not given is as a service has it, with a day of sessions to replay. */
export type ProbeOptions = Pick<KafkaFeedOptions, 'brokers' | 'topics'> & Partial<KafkaFeedOptions>;

/**
 * The feed stops with the test, whatever becomes of it.
 *
 * @param before runs before a batch is remembered; its rejection is the handler's
 */
export async function startProbe(
  t: TestContext,
  options: ProbeOptions,
  before: BatchHandler = () => undefined,
): Promise<FeedProbe> {
  const received: FeedRecord[] = [];
  const replayed: string[] = [];
  let replaysOver = 0;
  const caughtUp: string[] = [];
  const missed: (readonly string[])[] = [];
  const missedStreams: Stream[] = [];
  const unreadable: UnreadableBatch[] = [];
  const warnings: string[] = [];
  const feed = createKafkaFeed({
    clientId: 'effective-stats-test',
    groupId: uniqueName('group'),
    topicVariables: TOPIC_VARIABLES,
    sessionReplay: DAY_MS,
    clock: systemClock,
    random: Math.random,
    logger: { ...silentLogger, warn: (_details, message) => void warnings.push(message) },
    ...options,
  });
  t.after(() => feed.stop());
  await feed.start(
    async (batch) => {
      await before(batch);
      received.push(...batch.records.map(copyOf));
      const isReplayed = ({ topic, partition }: FeedRecord) => batch.replaying.has(`${topic}/${partition}`);
      replayed.push(...batch.records.filter(isReplayed).map(({ content }) => `${content.value}`));
    },
    {
      onCaughtUp: (name) => void caughtUp.push(name),
      onReplayed() {
        replaysOver += 1;
      },
      onMissed(streams, names) {
        missed.push(names);
        missedStreams.push(...streams);
      },
      onUnreadable: (batch) => void unreadable.push({ ...batch, bytes: Buffer.from(batch.bytes) }),
    },
  );
  return {
    feed,
    received,
    caughtUp,
    replayed,
    get replaysOver() {
      return replaysOver;
    },
    missed,
    missedStreams,
    unreadable,
    warnings,
    values: (stream) =>
      received
        .filter((record) => stream === undefined || record.stream === stream)
        .map(({ content }) => `${content.value}`),
  };
}

export function textRecord(text: string, partition = 0): { value: Buffer; partition: number } {
  return { value: Buffer.from(text), partition };
}

/** `prefix0`, `prefix1`, … */
export function texts(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** The bytes of a record are freed once it is handled. */
function copyOf(record: FeedRecord): FeedRecord {
  const { headers, value } = record.content;
  return { ...record, content: RecordContent.of(headers, value) };
}
