import { setTimeout as delay } from 'node:timers/promises';
import type { BaseOptions, GroupAssignment } from '@platformatic/kafka';
import { settledWithin } from '../../lib/settled-within.ts';
import { type BatchHandler, type FeedCounters, type FeedListeners, STREAMS, type Stream } from '../feed.ts';
import { type Assignment, newPartition, type PartitionState, partitionName } from './assignment.ts';
import { createCommitter } from './committer.ts';
import { createDecompress } from './decompression.ts';
import { createDelivery } from './delivery.ts';
import { createFetchClient } from './fetch-client.ts';
import { createFetchLoops } from './fetch-loops.ts';
import { backoff, type KafkaFeedOptions, type KafkaModule, LIMIT, TIMING } from './kafka-options.ts';
import { createLookout, type TopicInfo } from './lookout.ts';
import { createMembership, type Membership } from './membership.ts';
import { createSignal } from './signal.ts';
import { createTroubleLog } from './trouble-log.ts';

/**
 * Consumption from start to stop. Modes:
 * - looking: no topic of ours exists, or the group could not be joined; both are tried again;
 * - joining: `assignment` is undefined, nothing is fetched, and late answers for older assignments are dropped;
 * - consuming: `assignment` is what the last join gave. Every join, whoever starts it, passes through joining;
 * - stopped.
 */
export interface Consumption {
  readonly assignment: Assignment | undefined;
  readonly lookedAt: number | undefined;
  /** Those of our topics that exist. */
  readonly topics: ReadonlyMap<string, TopicInfo>;
  readonly members: number | undefined;
  stop(): Promise<void>;
}

export interface ConsumptionPorts {
  readonly handler: BatchHandler;
  readonly listeners: FeedListeners;
  readonly counters: FeedCounters;
  readonly onChange: () => void;
}

