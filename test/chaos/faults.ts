import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaFeed } from '../../src/ingest/kafka/kafka-feed.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createPrng, type Prng } from '../../src/lib/prng.ts';
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

/** Whom a fault befalls. */
const BEFALLS: Readonly<Record<Fault, 'process' | 'broker' | 'group' | 'time'>> = {
  kill: 'process',
  'process paused': 'process',
  'broker restart': 'broker',
  'broker frozen': 'broker',
  'broker killed': 'broker',
  'members come and go': 'group',
  'member killed': 'group',
  'service clock': 'time',
  'producer clock': 'time',
  'topic delay': 'time',
};

/** Whether both may strike at once: others cannot join a group that has no broker, or nobody who notices them. */
export function mayCoincide(one: Fault, other: Fault): boolean {
  const befallen = [BEFALLS[one], BEFALLS[other]];
  return befallen[0] !== befallen[1] && (!befallen.includes('group') || befallen.includes('time'));
}

/** Longer than the session time-out of 10 s. */
const BEYOND_SESSION_MS = [10_200, 12_000] as const;
const HOUR_MS = 3_600_000;
/** The broker refuses record times more than an hour ahead of its own. */
const PRODUCER_SKEWS_MS = [-HOUR_MS, 0, 59 * 60_000] as const;
const DELAY_MAX_MS = 3_000;
const NOTICE_WITHIN_MS = 20_000;

export type Faults = Readonly<Record<Fault, () => Promise<void>>>;

export function createFaults(stage: Stage, seed: number, watch: Pick<Watch, 'beforeKill' | 'afterKill'>): Faults {
  const { broker, subject } = stage;
  /** Each fault has draws of its own, so that how long another takes does not change them. */
  const prngs = Object.fromEntries(FAULTS.map((fault, index) => [fault, createPrng(seed ^ (0x0c0 + index))]));
  const prngOf = (fault: Fault): Prng => prngs[fault] as Prng;

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
  const long = (fault: Fault): number => prngOf(fault).between(...BEYOND_SESSION_MS);

  return {
    async kill() {
      await watch.beforeKill();
      await subject.end('SIGKILL');
      await watch.afterKill();
      await delay(prngOf('kill').between(0, 1_000));
      await subject.start();
    },
    'broker restart': () => {
      const away = prngOf('broker restart').between(0, 2_000);
      return withoutBroker(() => broker.stop('SIGTERM'), away, broker.start);
    },
    'broker killed': () => withoutBroker(() => broker.stop('SIGKILL'), long('broker killed'), broker.start),
    'broker frozen': () => withoutBroker(broker.pause, long('broker frozen'), broker.resume),
    'members come and go': () =>
      withOthers(async () => {
        const prng = prngOf('members come and go');
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
        await delay(prngOf('member killed').between(500, 2_000));
        await rival.end('SIGKILL');
      }),
    async 'process paused'() {
      subject.signal('SIGSTOP');
      await delay(long('process paused'));
      subject.signal('SIGCONT');
    },
    async 'service clock'() {
      const others = [-HOUR_MS, 0, HOUR_MS].filter((skew) => skew !== subject.skewed);
      await subject.skew(prngOf('service clock').pick(others) ?? 0);
    },
    async 'producer clock'() {
      const others = PRODUCER_SKEWS_MS.filter((skew) => skew !== stage.producerSkew);
      stage.producerSkew = prngOf('producer clock').pick(others) ?? 0;
    },
    async 'topic delay'() {
      const { delays } = stage.outbox;
      const prng = prngOf('topic delay');
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
