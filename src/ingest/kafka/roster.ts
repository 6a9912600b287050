import { type FeedCounters, type FeedListeners, STREAMS, type Stream } from '../feed.ts';
import { beginnings, type Wanted } from './beginnings.ts';
import { type Cluster, leaderIn, NO_LEADER, type TopicInfo } from './cluster.ts';
import { type KafkaFeedOptions, TIMING } from './kafka-options.ts';
import type { OutageLog } from './outage-log.ts';
import { newPartition, type PartitionState, partitionName, type Start } from './partition.ts';

/**
 * Which partitions there are. One is
 * - unknown, until a look at the cluster has found it;
 * - wanted: where it begins is being asked;
 * - followed: fetched from there on, through any trouble, until its log has lost what comes next or is another one. Then it
 *   is wanted again.
 */
export interface Roster {
  /** Those that are followed, by `topic/partition`. */
  readonly partitions: ReadonlyMap<string, PartitionState>;
  /** Whether where some of them begin is still to be asked. */
  readonly isWanting: boolean;
  /** Takes in what the last look has found. */
  update(): void;
  /** Follows those that are wanted, as far as their leaders answer. */
  begin(): Promise<void>;
  /** The log does not have what comes next of this one. */
  lose(state: PartitionState): void;
  /** Tells, once, when every session partition is replayed. */
  tellReplayed(): void;
}

export interface RosterOptions extends Pick<KafkaFeedOptions, 'clock' | 'logger' | 'sessionReplay'> {
  readonly cluster: Pick<Cluster, 'topics' | 'offsets'>;
  readonly streamsOf: ReadonlyMap<string, readonly Stream[]>;
  readonly listeners: Pick<FeedListeners, 'onMissed' | 'onReplayed' | 'onCaughtUp'>;
  readonly counters: FeedCounters;
  readonly outageLog: OutageLog;
}

/** What was known of a topic at the look before. */
interface Known {
  /** undefined: it did not exist. */
  readonly id: string | undefined;
  readonly partitions: number;
}

export function createRoster(options: RosterOptions): Roster {
  const { cluster, streamsOf, listeners, counters, logger, outageLog } = options;
  const partitions = new Map<string, PartitionState>();
  /** Lost: records of it were not seen here, whatever its offsets say. */
  const wanted = new Map<string, Wanted & { readonly lost: boolean }>();
  const known = new Map<string, Known>();
  let replayOwed = true;

  const isSession = (topic: string): boolean => streamsOf.get(topic)?.includes('session') === true;
  const backOf = (topic: string): number =>
    isSession(topic) ? Math.max(options.sessionReplay, TIMING.lookBack) : TIMING.lookBack;

  const drop = (state: PartitionState): void => {
    counters.offsetResets += 1;
    partitions.delete(state.name);
    if (state.behind) listeners.onCaughtUp(state.name);
  };

  /** It was deleted and created again under the same name. */
  const dropTopic = (topic: string): void => {
    logger.warn({ topic }, 'the topic was created anew: what was held of it is doubted, and following begins anew');
    for (const [name, each] of wanted) if (each.topic === topic) wanted.delete(name);
    for (const state of partitions.values()) if (state.topic === topic) drop(state);
  };

  const takeIn = (topic: string, info: TopicInfo): void => {
    const before = known.get(topic);
    if (info.state !== 'there') {
      outageLog.began(`finding topic ${topic}`, new Error(`it is ${info.state}`));
      // What existed before goes on where it was, if it comes back as the same.
      if (info.state === 'missing' && before === undefined) known.set(topic, { id: undefined, partitions: 0 });
      return;
    }
    outageLog.ended(`finding topic ${topic}`);
    const lost = before?.id !== undefined && before.id !== info.id;
    if (lost) dropTopic(topic);
    for (let partition = 0; partition < info.leaders.length; partition += 1) {
      const name = partitionName(topic, partition);
      if (partitions.has(name) || wanted.has(name)) continue;
      const isNew = before !== undefined && !lost && partition >= before.partitions;
      wanted.set(name, { topic, partition, lost, back: isNew ? Number.POSITIVE_INFINITY : backOf(topic) });
    }
    known.set(topic, { id: info.id, partitions: info.leaders.length });
  };

  const follow = ({ topic, partition, back }: Wanted, start: Start, at: number): PartitionState => {
    const topicId = known.get(topic)?.id ?? '';
    const state = newPartition({ topic, topicId, partition, streams: streamsOf.get(topic) ?? [] }, start, at);
    if (isSession(topic) && Number.isFinite(back) && start.offset < start.end) {
      state.replayUntil = start.end;
      replayOwed = true;
    }
    partitions.set(state.name, state);
    return state;
  };

  return {
    partitions,
    get isWanting() {
      return wanted.size > 0;
    },
    update() {
      for (const [topic, info] of cluster.topics) takeIn(topic, info);
    },
    async begin() {
      const asked = [...wanted];
      const starts = await beginnings(
        cluster,
        asked.map(([, each]) => each),
        options.clock.now(),
      );
      const at = options.clock.mono();
      const missed: PartitionState[] = [];
      for (const [name, each] of asked) {
        const start = starts.get(name);
        if (start === undefined || wanted.get(name) !== each) continue;
        wanted.delete(name);
        const state = follow(each, start, at);
        if (each.lost || start.offset > 0) missed.push(state);
      }
      if (starts.size > 0) logger.info({ partitions: [...starts.keys()] }, 'partitions are followed');
      if (missed.length === 0) return;
      const streams = STREAMS.filter((stream) => missed.some((state) => state.streams.includes(stream)));
      const names = missed.map(({ name }) => name);
      // Whatever was read before that moment may lack the records before the start, and no clock has to be trusted.
      listeners.onMissed(streams, names, 'following began, or began anew');
    },
    lose({ name: lost, topic }) {
      // Of a session that is replayed the end may lie on another partition.
      const isAnew = ({ name, topic: its }: PartitionState): boolean =>
        name === lost || (isSession(topic) && its === topic);
      for (const state of [...partitions.values()].filter(isAnew)) {
        drop(state);
        const { name, partition } = state;
        wanted.set(name, { topic, partition, back: backOf(topic), lost: true });
      }
    },
    tellReplayed() {
      if (!replayOwed) return;
      // One that nobody leads now is replayed when somebody does: those whom the others know are not held up for it.
      const isComing = ({ topic, partition }: Wanted): boolean =>
        isSession(topic) && leaderIn(cluster.topics.get(topic), partition) !== NO_LEADER;
      for (const each of wanted.values()) if (isComing(each)) return;
      for (const { replayUntil } of partitions.values()) if (replayUntil !== undefined) return;
      replayOwed = false;
      listeners.onReplayed();
    },
  };
}
