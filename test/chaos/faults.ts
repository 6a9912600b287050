import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaFeed } from '../../src/ingest/kafka/kafka-feed.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Prng } from '../../src/lib/prng.ts';
import { silentLogger } from '../support/feed-probe.ts';
import { startService } from '../support/service-process.ts';
import { until } from '../support/wait.ts';
import type { Stage } from './stage.ts';
import type { Watch } from './watch.ts';

/** What may happen to processes, the broker and clocks. Each is over when its promise resolves. */
export const FAULTS = [
  'kill',
  'broker restart',
  'broker frozen',
  'broker killed',
  'members come and go',
  'member killed',
  'process paused',
  'service clock',
  'producer clock',
  'topic delay',
] as const;

export type Fault = (typeof FAULTS)[number];

/** Longer than the session time-out of 10 s. */
const BEYOND_SESSION_MS = [10_200, 12_000] as const;
const HOUR_MS = 3_600_000;
/** The broker refuses record times more than an hour ahead of its own. */
const PRODUCER_SKEWS_MS = [-HOUR_MS, 0, 59 * 60_000] as const;
const DELAY_MAX_MS = 3_000;
const NOTICE_WITHIN_MS = 20_000;

export type Faults = Readonly<Record<Fault, () => Promise<void>>>;

export function createFaults(stage: Stage, prng: Prng, watch: Pick<Watch, 'beforeKill' | 'afterKill'>): Faults {
  const { broker, subject } = stage;

  const withoutBroker = async (away: () => Promise<void>, ms: number, back: () => Promise<void>): Promise<void> => {
    stage.brokerAwaySince = performance.now();
    await away();
    await delay(ms);
    await back();
    stage.brokerAwaySince = Number.POSITIVE_INFINITY;
  };
  const withOthers = async (work: () => Promise<void>): Promise<void> => {
    const span = { since: performance.now(), until: Number.POSITIVE_INFINITY };
    stage.shared.push(span);
    await work();
    span.until = performance.now();
  };
  const untilShared = async (): Promise<void> => {
    const isShared = async () => (await subject.readiness())?.status === 503;
    await until('the service says that it shares its group', isShared, NOTICE_WITHIN_MS);
  };
  const long = (): number => prng.between(...BEYOND_SESSION_MS);

  return {
    async kill() {
      await watch.beforeKill();
      await subject.end('SIGKILL');
      await watch.afterKill();
      await delay(prng.between(0, 1_000));
      await subject.start();
    },
    'broker restart': () => withoutBroker(() => broker.stop('SIGTERM'), prng.between(0, 2_000), broker.start),
    'broker killed': () => withoutBroker(() => broker.stop('SIGKILL'), long(), broker.start),
    'broker frozen': () => withoutBroker(broker.pause, long(), broker.resume),
    'members come and go': () =>
      withOthers(async () => {
        const members = [];
        for (let count = prng.between(1, 2); count > 0; count -= 1) members.push(await join(stage));
        await untilShared();
        await delay(prng.between(500, 4_000));
        for (const member of members) await member.stop();
      }),
    // Until its session is over, the group believes that it still consumes.
    'member killed': () =>
      withOthers(async () => {
        const rival = await startService({ ...stage.variables });
        await untilShared();
        await delay(prng.between(500, 2_000));
        await rival.end('SIGKILL');
      }),
    async 'process paused'() {
      subject.signal('SIGSTOP');
      await delay(long());
      subject.signal('SIGCONT');
    },
    async 'service clock'() {
      await subject.skew(prng.pick([-HOUR_MS, 0, HOUR_MS]) ?? 0);
    },
    async 'producer clock'() {
      stage.producerSkew = prng.pick(PRODUCER_SKEWS_MS.filter((skew) => skew !== stage.producerSkew)) ?? 0;
    },
    async 'topic delay'() {
      const { delays } = stage.outbox;
      for (const stream of ['session', 'buff', 'asset', 'character', 'skill'] as const) {
        delays[stream] = prng.chance(0.4) ? prng.between(0, DELAY_MAX_MS) : 0;
      }
    },
  };
}

/** Another member of the service's group. What it consumes, the service never sees. */
async function join({ broker, groupId, topics }: Stage) {
  const feed = createKafkaFeed({
    brokers: broker.brokers,
    groupId,
    topics,
    clientId: 'another-member',
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
  });
  await feed.start(() => undefined, {
    onCaughtUp: () => undefined,
    onMissed: () => undefined,
    onUnreadable: () => undefined,
  });
  return feed;
}
