import { setTimeout as delay } from 'node:timers/promises';
import type { BaseOptions } from '@platformatic/kafka';
import { backoff } from '../../lib/backoff.ts';
import { settledWithin } from '../../lib/settled-within.ts';
import { type BatchHandler, type FeedCounters, type FeedListeners, STREAMS } from '../feed.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { type Committer, createCommitter } from './committer.ts';
import { createDecompress } from './decompression.ts';
import { createDelivery } from './delivery.ts';
import { createDoubts, type Doubts } from './doubts.ts';
import { createFetchLoops } from './fetch-loops.ts';
import { type KafkaFeedOptions, type KafkaModule, LIMIT, TIMING } from './kafka-options.ts';
import { createOutageLog } from './outage-log.ts';
import { createRoster, type Roster } from './roster.ts';

/** Following the whole log, from start to stop, and what tells how it goes. */
export interface Following {
  readonly cluster: Pick<Cluster, 'topics' | 'lookedAt'>;
  readonly partitions: Roster['partitions'];
  readonly committed: Committer['committed'];
  readonly doubtful: Doubts['streams'];
  stop(): Promise<void>;
}

export function startFollowing(
  kafka: KafkaModule,
  options: KafkaFeedOptions,
  counters: FeedCounters,
  handler: BatchHandler,
  listeners: FeedListeners,
): Following {
  const { clock, logger, random } = options;
  const outageLog = createOutageLog(logger);
  const connection = connectionOf(options);
  const streamsOf = Map.groupBy(STREAMS, (stream) => options.topics[stream]);
  const cluster = createCluster(kafka, connection, [...streamsOf.keys()], clock);
  const roster = createRoster({ ...options, cluster, streamsOf, listeners, counters, outageLog });
  const { partitions } = roster;
  const committer = createCommitter({
    ...{ ...options, outageLog, counters },
    admin: () => new kafka.Admin(connection),
    partitions: () => [...partitions.values()].filter(({ topic }) => cluster.topics.get(topic)?.state === 'there'),
  });
  const doubts = createDoubts(random, listeners.onMissed);
  const delivery = createDelivery({
    ...{ handler, random, outageLog },
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
  const loops = createFetchLoops({
    ...{ cluster, clock, random, outageLog, delivery, partitions },
    decompress: createDecompress(kafka, LIMIT.decodedBytes),
    onFailed: () => {
      counters.fetchFailures += 1;
    },
    onLost(state, why) {
      const details = { partition: state.name, position: state.fetchFrom, why };
      logger.warn(details, 'records were lost: following begins anew');
      roster.lose(state);
    },
    onStale: () => wake.abort(),
  });
  const stopping = new AbortController();
  let wake = new AbortController();

  /** Looks at the cluster, and has what it finds followed. */
  const look = async (): Promise<void> => {
    wake = new AbortController();
    await cluster.look();
    roster.update();
    if (roster.isWanting) await roster.begin();
    roster.tellReplayed();
    loops.kick();
    committer.schedule();
  };
  const lookOnAndOn = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await look();
        failures = 0;
        outageLog.ended('reaching the brokers');
      } catch (error) {
        failures += 1;
        if (!stopping.signal.aborted) outageLog.began('reaching the brokers', error);
      }
      const isHurried = failures > 0 || roster.isWanting;
      const pause = isHurried ? backoff(Math.max(failures, 1), TIMING.lookAgain, 2_000, random) : TIMING.look;
      // Whoever says that something has changed ends the pause, but not that after a failure.
      const signals = isHurried ? [stopping.signal] : [stopping.signal, wake.signal];
      await delay(pause, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
    }
  };

  void lookOnAndOn();
  return {
    cluster,
    partitions,
    committed: committer.committed,
    doubtful: doubts.streams,
    async stop() {
      stopping.abort();
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