export function startConsumption(kafka: KafkaModule, options: KafkaFeedOptions, ports: ConsumptionPorts): Consumption {
  const { clock, logger, random } = options;
  const { handler, listeners, counters, onChange } = ports;
  const trouble = createTroubleLog(logger);
  const streamsOf = streamsByTopic(options.topics);
  const wake = createSignal();
  const stopping = new AbortController();
  const connection = connectionOf(options);

  let assignment: Assignment | undefined;
  let previous: Assignment | undefined;
  /** How far each partition was handled here, ever. */
  const reached = new Map<string, number>();
  let epoch = 0;
  let lookedAt: number | undefined;
  let membersDescribed: number | undefined;
  let mustJoin = true;
  let joinedShape = '';

  const lookout = createLookout(kafka, new kafka.Admin(connection), [...streamsOf.keys()], trouble);
  const membership = createMembership(kafka, connection, options.groupId, {
    beforeJoin: () => release(),
    onJoined: (assignments) => {
      void adopt(assignments);
      wake.ring();
    },
    onLost: (error) => {
      trouble.began('keeping the place in the consumer group', error);
      mustJoin = true;
      wake.ring();
    },
  });
  const committer = createCommitter({
    clock,
    trouble,
    current: () => assignment,
    commit: membership.commit,
    onCommitted: () => {
      counters.commits += 1;
    },
    onFailed: () => {
      counters.commitFailures += 1;
    },
  });
  const delivery = createDelivery({ handler, listeners, random, trouble, onHandled: committer.schedule });
  const loops = createFetchLoops({
    client: createFetchClient(kafka, options.clientId, connection),
    decompress: createDecompress(kafka, LIMIT.decodedBytes),
    clock,
    random,
    trouble,
    lookout,
    delivery,
    current: () => assignment,
    earliestOffset: membership.earliestOffset,
    onFailed: () => {
      counters.fetchFailures += 1;
    },
    onReset: (state, offset) => {
      counters.offsetResets += 1;
      if (offset > state.fetchFrom) listeners.onMissed([state.name]);
      logger.warn({ partition: state.name, from: state.fetchFrom, to: offset }, 'offset is not in the log, reset');
    },
    onStale: wake.ring,
  });

  /** Lets go of what is assigned: drops what was fetched, waits for the batch in hand, commits. */
  async function release(): Promise<void> {
    epoch += 1;
    const leaving = assignment;
    assignment = undefined;
    membersDescribed = undefined;
    onChange();
    delivery.clear();
    await settledWithin(delivery.idle(), TIMING.drain);
    if (leaving === undefined) return;
    previous = leaving;
    for (const { name, done } of leaving.partitions.values()) reached.set(name, done);
    // Without a member id a commit is refused. With one it has to settle before the join: the client sends the
    // generation that is valid when it gets to sending, so a commit that lingers could overwrite a later owner's.
    if (membership.memberId !== null) await committer.flush(leaving);
  }

  async function adopt(assignments: readonly GroupAssignment[]): Promise<void> {
    epoch += 1;
    const mine = epoch;
    for (let attempt = 1; epoch === mine && !stopping.signal.aborted; attempt += 1) {
      try {
        // Another member may lead the group and have heard of a topic before us.
        if (assignments.some(({ topic }) => !lookout.topics.has(topic))) await lookout.look();
        const next = await startingPoints(assignments, streamsOf, membership);
        if (epoch !== mine || stopping.signal.aborted) return;
        trouble.ended('reading committed offsets');
        trouble.ended('keeping the place in the consumer group');
        begin(next);
        return;
      } catch (error) {
        trouble.began('reading committed offsets', error);
        await delay(backoff(attempt, 100, 2_000, random), undefined, { signal: stopping.signal }).catch(
          () => undefined,
        );
      }
    }
  }

  function begin(next: Assignment): void {
    for (const old of previous?.partitions.values() ?? []) {
      if (!old.behind) continue;
      const state = next.partitions.get(old.name);
      if (state === undefined) listeners.onCaughtUp(old.name);
      else state.behind = true;
    }
    previous = undefined;
    assignment = next;
    // Committed further than it was handled here, and not by us: somebody else had the records in between.
    const missed = [...next.partitions.values()].filter(
      ({ name, done, committed }) => committed !== undefined && done > (reached.get(name) ?? 0),
    );
    if (missed.length > 0) listeners.onMissed(missed.map(({ name }) => name));
    for (const { name, done } of next.partitions.values()) {
      counters.redelivered += Math.max(0, (reached.get(name) ?? 0) - done);
    }
    counters.rebalances += 1;
    onChange();
    logger.info({ group: options.groupId, partitions: [...next.partitions.keys()] }, 'partitions assigned');
    loops.kick();
  }

  async function step(): Promise<void> {
    const sentAt = clock.mono();
    await lookout.look();
    lookedAt = sentAt;
    const shape = shapeOf(lookout.topics);
    if (lookout.topics.size > 0 && (mustJoin || shape !== joinedShape)) {
      mustJoin = true;
      try {
        await membership.join([...lookout.topics.keys()]);
      } catch (error) {
        // Others in the group may be the reason: members that speak another protocol keep us out.
        await countMembers();
        throw error;
      }
      mustJoin = false;
      joinedShape = shape;
    }
    if (lookout.topics.size > 0 && membership.membersAsLeader === undefined) await countMembers();
    loops.kick();
  }

  async function countMembers(): Promise<void> {
    const others = await lookout.otherMembers(options.groupId, membership.memberId);
    if (others === undefined || others + 1 === membersDescribed) return;
    membersDescribed = others + 1;
    onChange();
  }

  async function supervise(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await step();
        failures = 0;
        trouble.ended('reaching the broker and the group');
        await wake.wait(TIMING.lookout);
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures += 1;
        trouble.began('reaching the broker and the group', error);
        await delay(backoff(failures, 100, 2_000, random), undefined, { signal: stopping.signal }).catch(
          () => undefined,
        );
      }
    }
  }

  void supervise();
  return {
    get assignment() {
      return assignment;
    },
    get lookedAt() {
      return lookedAt;
    },
    topics: lookout.topics,
    get members() {
      return membership.membersAsLeader ?? membersDescribed;
    },
    async stop() {
      stopping.abort();
      wake.ring();
      const others = Promise.all([loops.close(), lookout.close()]);
      await settledWithin(release(), TIMING.drain + TIMING.flush);
      committer.stop();
      await membership.leave();
      await settledWithin(others, TIMING.leave);
    },
  };
}

/** Where to begin: at the committed offset, at the earliest where the group has none. */
async function startingPoints(
  assignments: readonly GroupAssignment[],
  streamsOf: ReadonlyMap<string, readonly Stream[]>,
  membership: Membership,
): Promise<Assignment> {
  const committed = await membership.committedOffsets(assignments);
  const states = await Promise.all(
    assignments.flatMap(({ topic, partitions }) =>
      partitions.map(async (partition): Promise<PartitionState> => {
        const offset = committed.get(partitionName(topic, partition));
        const start = offset ?? (await membership.earliestOffset(topic, partition));
        return newPartition(topic, partition, streamsOf.get(topic) ?? [], start, offset);
      }),
    ),
  );
  return { partitions: new Map(states.map((state) => [state.name, state])) };
}

function connectionOf(options: KafkaFeedOptions): BaseOptions {
  return {
    clientId: options.clientId,
    bootstrapBrokers: [...options.brokers],
    connectTimeout: TIMING.connectTimeout,
    requestTimeout: TIMING.fetchRequestTimeout,
    // Retrying is the loops' business: the client's own would rejoin inside a commit and send old offsets anew.
    retries: 0,
    // The lookout notices what changes; the client looks again after a failure only.
    metadataMaxAge: 3_600_000,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
  };
}

function streamsByTopic(topics: Readonly<Record<Stream, string>>): ReadonlyMap<string, readonly Stream[]> {
  return Map.groupBy(STREAMS, (stream) => topics[stream]);
}

/** Differs when a join would find other partitions than the last one did. */
function shapeOf(topics: ReadonlyMap<string, TopicInfo>): string {
  return [...topics]
    .map(([name, { id, leaders }]) => `${name} ${id} ${leaders.length}`)
    .sort()
    .join();
}
