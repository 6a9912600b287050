import { setTimeout as delay } from 'node:timers/promises';
import { createPrng, type Prng } from '../../src/lib/prng.ts';
import { startService } from '../support/service-process.ts';
import { until } from '../support/wait.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './subject.ts';

/** What may happen to processes, the broker and clocks. Each is over when its promise resolves. */
export const FAULTS = [
  'kill',
  'broker restart',
  'broker frozen',
  'broker killed',
  'replicas come and go',
  'replica killed',
  'process paused',
  'service clock',
  'producer clock',
  'topic delay',
] as const;

export type Fault = (typeof FAULTS)[number];

/** Whom a fault befalls. */
const BEFALLS: Readonly<Record<Fault, 'process' | 'broker' | 'others' | 'time'>> = {
  kill: 'process',
  'process paused': 'process',
  'broker restart': 'broker',
  'broker frozen': 'broker',
  'broker killed': 'broker',
  'replicas come and go': 'others',
  'replica killed': 'others',
  'service clock': 'time',
  'producer clock': 'time',
  'topic delay': 'time',
};

/** Whether both may strike at once: replicas do not start without a broker, and are to have somebody to disturb. */
export function mayCoincide(one: Fault, other: Fault): boolean {
  const befallen = [BEFALLS[one], BEFALLS[other]];
  return befallen[0] !== befallen[1] && (!befallen.includes('others') || befallen.includes('time'));
}

/** Longer than any request is waited for. */
const LONG_MS = [10_200, 12_000] as const;
const HOUR_MS = 3_600_000;
/** The broker refuses record times more than an hour ahead of its own. */
const PRODUCER_SKEWS_MS = [-HOUR_MS, 0, 59 * 60_000] as const;
const DELAY_MAX_MS = 3_000;
const READY_WITHIN_MS = 20_000;

export type Faults = Readonly<Record<Fault, () => Promise<void>>>;

export function createFaults(stage: Stage, seed: number): Faults {
  const { broker, subjects } = stage;
  /** Each fault has draws of its own, so that how long another takes does not change them. */
  const prngs = Object.fromEntries(FAULTS.map((fault, index) => [fault, createPrng(seed ^ (0x0c0 + index))]));
  const prngOf = (fault: Fault): Prng => prngs[fault] as Prng;
  /** The replica that a fault befalls. */
  const victimOf = (fault: Fault): Subject => prngOf(fault).pick(subjects) as Subject;

  const withoutBroker = async (away: () => Promise<void>, ms: number, back: () => Promise<void>): Promise<void> => {
    stage.brokerAwaySince = performance.now();
    await away();
    await delay(ms);
    await back();
    stage.brokerAwaySince = Number.POSITIVE_INFINITY;
  };
  /** Replicas of the service's own kind, in the name of its group; it must not notice them. */
  const replicas = async (count: number) => {
    const started = await Promise.all(Array.from({ length: count }, () => startService({ ...stage.variables })));
    for (const subject of subjects) {
      await until(
        'it is ready beside others',
        async () => (await subject.readiness())?.status === 200,
        READY_WITHIN_MS,
      );
    }
    return started;
  };
  const long = (fault: Fault): number => prngOf(fault).between(...LONG_MS);

  return {
    async kill() {
      const subject = victimOf('kill');
      await subject.end('SIGKILL');
      await delay(prngOf('kill').between(0, 1_000));
      await subject.start();
    },
    'broker restart': () => {
      const away = prngOf('broker restart').between(0, 2_000);
      return withoutBroker(() => broker.stop('SIGTERM'), away, broker.start);
    },
    'broker killed': () => withoutBroker(() => broker.stop('SIGKILL'), long('broker killed'), broker.start),
    'broker frozen': () => withoutBroker(broker.pause, long('broker frozen'), broker.resume),
    async 'replicas come and go'() {
      const prng = prngOf('replicas come and go');
      const others = await replicas(prng.between(1, 2));
      await delay(prng.between(500, 4_000));
      for (const other of others) await other.end();
    },
    async 'replica killed'() {
      const [other] = await replicas(1);
      await delay(prngOf('replica killed').between(500, 2_000));
      await other?.end('SIGKILL');
    },
    async 'process paused'() {
      const subject = victimOf('process paused');
      subject.pause();
      await delay(long('process paused'));
      subject.resume();
    },
    async 'service clock'() {
      const subject = victimOf('service clock');
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
