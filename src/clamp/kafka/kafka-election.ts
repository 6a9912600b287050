import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer } from '@platformatic/kafka';
import { type Shard, shardText } from '../../domain/shard.ts';
import { jittered } from '../../lib/backoff.ts';
import { loadKafka } from '../../lib/kafka-library.ts';
import { settledWithin } from '../../lib/settled-within.ts';
import type { Election } from '../election.ts';
import { clientOptionsOf, type KafkaConnection } from './connection.ts';

export interface KafkaElectionOptions {
  readonly connection: KafkaConnection;
  /** A consumer group that nobody else uses: its members are the candidates. */
  readonly groupId: string;
  /** Monotonic ms. */
  readonly mono: () => number;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Told when it begins and ends that this process sends. */
  readonly onChange: (elected: boolean) => void;
  /** `attempt`: how often it has failed since this process was last a member, from 1. */
  readonly onFailure: (error: unknown, attempt: number) => void;
}

/** The group of a service's replicas, of one shard: a consumer group that nobody else uses. */
export function electionGroupOf(groupId: string, shard: Shard | undefined): string {
  return `${groupId} clamp${shard === undefined ? '' : ` ${shardText(shard)}`}`;
}

/** In ms. */
const TIMING = {
  /** After so long without a heartbeat the brokers elect another one. */
  session: 10_000,
  heartbeat: 1_500,
  /** A join is answered within the rebalance time-out (as long as the session's). */
  request: 12_000,
  leave: 1_500,
  retry: 2_000,
} as const;

/** The client's constructor refuses names with blanks; it reads `groupId` for each request, so the real one is set afterwards. */
const PLACEHOLDER_GROUP = 'placeholder';

/**
 * Elects the leader of a consumer group (classic protocol) in which nothing is assigned. Modes: out, a candidate (joined), elected.
 * The brokers keep a leader until it leaves or its session is over, and its session is not over before {@link TIMING.session}
 * after its last heartbeat was sent: for that long, and no longer, it counts itself as elected. Whatever goes wrong ends the
 * membership, and a new one begins with nothing of the old: coordinator and addresses are looked up again.
 */
export function createKafkaElection(options: KafkaElectionOptions): Election {
  const { mono } = options;
  const stopping = new AbortController();
  let leads = false;
  let electedUntil = Number.NEGATIVE_INFINITY;
  let wasElected = false;
  let failures = 0;
  let standing: Promise<void> | undefined;
  /** Ends the membership in order. */
  let leave = (): void => undefined;

  const isElected = (): boolean => {
    const elected = leads && mono() < electedUntil;
    if (elected !== wasElected) {
      wasElected = elected;
      options.onChange(elected);
    }
    return elected;
  };

  /** Resolves when the process stops, rejects when the membership is lost. */
  async function belong(onElected: () => void): Promise<void> {
    const { Consumer: KafkaConsumer } = await loadKafka();
    let asked = Number.NEGATIVE_INFINITY;
    let isOver = false;
    const consumer: Consumer = new KafkaConsumer({
      ...clientOptionsOf(options.connection),
      groupId: PLACEHOLDER_GROUP,
      sessionTimeout: TIMING.session,
      rebalanceTimeout: TIMING.session,
      heartbeatInterval: TIMING.heartbeat,
      requestTimeout: TIMING.request,
      // Called before every join, also before those that follow a heartbeat.
      protocolsMetadata: () => {
        leads = false;
        asked = mono();
        return Buffer.alloc(0);
      },
    });
    consumer.groupId = options.groupId;
    const renew = (): void => {
      if (!isOver) electedUntil = asked + TIMING.session;
    };
    consumer.on('consumer:heartbeat:start', () => {
      asked = mono();
    });
    consumer.on('consumer:heartbeat:end', renew);
    consumer.on('consumer:group:join', ({ isLeader }) => {
      // What was under way when the membership ended may still be answered.
      if (isOver) return;
      failures = 0;
      renew();
      leads = isLeader === true;
      if (isElected()) onElected();
    });
    try {
      await new Promise<void>((resolve, reject) => {
        leave = resolve;
        if (stopping.signal.aborted) resolve();
        consumer.on('error', reject);
        consumer.on('consumer:heartbeat:error', ({ error }) => {
          if (mono() >= electedUntil) reject(error);
        });
        consumer.joinGroup().catch(reject);
      });
    } finally {
      isOver = true;
      leads = false;
      isElected();
      await settledWithin(consumer.close(true), TIMING.leave);
      await consumer.connections.close();
    }
  }

  async function stand(onElected: () => void): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await belong(onElected);
      } catch (error) {
        failures += 1;
        options.onFailure(error, failures);
        const pause = jittered(TIMING.retry, options.random);
        await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  return {
    isElected,
    start(onElected) {
      standing ??= stand(onElected);
    },
    async stop() {
      stopping.abort();
      leave();
      await standing;
    },
  };
}
