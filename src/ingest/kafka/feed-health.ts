import type { Clock } from '../../lib/clock.ts';
import { type FeedHealth, type Health, STREAMS, type Stream } from '../feed.ts';
import { partitionName, type TopicInfo } from './cluster.ts';
import { TIMING } from './kafka-options.ts';
import { type PartitionState, whyNotCurrent } from './partition.ts';

export interface HealthInputs {
  /** Topics of the streams, and the environment variables that name them. */
  readonly names: Readonly<Record<Stream, string>>;
  readonly variables: Readonly<Record<Stream, string>>;
  /** Those that are followed, by `topic/partition`. */
  readonly partitions: ReadonlyMap<string, PartitionState>;
  /** Monotonic ms of the last look at the cluster that was answered. */
  readonly lookedAt: number | undefined;
  /** As of that look. */
  readonly topics: ReadonlyMap<string, TopicInfo>;
  readonly doubtful: ReadonlySet<Stream>;
}

/** Answers are asked for with every read, and age limits are seconds: computing one ten times a second is enough. */
const KEEP_MS = 100;

/** Health by architecture §3 rule 7, kept for a moment. `changed()` drops what is kept. */
export function createHealth(clock: Clock, inputs: () => HealthInputs): { read(): FeedHealth; changed(): void } {
  let kept: FeedHealth | undefined;
  let keptAt = 0;
  return {
    read() {
      const now = clock.mono();
      if (kept === undefined || now - keptAt >= KEEP_MS) {
        kept = healthOf(inputs(), now);
        keptAt = now;
      }
      return kept;
    },
    changed() {
      kept = undefined;
    },
  };
}

export function healthOf(inputs: HealthInputs, now: number): FeedHealth {
  const of = (stream: Stream): Health => {
    const reason = reasonOf(inputs, stream, now);
    return { current: reason === undefined, reason };
  };
  const streams: Record<Stream, Health> = {
    session: of('session'),
    buff: of('buff'),
    asset: of('asset'),
    character: of('character'),
    skill: of('skill'),
  };
  const reason = STREAMS.map((stream) => streams[stream].reason).find((each) => each !== undefined);
  return { current: reason === undefined, reason, streams };
}

function reasonOf(inputs: HealthInputs, stream: Stream, now: number): string | undefined {
  const { lookedAt, partitions, doubtful } = inputs;
  const topic = inputs.names[stream];
  const info = inputs.topics.get(topic);
  if (lookedAt === undefined || info === undefined) return 'no broker answers';
  const forbidden = `topic ${topic} may not be read by this service: its rights, or ${inputs.variables[stream]}`;
  if (info.state === 'missing') return `topic ${topic} does not exist: ${inputs.variables[stream]} names it`;
  if (info.state !== 'there') return forbidden;
  for (let partition = 0; partition < info.leaders.length; partition += 1) {
    const name = partitionName(topic, partition);
    const state = partitions.get(name);
    if (state === undefined) return `${name} is not followed yet`;
    if (state.forbidden) return forbidden;
    const reason = whyNotCurrent(state, now, TIMING.current);
    if (reason !== undefined) return reason;
  }
  if (doubtful.has(stream)) return `records of ${topic} could not be read: what is held is read again soon`;
  if (now - lookedAt <= TIMING.lookedLately) return undefined;
  return 'no broker tells which partitions there are';
}
