import { setTimeout as delay } from 'node:timers/promises';
import type { BaseOptions } from '@platformatic/kafka';
import { settledWithin } from '../../lib/settled-within.ts';
import { type BatchHandler, type FeedCounters, type FeedListeners, STREAMS, type Stream } from '../feed.ts';
import { type Cluster, createCluster, type TopicInfo } from './cluster.ts';
import { type Committer, createCommitter } from './committer.ts';
import { createDecompress } from './decompression.ts';
import { createDelivery } from './delivery.ts';
import { createDoubts } from './doubts.ts';
import { createFetchLoops, type FetchLoops } from './fetch-loops.ts';
import { backoff, type KafkaFeedOptions, type KafkaModule, LIMIT, TIMING } from './kafka-options.ts';
import type { PartitionState } from './partition.ts';
import { createRoster, type Roster } from './roster.ts';
import { createSignal, type Signal } from './signal.ts';
import { createTroubleLog, type TroubleLog } from './trouble-log.ts';

/** Following the whole log, from start to stop. */
export interface Following {
  /** Those that are followed, by `topic/partition`. */
  readonly partitions: ReadonlyMap<string, PartitionState>;
  /** Monotonic ms of the last look at the cluster that was answered. */
  readonly lookedAt: number | undefined;
  /** As of that look. */
  readonly topics: ReadonlyMap<string, TopicInfo>;
  /** Offset that the group has, by `topic/partition`. */
  readonly committed: ReadonlyMap<string, number>;
  /** Streams of which something was passed over, while what is held of them is still to be doubted. */
  readonly doubtful: ReadonlySet<Stream>;
  stop(): Promise<void>;
}

export interface FollowingPorts {
  readonly handler: BatchHandler;
  readonly listeners: FeedListeners;
  readonly counters: FeedCounters;
  readonly onChange: () => void;
}

export function startFollowing(kafka: KafkaModule, options: KafkaFeedOptions, ports: FollowingPorts): Following {
  const { clock, logger, random } = options;
  const { handler, listeners, counters, onChange } = ports;
  const trouble = createTroubleLog(logger);
  const connection = connectionOf(options);
  const streamsOf = Map.groupBy(STREAMS, (stream) => options.topics[stream]);
  const cluster = createCluster(kafka, options.brokers, [...streamsOf.keys()], options.clientId, connection);
  const { sessionReplay } = options;
  const roster = createRoster({
    ...{ cluster, streamsOf, sessionReplay, listeners, counters, logger, trouble },
    now: clock.now,
  });
  const { partitions } = roster;
  const committer = createCommitter({
    ...{ clock, random, trouble, counters, groupId: options.groupId },
    admin: () => new kafka.Admin(connection),
    partitions: () => [...partitions.values()].filter(({ topic }) => cluster.topics.get(topic)?.state === 'there'),
  });
  const doubts = createDoubts({ random, onDoubt: listeners.onMissed, onChange });
  const delivery = createDelivery({
    ...{ handler, random, trouble },
    onCaughtUp: listeners.onCaughtUp,
    onUnreadable(batch) {
      listeners.onUnreadable(batch);
      doubts.add(batch);
    },
    onHandled() {
      committer.schedule();
      roster.tellReplayed();
    },
  });
  const wake = createSignal();
  const loops = createFetchLoops({
    ...{ cluster, clock, random, trouble, delivery, partitions },
    decompress: createDecompress(kafka, LIMIT.decodedBytes),
    onFailed: () => {
      counters.fetchFailures += 1;
    },
    onLost(state, why) {
      logger.warn(
        { partition: state.name, position: state.fetchFrom, why },
        'records were lost: following begins anew',
      );
      roster.lose(state);
      onChange();
    },
    onStale: wake.ring,
  });
  const watch = startWatch({ cluster, roster, loops, committer, wake, trouble, onChange, clock, random });

  return {
    partitions,
    topics: cluster.topics,
    committed: committer.committed,
    doubtful: doubts.streams,
    get lookedAt() {
      return watch.lookedAt;
    },
    async stop() {
      watch.stop();
      loops.stop();
      doubts.stop();
      delivery.clear();
      const closed = cluster.close();
      await settledWithin(delivery.idle(), TIMING.drain);
      await settledWithin(committer.stop(), TIMING.flush);
      await settledWithin(closed, TIMING.close);
    },
  };
}

interface WatchOptions extends Pick<KafkaFeedOptions, 'clock' | 'random'> {
  readonly cluster: Cluster;
  readonly roster: Roster;
  readonly loops: FetchLoops;
  readonly committer: Committer;
  readonly wake: Signal;
  readonly trouble: TroubleLog;
  readonly onChange: () => void;
}

/** Looks at the cluster again and again, at once when woken, and has what it finds followed. */
function startWatch(options: WatchOptions): { readonly lookedAt: number | undefined; stop(): void } {
  const { cluster, roster, wake, trouble, clock } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let lookedAt: number | undefined;

  const step = async (): Promise<void> => {
    const sentAt = clock.mono();
    await cluster.look();
    lookedAt = sentAt;
    roster.update();
    if (roster.isWanting) await roster.begin();
    options.onChange();
    if (signal.aborted) return;
    roster.tellReplayed();
    options.loops.kick();
    options.committer.schedule();
  };

  const run = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      try {
        await step();
        failures = 0;
        trouble.ended('reaching the brokers');
        await (roster.isWanting ? delay(TIMING.lookAgain, undefined, { signal }) : wake.wait(TIMING.look));
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        trouble.began('reaching the brokers', error);
        const pause = backoff(failures, 100, 2_000, options.random);
        await delay(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  };

  void run();
  return {
    get lookedAt() {
      return lookedAt;
    },
    stop() {
      stopping.abort();
      wake.ring();
    },
  };
}

function connectionOf({ clientId, brokers, tls, sasl }: KafkaFeedOptions): BaseOptions {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: TIMING.connectTimeout,
    requestTimeout: TIMING.requestTimeout,
    // Retrying is the loops' business.
    retries: 0,
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}
