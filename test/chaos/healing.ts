import { setTimeout as delay } from 'node:timers/promises';
import type { Prng } from '../../src/lib/prng.ts';
import type { Service } from '../../src/upstream/port.ts';
import type { Failure } from '../../world/misbehaviour.ts';
import { isOnline, type Who } from '../../world/model.ts';
import type { StatsAnswer } from '../support/service-process.ts';
import { until } from '../support/wait.ts';
import type { Actors } from './actors.ts';
import { watchRequestRate } from './request-rate.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './subject.ts';
import { DEGRADED_BY } from './upstream-faults.ts';

/** How a service fails until it heals. */
const FAILURE_KINDS = {
  'answers 500': { kind: 'status', status: 500 },
  hangs: { kind: 'hang' },
  'answers wrong types': { kind: 'wrong-body', body: 'wrong-types' },
  'resets connections': { kind: 'reset' },
} as const satisfies Record<string, Failure>;

export type AilmentKind = keyof typeof FAILURE_KINDS;

export const FAILURES = Object.keys(FAILURE_KINDS) as readonly AilmentKind[];

export interface Ailment {
  readonly service: Service;
  readonly failure: AilmentKind;
}

export interface Healing extends Ailment {
  /** Characters that lacked something while the service failed. */
  readonly patients: number;
  /** Ms after the service's recovery at which a part was still seen failed; 0: none was. */
  readonly failedUntil: number;
  /** Requests of one replica that the failing service saw in the worst second, which is the one until its gate opened. */
  readonly worstSecond: number;
  /** Requests per second that it saw from then on. */
  readonly requestsPerSecond: number;
  /** Characters that were still not whole in the end. */
  readonly unhealed: readonly string[];
}

/** Fewer show nothing. */
const PATIENTS_MIN = 5;
const NEWCOMERS = 40;
/** Promised in docs/explanation/how-state-works.md. */
const HEALED_WITHIN_MS = 10_000;
const OBSERVED_MS = 3_000;
const LAPSED_MS = 1_000;
/** A service that hangs fails only when its deadlines are over. */
const GATE_OPEN_WITHIN_MS = 20_000;

/**
 * Characters log out, and in again while a service fails; once its gate is open, as readiness tells, it recovers. Nobody
 * acts. Each of them is read once, at a time of its own: what that read finds has healed by itself.
 */
export async function checkHealing(stage: Stage, actors: Actors, ailment: Ailment, prng: Prng): Promise<Healing> {
  const { service, failure } = ailment;
  const { upstream, subjects, world, outbox } = stage;
  const calm = upstream.misbehaviour[service];
  upstream.misbehaviour[service] = { failure: FAILURE_KINDS[failure] };
  if (service === 'data') await restartCold(stage);
  const rate = watchRequestRate(() => upstream.counts[service]);
  // Others may be held although they are logged out, with everything loaded.
  const newcomers = prng.shuffle(world.characters().filter(isOnline)).slice(0, NEWCOMERS);
  for (const who of newcomers) actors.act(() => world.logout(who));
  await outbox.flush();
  for (const who of newcomers) actors.act(() => world.login(who, 1));
  await outbox.flush();
  let patients: readonly Who[] = [];
  await until(`${service} is missed by somebody`, async () => {
    const answers = await Promise.all(newcomers.map((who) => askAll(subjects, who)));
    patients = newcomers.filter((_, index) => answers[index]?.some((answer) => isFailing(answer, service)));
    return patients.length >= PATIENTS_MIN;
  });
  const isToldOpen = async () => {
    const told = await Promise.all(subjects.map((subject) => subject.readiness()));
    return told.every((readiness) => readiness?.degraded.includes(service) === true);
  };
  await until(`readiness tells of the ${service} service`, isToldOpen, GATE_OPEN_WITHIN_MS);
  const seen = upstream.counts[service];
  await delay(OBSERVED_MS);
  const requestsPerSecond = ((upstream.counts[service] - seen) * 1_000) / OBSERVED_MS;
  const worstSecond = rate.stop();
  upstream.misbehaviour[service] = calm;

  const recovered = performance.now();
  const unhealed: string[] = [];
  let failedUntil = 0;
  for (const [index, who] of patients.entries()) {
    const readAt = (HEALED_WITHIN_MS * (index + 1)) / patients.length;
    await delay(Math.max(0, recovered + readAt - performance.now()));
    if (!(await askAll(subjects, who)).some((answer) => isFailing(answer, service))) continue;
    failedUntil = performance.now() - recovered;
  }
  const isUnhealed = async (who: Who): Promise<boolean> =>
    (await askAll(subjects, who)).some((answer) => isFailing(answer, service));
  for (const who of patients) {
    if (!(await isUnhealed(who))) continue;
    // A buff that lapses in this moment is asked about, whatever has healed.
    await delay(LAPSED_MS);
    if (await isUnhealed(who)) unhealed.push(String(who.characterId));
  }
  // What one replica asks: each has its own gate.
  const share = 1 / subjects.length;
  return {
    ...ailment,
    patients: patients.length,
    failedUntil,
    worstSecond: worstSecond * share,
    requestsPerSecond: requestsPerSecond * share,
    unhealed,
  };
}

/** Static data are kept for good: only a service that has just been started asks for them. */
async function restartCold({ subjects }: Stage): Promise<void> {
  for (const subject of subjects) {
    await subject.end('SIGKILL');
    await subject.start();
    const isFollowing = async () => (await subject.readiness())?.degraded.includes('feed') === false;
    await until('the feed is current', isFollowing, 30_000);
  }
}

function askAll(subjects: readonly Subject[], who: Who): Promise<(StatsAnswer | undefined)[]> {
  return Promise.all(subjects.map((subject) => subject.ask(who)));
}

function isFailing(answer: StatsAnswer | undefined, service: Service): boolean {
  if (answer?.status !== 200) return true;
  return DEGRADED_BY[service].some((name) => answer.degraded.includes(name));
}
