import { setTimeout as delay } from 'node:timers/promises';
import type { RawRecord } from '../test/support/kafka-client.ts';
import { until } from '../test/support/wait.ts';
import type { Bed } from './bed.ts';
import type { Child } from './child.ts';
import { buffApplied, sessionCreated } from './records.ts';
import { loggedIn, ready, type Service } from './service.ts';

/** Characters that log in where events are measured and nothing else is said. */
export const CROWD = 1_000;
/** Of each character's buffs. */
export const SOURCES = 5;
export const FIRST_SOURCE = 2_311_000;
/** A prime: with it, characters come in no order that memory would like, and each once per lap. */
const STRIDE = 7_919;
/** Each question costs the service some 0.5 ms. */
const POLL_MS = 25;
/**
 * The other characters are loaded by then, too. What was read in the first seconds of the process has been confirmed: a read
 * that comes while events are measured would take them back, as the upstream services here know of none.
 */
const LOADED_MS = 5_000;
/** For a machine that does other work, too. */
const DEADLINE_MS = 10 * 60_000;

/** {@link CROWD} characters from `first` on, logged in and loaded. */
export async function logIn(bed: Bed, service: Service, topic: string, first: number): Promise<void> {
  await ready(service);
  await bed.produceAll(
    topic,
    Array.from({ length: CROWD }, (_, index) => sessionCreated(first + index)),
  );
  await loggedIn(service, CROWD);
  // The last to log in is the last to be loaded, more or less; its GET waits for that, or says that it takes longer.
  await until('the last character is loaded', async () => (await service.stats(first + CROWD - 1)) !== '', DEADLINE_MS);
  await delay(LOADED_MS);
}

export interface Backlog {
  readonly count: number;
  /** Whom the events are about: `characters` ids from `first` on. */
  readonly first: number;
  readonly characters?: number;
  /** Of each buff. */
  readonly amount: number;
  readonly partitions?: number;
}

/** Every character gets buffs from five sources, again and again; the newest of a source counts. */
export function backlog({ count, first, characters = CROWD, amount, partitions = 1 }: Backlog): RawRecord[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => {
    const lap = Math.floor(index / characters);
    const characterId = first + ((index * STRIDE) % characters);
    const buff = buffApplied(characterId, FIRST_SOURCE + (lap % SOURCES), amount, now + lap);
    return { ...buff, partition: index % partitions };
  });
}

/** Whoever works off a backlog: how far it has come is read off its HTTP interface, the same way for all. */
export interface Runner {
  readonly child: Child;
  position(): Promise<number>;
  /** One for each backlog. */
  readonly results: Result[];
}

export interface Result {
  /** Events per second. */
  readonly rate: number;
  /** µs per event, of the whole process. */
  readonly cpu: number;
}

export function runnerOf(service: Service, topic: string): Runner {
  return { child: service.child, position: () => service.position(topic), results: [] };
}

/** Holds all of them still while the records are produced; then one after the other works them off. */
export async function workOff(
  bed: Bed,
  topic: string,
  runners: readonly Runner[],
  records: readonly RawRecord[],
): Promise<void> {
  const before = new Map<Runner, { position: number; cpu: number }>();
  for (const runner of runners) {
    before.set(runner, { position: await runner.position(), cpu: await runner.child.cpu() });
    runner.child.freeze();
  }
  await bed.produceAll(topic, records);
  for (const runner of runners) {
    const { position, cpu } = before.get(runner) ?? { position: 0, cpu: 0 };
    const rate = await rateOf(runner, position, position + records.length);
    const spent = (await runner.child.cpu()) - cpu;
    runner.results.push({ rate, cpu: (spent / records.length) * 1_000 });
  }
}

/** From the first progress that is seen to the end of the backlog, in events per second. */
export async function rateOf(
  runner: Pick<Runner, 'child' | 'position'>,
  from: number,
  target: number,
): Promise<number> {
  runner.child.thaw();
  const deadline = performance.now() + DEADLINE_MS;
  let first: { at: number; position: number } | undefined;
  while (performance.now() < deadline) {
    const position = await runner.position();
    const at = performance.now();
    if (position > from) first ??= { at, position };
    if (first !== undefined && position >= target) return ((target - first.position) / (at - first.at)) * 1_000;
    await delay(POLL_MS);
  }
  throw new Error(`the backlog was not worked off within ${DEADLINE_MS / 1_000} s`);
}
