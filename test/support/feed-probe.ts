import type { TestContext } from 'node:test';
import type { BatchHandler, Feed, FeedRecord, Stream, UnreadableBatch } from '../../src/ingest/feed.ts';
import { createKafkaFeed } from '../../src/ingest/kafka/kafka-feed.ts';
import type { KafkaFeedOptions } from '../../src/ingest/kafka/kafka-options.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { uniqueName } from './kafka-client.ts';

/** A Kafka feed whose handler remembers what it was given, by stream. */
export interface FeedProbe {
  readonly feed: Feed;
  readonly received: readonly FeedRecord[];
  readonly caughtUp: readonly string[];
  readonly missed: readonly string[];
  /** How often it was told what was missed. */
  readonly missedTold: number;
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

/**
 * The feed stops with the test, whatever becomes of it.
 *
 * @param before runs before a batch is remembered; its rejection is the handler's
 */
export async function startProbe(
  t: TestContext,
  options: { brokers: readonly string[]; groupId: string; topics: Record<Stream, string> },
  before: BatchHandler = () => undefined,
): Promise<FeedProbe> {
  const received: FeedRecord[] = [];
  const caughtUp: string[] = [];
  const missed: string[] = [];
  let missedTold = 0;
  const unreadable: UnreadableBatch[] = [];
  const warnings: string[] = [];
  const feed = createKafkaFeed({
    ...options,
    clientId: 'effective-stats-test',
    clock: systemClock,
    random: Math.random,
    logger: { ...silentLogger, warn: (_details, message) => void warnings.push(message) },
  });
  t.after(() => feed.stop());
  await feed.start(
    async (batch) => {
      await before(batch);
      received.push(...batch.records);
    },
    {
      onCaughtUp: (name) => void caughtUp.push(name),
      onMissed(names) {
        missed.push(...names);
        missedTold += 1;
      },
      onUnreadable: (batch) => void unreadable.push(batch),
    },
  );
  return {
    feed,
    received,
    caughtUp,
    missed,
    get missedTold() {
      return missedTold;
    },
    unreadable,
    warnings,
    values: (stream) =>
      received.filter((record) => stream === undefined || record.stream === stream).map(({ value }) => `${value}`),
  };
}

export function textRecord(text: string, partition = 0): { value: Buffer; partition: number } {
  return { value: Buffer.from(text), partition };
}

/** `prefix0`, `prefix1`, … */
export function texts(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}
