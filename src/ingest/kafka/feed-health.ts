import type { Clock } from '../../lib/clock.ts';
import type { FeedHealth } from '../feed.ts';
import { type Assignment, partitionName, whyNotCurrent } from './assignment.ts';
import { TIMING } from './kafka-options.ts';
import type { TopicInfo } from './lookout.ts';

export interface HealthInputs {
  readonly assignment: Assignment | undefined;
  /** Monotonic ms of the last look at the cluster that was answered. */
  readonly lookedAt: number | undefined;
  /** Those of our topics that exist, as of that look. */
  readonly topics: ReadonlyMap<string, TopicInfo>;
  readonly members: number | undefined;
}

/** Answers are asked for with every read, and age limits are seconds: computing one ten times a second is enough. */
const KEEP_MS = 100;

/** Health by architecture §3 rule 8, kept for a moment. `changed()` drops what is kept. */
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

export function healthOf({ assignment, lookedAt, topics, members }: HealthInputs, now: number): FeedHealth {
  const reason = reasonOf(assignment, lookedAt, topics, now);
  return { current: reason === undefined, reason, members };
}

function reasonOf(
  assignment: Assignment | undefined,
  lookedAt: number | undefined,
  topics: HealthInputs['topics'],
  now: number,
): string | undefined {
  if (topics.size === 0) {
    const answered = lookedAt !== undefined && now - lookedAt <= TIMING.current;
    return answered ? undefined : 'no broker answers';
  }
  if (assignment === undefined) return 'no partitions assigned: joining the consumer group';
  const foreign = firstNotIn(assignment, topics);
  if (foreign !== undefined) return `${foreign} is not assigned to this process, which needs all`;
  for (const state of assignment.partitions.values()) {
    const reason = whyNotCurrent(state, now, TIMING.current);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** State is kept in memory: this process has to get every event. Partitions may be new, or another member's. */
function firstNotIn({ partitions }: Assignment, topics: HealthInputs['topics']): string | undefined {
  for (const [topic, { leaders }] of topics) {
    for (let partition = 0; partition < leaders.length; partition += 1) {
      const name = partitionName(topic, partition);
      if (!partitions.has(name)) return name;
    }
  }
  return undefined;
}
