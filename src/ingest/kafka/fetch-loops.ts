import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, FetchOptions } from '@platformatic/kafka';
import type { Clock } from '../../lib/clock.ts';
import { type Assignment, noteFetched, type PartitionState, partitionName } from './assignment.ts';
import type { Delivery } from './delivery.ts';
import { backoff, LIMIT, TIMING } from './kafka-options.ts';
import type { Lookout } from './lookout.ts';
import { type Slice, sliceOf } from './record-batch.ts';
import type { TroubleLog } from './trouble-log.ts';

/**
 * Fetches what is assigned: one loop per broker that leads a partition of ours, each with one request in flight, so that
 * a broker's fetch session stays in step. Loops outlive assignments; what was asked for an old one is dropped.
 */
export interface FetchLoops {
  /** Something may be fetched that no loop fetches: assignment, leaders, or a pause that is over. */
  kick(): void;
  close(): Promise<void>;
}

/** What is used of the client's consumer. */
export interface FetchClient {
  fetch(options: FetchOptions<Buffer, Buffer, Buffer, Buffer>): Promise<FetchResponse>;
  clearMetadata(): void;
  close(): Promise<void>;
}

export interface FetchLoopsOptions {
  readonly consumer: FetchClient;
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

type FetchRequestTopic = FetchOptions<Buffer, Buffer, Buffer, Buffer>['topics'][number];
type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;

/** Kafka protocol error code: the offset asked for is not in the log. */
const OFFSET_OUT_OF_RANGE = 1;
const PARTITION_PAUSE_MS = 250;

export function createFetchLoops(options: FetchLoopsOptions): FetchLoops {
  const { consumer, clock, random, trouble, lookout, delivery, current, earliestOffset } = options;
  const running = new Set<number>();
  let kicks = 0;
  let closed = false;

  const leaderOf = (state: PartitionState): number => lookout.topics.get(state.topic)?.leaders[state.partition] ?? -1;

  const wantedFrom = (node: number, assignment: Assignment): PartitionState[] => {
    const now = clock.mono();
    return [...assignment.partitions.values()].filter((state) => leaderOf(state) === node && state.retryAt <= now);
  };

  const request = (wanted: readonly PartitionState[]): FetchRequestTopic[] => {
    const topics = new Map<string, FetchRequestTopic>();
    for (const { topic, partition, fetchFrom } of wanted) {
      const topicId = lookout.topics.get(topic)?.id;
      if (topicId === undefined) continue;
      const entry = topics.get(topic) ?? { topicId, partitions: [] };
      topics.set(topic, entry);
      entry.partitions.push({
        partition,
        fetchOffset: BigInt(fetchFrom),
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        partitionMaxBytes: LIMIT.fetchBytes,
      });
    }
    return [...topics.values()];
  };

  const reset = async (state: PartitionState, assignment: Assignment): Promise<void> => {
    const offset = await earliestOffset(state.topic, state.partition);
    if (assignment !== current()) return;
    options.onReset(state, offset);
    state.fetchFrom = offset;
    // Through the queue, so that it comes after what was fetched before.
    delivery.push([{ state, records: [], bytes: 0, next: offset, end: offset }]);
  };

  const repair = async (error: unknown, assignment: Assignment): Promise<void> => {
    consumer.clearMetadata();
    const retryAt = clock.mono() + PARTITION_PAUSE_MS;
    for (const { state, errorCode } of failedPartitions(error, assignment, lookout)) {
      if (errorCode === OFFSET_OUT_OF_RANGE) await reset(state, assignment);
      else state.retryAt = retryAt;
    }
    setTimeout(kick, PARTITION_PAUSE_MS + 1).unref();
    options.onStale();
  };

  const fetchOnce = async (node: number): Promise<boolean> => {
    await delivery.room();
    const assignment = current();
    if (closed || assignment === undefined) return false;
    const wanted = wantedFrom(node, assignment);
    if (wanted.length === 0) return false;
    const offsets = wanted.map((state) => state.fetchFrom);
    const sentAt = clock.mono();
    const response = await consumer.fetch({
      node,
      topics: request(wanted),
      maxBytes: LIMIT.fetchBytes,
      minBytes: 1,
      maxWaitTime: TIMING.longPoll,
    });
    if (assignment === current()) accept(response, wanted, offsets, sentAt);
    return true;
  };

  const accept = (
    response: FetchResponse,
    wanted: readonly PartitionState[],
    offsets: readonly number[],
    sentAt: number,
  ): void => {
    // The same partition may have been asked of its old and its new leader at once: only one answer fits.
    const expected = new Map<string, PartitionState>();
    wanted.forEach((state, index) => {
      if (state.fetchFrom === offsets[index]) expected.set(state.name, state);
    });
    const slices: Slice[] = [];
    for (const { topicId, partitions } of response.responses) {
      const topic = topicById(lookout, topicId);
      for (const { partitionIndex, highWatermark, records } of partitions) {
        const state = expected.get(partitionName(topic, partitionIndex));
        if (state === undefined) continue;
        state.end = Number(highWatermark);
        if (records === undefined || records === null || records.length === 0) continue;
        const slice = sliceOf(state, records, state.end);
        state.fetchFrom = slice.next;
        slices.push(slice);
      }
    }
    for (const state of expected.values()) {
      // A session answers only for what changed: a partition that is left out and has no end yet is empty.
      state.end ??= state.fetchFrom;
      // The answer may have waited for a process that was paused: it vouches for the time of the question only.
      noteFetched(state, sentAt);
    }
    if (slices.length > 0) delivery.push(slices);
  };

  const loop = async (node: number): Promise<void> => {
    const what = `fetching from broker ${node}`;
    let answered = false;
    for (let failures = 0; ; ) {
      const assignment = current();
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
        const answers = fetchResponseOf(error) !== undefined;
        failures = answers === answered ? failures + 1 : 1;
        answered = answers;
        if (closed) return;
        options.onFailed();
        trouble.began(what, error);
        // The first repetition is immediate, also when a broker that was away answers again: it has forgotten the
        // fetch session, and says so just once.
        if (failures > 1) await delay(backoff(failures - 1, 100, 1_000, random));
        if (assignment !== undefined) await repair(error, assignment).catch(() => undefined);
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
      await consumer.close();
    },
  };
}

function topicById(lookout: Lookout, id: string): string {
  for (const [name, topic] of lookout.topics) {
    if (topic.id === id) return name;
  }
  return '';
}

function failedPartitions(
  error: unknown,
  assignment: Assignment,
  lookout: Lookout,
): { state: PartitionState; errorCode: number }[] {
  const failed: { state: PartitionState; errorCode: number }[] = [];
  for (const { topicId, partitions } of fetchResponseOf(error)?.responses ?? []) {
    const topic = topicById(lookout, topicId);
    for (const { partitionIndex, errorCode } of partitions) {
      const state = assignment.partitions.get(partitionName(topic, partitionIndex));
      if (state !== undefined && errorCode !== 0) failed.push({ state, errorCode });
    }
  }
  return failed;
}

/** The client rejects with the whole response in the error when one partition in it has failed. */
function fetchResponseOf(error: unknown): FetchResponse | undefined {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined;
  return isFetchResponse(error.response) ? error.response : undefined;
}

function isFetchResponse(value: unknown): value is FetchResponse {
  return typeof value === 'object' && value !== null && 'responses' in value && Array.isArray(value.responses);
}
