import type { Admin } from '@platformatic/kafka';
import type { Clock } from '../../lib/clock.ts';
import { settledWithin } from '../../lib/settled-within.ts';
import type { FeedCounters } from '../feed.ts';
import { type KafkaFeedOptions, TIMING } from './kafka-options.ts';
import type { OutageLog } from './outage-log.ts';
import { type PartitionState, partitionName } from './partition.ts';

/**
 * Commits how far the handler has come, for people who watch the group; no process begins there. One replica commits. The
 * others keep quiet while they see that, and while they are behind, so that what is committed does not go back.
 */
export interface Committer {
  /** What the group has as of the last commit, by `topic/partition`. */
  readonly committed: ReadonlyMap<string, number>;
  /** Something was handled: it is committed within about a second. */
  schedule(): void;
  /** Commits once more, and closes. Never rejects. */
  stop(): Promise<void>;
}

/** What is asked of the client's admin. */
export type CommittingAdmin = Pick<Admin, 'listConsumerGroupOffsets' | 'alterConsumerGroupOffsets' | 'close'>;

export interface CommitterOptions extends Pick<KafkaFeedOptions, 'groupId' | 'random'> {
  /** Connects anew: after a failure the coordinator may be elsewhere. */
  readonly admin: () => CommittingAdmin;
  readonly clock: Pick<Clock, 'mono'>;
  readonly outageLog: OutageLog;
  /** Those that exist. */
  readonly partitions: () => readonly PartitionState[];
  readonly counters: FeedCounters;
}

export function createCommitter(options: CommitterOptions): Committer {
  const { groupId, clock, random, outageLog, partitions, counters } = options;
  const committed = new Map<string, number>();
  let admin: CommittingAdmin | undefined;
  let notBefore = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let hasLooked = false;
  let stopped = false;

  const ahead = (): PartitionState[] => partitions().filter(({ name, done }) => done > (committed.get(name) ?? 0));

  const byTopic = (states: readonly PartitionState[]) => [...Map.groupBy(states, ({ topic }) => topic)];

  /** True: somebody else has committed since. */
  const look = async (client: CommittingAdmin): Promise<boolean> => {
    const topics = byTopic(partitions()).map(([name, group]) => {
      return { name, partitionIndexes: group.map(({ partition }) => partition) };
    });
    let isTold = false;
    const [found] = await client.listConsumerGroupOffsets({ groups: [{ groupId, topics }] });
    for (const { name: topic, partitions: offsets } of found?.topics ?? []) {
      for (const { partitionIndex, committedOffset } of offsets) {
        const name = partitionName(topic, partitionIndex);
        isTold ||= committedOffset > (committed.get(name) ?? Number.POSITIVE_INFINITY);
        if (committedOffset < 0n) committed.delete(name);
        else committed.set(name, Number(committedOffset));
      }
    }
    return isTold;
  };

  const tell = async (client: CommittingAdmin, states: readonly PartitionState[]): Promise<void> => {
    const told = states.map(({ name, done }) => [name, done] as const);
    const topics = byTopic(states).map(([name, group]) => {
      return { name, partitionOffsets: group.map(({ partition, done }) => ({ partition, offset: BigInt(done) })) };
    });
    await client.alterConsumerGroupOffsets({ groupId, topics });
    for (const [name, done] of told) committed.set(name, done);
    counters.commits += 1;
  };

  const commit = async (isLast: boolean): Promise<void> => {
    if (ahead().length === 0) return;
    try {
      admin ??= options.admin();
      const isTold = await look(admin);
      // Whoever has just started does not know yet whether somebody commits.
      const isStranger = !hasLooked && committed.size > 0;
      hasLooked = true;
      const states = ahead();
      if (states.length > 0 && (isLast || !(isTold || isStranger))) await tell(admin, states);
      const pause = isTold ? TIMING.commitAgain : TIMING.commitInterval;
      // Replicas that commit in step would see the same offsets, and the slower one's would come last.
      notBefore = clock.mono() + pause * (1 + random() / 2);
      outageLog.ended('committing offsets');
    } catch (error) {
      counters.commitFailures += 1;
      notBefore = clock.mono() + TIMING.commitAgain;
      outageLog.began('committing offsets (for dashboards only)', error);
      void admin?.close().catch(() => undefined);
      admin = undefined;
    }
  };

  const schedule = (): void => {
    if (stopped || timer !== undefined || ahead().length === 0) return;
    timer = setTimeout(
      async () => {
        running = commit(false);
        await running;
        timer = undefined;
        schedule();
      },
      Math.max(0, notBefore - clock.mono()),
    ).unref();
  };

  return {
    committed,
    schedule,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await commit(true);
      await settledWithin(admin?.close().catch(() => undefined) ?? Promise.resolve(), TIMING.close);
    },
  };
}
