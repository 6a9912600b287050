import { type FeedHealth, type Health, STREAMS, type Stream } from '../feed.ts';

import type { Following } from './following.ts';
import { type KafkaFeedOptions, TIMING } from './kafka-options.ts';
import { partitionName, whyNotCurrent } from './partition.ts';

type Names = Pick<KafkaFeedOptions, 'topics' | 'topicVariables'>;
export type Followed = Pick<Following, 'cluster' | 'partitions' | 'doubtful'>;

/** Answers are asked for with every read, and age limits are seconds: computing one ten times a second is enough. */
const KEEP_MS = 100;

/** Health (how-state-works, rule 7), kept for a moment. */
export function createHealth(
  options: Names & Pick<KafkaFeedOptions, 'clock'>,
  following: () => Followed | undefined,
): () => FeedHealth {
  let kept: FeedHealth | undefined;
  let keptAt = 0;
  return () => {
    const now = options.clock.mono();
    if (kept === undefined || now - keptAt >= KEEP_MS) {
      kept = healthOf(options, following(), now);
      keptAt = now;
    }
    return kept;
  };
}

export function healthOf(names: Names, followed: Followed | undefined, now: number): FeedHealth {
  const reasons = STREAMS.map((stream) => [stream, reasonOf(names, followed, stream, now)] as const);
  const healths = reasons.map(([stream, reason]) => [stream, { current: reason === undefined, reason }] as const);
  const reason = reasons.find((each) => each[1] !== undefined)?.[1];
  return { current: reason === undefined, reason, streams: Object.fromEntries(healths) as Record<Stream, Health> };
}

function reasonOf(
  { topics, topicVariables }: Names,
  followed: Followed | undefined,
  stream: Stream,
  now: number,
): string | undefined {
  const topic = topics[stream];
  const info = followed?.cluster.topics.get(topic);
  if (followed === undefined || info === undefined) return 'no broker answers';
  const forbidden = `topic ${topic} may not be read by this service: its rights, or ${topicVariables[stream]}`;
  if (info.state === 'missing') return `topic ${topic} does not exist: ${topicVariables[stream]} names it`;
  if (info.state !== 'there') return forbidden;
  for (let partition = 0; partition < info.leaders.length; partition += 1) {
    const name = partitionName(topic, partition);
    const state = followed.partitions.get(name);
    if (state === undefined) return `${name} is not followed yet`;
    if (state.forbidden) return forbidden;
    const reason = whyNotCurrent(state, now, TIMING.current);
    if (reason !== undefined) return reason;
  }
  if (followed.doubtful.has(stream)) return `records of ${topic} could not be read: what is held is read again soon`;
  if (now - followed.cluster.lookedAt <= TIMING.lookedLately) return undefined;
  return 'no broker tells which partitions there are';
}
