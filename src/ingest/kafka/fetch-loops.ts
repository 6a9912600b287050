import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.ts';
import { type Assignment, noteFetched, type PartitionState, partitionName } from './assignment.ts';
import type { Decompress } from './decompression.ts';
import type { Delivery } from './delivery.ts';
import type { FetchClient, FetchTopic, PartitionAnswer } from './fetch-client.ts';
import { backoff } from './kafka-options.ts';
import type { Lookout } from './lookout.ts';
import { sliceOf } from './record-batch.ts';
import type { TroubleLog } from './trouble-log.ts';

/**
 * Fetches what is assigned: one loop per broker that leads a partition of ours, each with one request in flight. Loops
 * outlive assignments; what was asked for an old one is dropped.
 */
export interface FetchLoops {
  /** Something may be fetched that no loop fetches: assignment, leaders, or a pause that is over. */
  kick(): void;
  close(): Promise<void>;
}

export interface FetchLoopsOptions {
  readonly client: FetchClient;
  readonly decompress: Decompress;
  readonly clock: Clock;
  readonly random: () => number;
  readonly trouble: TroubleLog;
  readonly lookout: Lookout;
  readonly delivery: Delivery;
  readonly current: () => Assignment | undefined;
  readonly earliestOffset: (topic: string, partition: number) => Promise<number>;
  readonly onFailed: () => void;
  readonly onReset: (state: PartitionState, offset: number) => void;
  /** Leaders or topics are not what they were: look at once. */
  readonly onStale: () => void;
}

/** Kafka protocol error code: the offset asked for is not in the log. */
const OFFSET_OUT_OF_RANGE = 1;
const PARTITION_PAUSE_MS = 250;

export function createFetchLoops(options: FetchLoopsOptions): FetchLoops {
  const { client, clock, random, trouble, lookout, delivery, current, earliestOffset } = options;
  const running = new Set<number>();
  let kicks = 0;
  let closed = false;

  const leaderOf = (state: PartitionState): number => lookout.topics.get(state.topic)?.leaders[state.partition] ?? -1;

  const wantedFrom = (node: number, assignment: Assignment): PartitionState[] => {
    const now = clock.mono();
    return [...assignment.partitions.values()].filter((state) => leaderOf(state) === node && state.retryAt <= now);
  };

  const request = (wanted: readonly PartitionState[]): FetchTopic[] => {
    const byTopic = Map.groupBy(wanted, ({ topic }) => topic);
    return [...byTopic].flatMap(([topic, states]) => {
      const topicId = lookout.topics.get(topic)?.id;
      if (topicId === undefined) return [];
      return [{ topicId, partitions: states.map(({ partition, fetchFrom }) => ({ partition, offset: fetchFrom })) }];
    });
  };

  /** False: the earliest offset could not be had. */
  const reset = async (state: PartitionState, assignment: Assignment): Promise<boolean> => {
    const offset = await earliestOffset(state.topic, state.partition).catch(() => undefined);
    if (offset === undefined || assignment !== current()) return false;
    options.onReset(state, offset);
    state.fetchFrom = offset;
    // Through the queue, so that it comes after what was fetched before.
    delivery.push([{ state, records: [], unreadable: [], bytes: 0, next: offset, end: offset }]);
    return true;
  };

  /** One partition's error leaves the others as they are: this one has a pause, in which its leader is looked up. */
  const refused = async (
    state: PartitionState,
    { errorCode, error }: PartitionAnswer,
    assignment: Assignment,
  ): Promise<void> => {
    options.onFailed();
    trouble.began(`fetching ${state.name}`, error);
    options.onStale();
    if (errorCode === OFFSET_OUT_OF_RANGE && (await reset(state, assignment))) return;
    state.retryAt = clock.mono() + PARTITION_PAUSE_MS;
    setTimeout(kick, PARTITION_PAUSE_MS + 1).unref();
  };

  const accepted = (state: PartitionState, { bytes, end }: PartitionAnswer, sentAt: number): void => {
    trouble.ended(`fetching ${state.name}`);
    state.end = end;
    if (bytes.length > 0) {
      const slice = sliceOf(state, bytes, end, options.decompress);
      state.fetchFrom = slice.next;
      delivery.push([slice]);
    }
    // The answer may have waited for a process that was paused: it vouches for the time of the question only.
    noteFetched(state, sentAt);
  };

  const fetchOnce = async (node: number): Promise<boolean> => {
    await delivery.room();
    const assignment = current();
    if (closed || assignment === undefined) return false;
    const wanted = wantedFrom(node, assignment);
    if (wanted.length === 0) return false;
    const broker = lookout.brokers.get(node);
    if (broker === undefined) throw new Error(`broker ${node} is not in the cluster's metadata`);
    const asked = new Map(wanted.map((state) => [state.name, state.fetchFrom]));
    const sentAt = clock.mono();
    for (const answer of await client.fetch(broker, request(wanted))) {
      // What one partition brought may be long in decoding and large: the next one's waits until there is room again.
      await delivery.room();
      if (assignment !== current()) break;
      const state = assignment.partitions.get(partitionName(topicById(lookout, answer.topicId), answer.partition));
      // It may have been asked of its old and its new leader at once: only one answer fits.
      if (state === undefined || state.fetchFrom !== asked.get(state.name)) continue;
      if (answer.error === undefined) accepted(state, answer, sentAt);
      else await refused(state, answer, assignment);
    }
    return true;
  };

  const loop = async (node: number): Promise<void> => {
    const what = `fetching from broker ${node}`;
    for (let failures = 0; ; ) {
      const kicksBefore = kicks;
      try {
        if (!(await fetchOnce(node))) {
          // A kick that came while this loop found nothing to do was meant for it.
          if (kicks !== kicksBefore) continue;
          running.delete(node);
          return;
        }
        failures = 0;
        trouble.ended(what);
      } catch (error) {
        if (closed) return;
        failures += 1;
        options.onFailed();
        trouble.began(what, error);
        options.onStale();
        await delay(backoff(failures, 100, 1_000, random));
      }
    }
  };

  const kick = (): void => {
    const assignment = current();
    if (closed || assignment === undefined) return;
    kicks += 1;
    for (const state of assignment.partitions.values()) {
      const node = leaderOf(state);
      if (node < 0 || running.has(node)) continue;
      running.add(node);
      void loop(node);
    }
  };

  return {
    kick,
    async close() {
      closed = true;
      await client.close();
    },
  };
}

function topicById(lookout: Lookout, id: string): string {
  for (const [name, topic] of lookout.topics) {
    if (topic.id === id) return name;
  }
  return '';
}
