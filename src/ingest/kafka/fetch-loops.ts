import { setTimeout as delay } from 'node:timers/promises';
import { backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Cluster, leaderIn, TOPIC_FORBIDDEN } from './cluster.ts';
import type { Decompress } from './decompression.ts';
import type { Delivery } from './delivery.ts';
import type { PartitionAnswer } from './fetch-request.ts';
import { TIMING } from './kafka-options.ts';
import type { OutageLog } from './outage-log.ts';
import { noteFetched, type PartitionState } from './partition.ts';
import { sliceOf } from './record-batch.ts';

/** Fetches what is followed: one loop per broker that leads a partition, each with one request in flight. */
export interface FetchLoops {
  /** Something may be fetched that no loop fetches: a partition, its leader, or a pause that is over. */
  kick(): void;
  stop(): void;
}

export interface FetchLoopsOptions {
  readonly cluster: Pick<Cluster, 'topics' | 'fetch'>;
  readonly decompress: Decompress;
  readonly clock: Clock;
  readonly random: () => number;
  readonly outageLog: OutageLog;
  readonly delivery: Delivery;
  /** Those that are followed, by `topic/partition`. */
  readonly partitions: ReadonlyMap<string, PartitionState>;
  readonly onFailed: () => void;
  /** The log does not have what comes next. */
  readonly onLost: (state: PartitionState, why: string) => void;
  /** Leaders or topics are not what they were: look at once. */
  readonly onStale: () => void;
}

/** Kafka protocol error code: the offset asked for is not in the log. */
const OFFSET_OUT_OF_RANGE = 1;
const PARTITION_PAUSE_MS = 250;

export function createFetchLoops(options: FetchLoopsOptions): FetchLoops {
  const { cluster, clock, random, outageLog, delivery, partitions } = options;
  const running = new Set<number>();
  let fetches = 0;
  let kicks = 0;
  let stopped = false;

  const leaderOf = ({ topic, partition }: PartitionState): number => leaderIn(cluster.topics.get(topic), partition);

  /** A broker fills its answer in the order of the request (KIP-74): whoever has waited the longest goes first. */
  const wantedFrom = (node: number): PartitionState[] => {
    const now = clock.mono();
    const wanted = [...partitions.values()].filter((state) => leaderOf(state) === node && state.retryAt <= now);
    return wanted.sort((a, b) => a.servedIn - b.servedIn);
  };

  /** One partition's error leaves the others as they are: this one has a pause, in which its leader is looked up. */
  const refused = (state: PartitionState, { errorCode, error }: PartitionAnswer): void => {
    options.onFailed();
    outageLog.began(`fetching ${state.name}`, error);
    state.forbidden = errorCode === TOPIC_FORBIDDEN;
    // Rights are not granted soon, and no other leader would grant them.
    const pause = state.forbidden ? TIMING.look : PARTITION_PAUSE_MS;
    state.retryAt = clock.mono() + pause;
    if (!state.forbidden) options.onStale();
    setTimeout(kick, pause + 1).unref();
  };

  const lost = (state: PartitionState, why: string): void => {
    options.onLost(state, why);
    // It might be lost again at once, and again.
    setTimeout(options.onStale, PARTITION_PAUSE_MS).unref();
  };

  const accepted = (state: PartitionState, { bytes, end }: PartitionAnswer, sentAt: number): void => {
    outageLog.ended(`fetching ${state.name}`);
    state.forbidden = false;
    state.end = end;
    const acceptedAt = clock.mono();
    // What comes first and what the next fetch brings must have one time: a later one about the same thing counts.
    if (state.fetchFrom >= state.seen.until) state.seen = { until: end, at: acceptedAt };
    if (bytes.length > 0) {
      const slice = sliceOf(state, bytes, end, acceptedAt, options.decompress);
      state.fetchFrom = slice.next;
      state.lastEpoch = slice.epoch;
      state.servedIn = fetches;
      delivery.push([slice]);
    }
    // The answer may have waited for a process that was paused: it vouches for the time of the question only.
    noteFetched(state, sentAt);
  };

  const take = (state: PartitionState, answer: PartitionAnswer, sentAt: number): void => {
    if (answer.errorCode === OFFSET_OUT_OF_RANGE) lost(state, 'the log does not have this offset');
    else if (answer.error !== undefined) refused(state, answer);
    else if (answer.diverged) lost(state, 'the log has other records before this offset than were read');
    else accepted(state, answer, sentAt);
  };

  const fetchOnce = async (node: number): Promise<boolean> => {
    await delivery.room();
    const wanted = stopped ? [] : wantedFrom(node);
    if (wanted.length === 0) return false;
    fetches += 1;
    const asked = new Map(wanted.map((state) => [keyOf(state), { state, offset: state.fetchFrom }]));
    const sentAt = clock.mono();
    for (const answer of await cluster.fetch(node, wanted)) {
      // What one partition brought may be long in decoding and large: the next one's waits until there is room again.
      await delivery.room();
      if (stopped) return false;
      const question = asked.get(keyOf(answer));
      // It may be followed anew by now, or have been asked of its old and its new leader at once: only one answer fits.
      if (question === undefined || partitions.get(question.state.name) !== question.state) continue;
      if (question.state.fetchFrom === question.offset) take(question.state, answer, sentAt);
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
          if (kicks !== kicksBefore && !stopped) continue;
          running.delete(node);
          return;
        }
        failures = 0;
        outageLog.ended(what);
      } catch (error) {
        if (stopped) return;
        failures += 1;
        options.onFailed();
        outageLog.began(what, error);
        options.onStale();
        await delay(backoff(failures, 100, 1_000, random));
      }
    }
  };

  const kick = (): void => {
    if (stopped) return;
    kicks += 1;
    for (const state of partitions.values()) {
      const node = leaderOf(state);
      if (node < 0 || running.has(node)) continue;
      running.add(node);
      void loop(node);
    }
  };

  return {
    kick,
    stop() {
      stopped = true;
    },
  };
}

function keyOf({ topicId, partition }: Pick<PartitionState, 'topicId' | 'partition'>): string {
  return `${topicId}/${partition}`;
}
