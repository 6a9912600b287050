import { setTimeout as delay } from 'node:timers/promises';
import type { RawRecord } from '../../test/support/kafka-client.ts';
import { until } from '../../test/support/wait.ts';
import type { Bed } from '../bed.ts';
import type { Case, Sizes } from '../case.ts';
import type { Child } from '../child.ts';
import { type Figure, median } from '../figure.ts';
import { connectHttp } from '../http.ts';
import type { Progress } from '../progress.ts';
import { buffApplied, sessionCreated } from '../records.ts';
import { loggedIn, ready, type Service } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const CHARACTERS = 1_000;
const SOURCES = 5;
/** Each question costs the service some 0.5 ms. */
const POLL_MS = 25;
/** The other characters are loaded by then, too. */
const LOADED_MS = 1_000;

/** Events per second while a backlog is worked off, for 1,000 characters that are logged in. */
export function ingest(partitions: number): Case {
  return {
    about: `events/s of a backlog, ${partitions} partition${partitions === 1 ? '' : 's'}`,
    steps: ({ rounds }) => rounds + 1,
    run: (bed, sizes, progress) => run(bed, sizes, progress, partitions),
  };
}

/** One of the two that race: how far it has come is read off its HTTP interface, the same way for both. */
interface Runner {
  readonly child: Child;
  readonly results: Result[];
  position(): Promise<number>;
}

interface Result {
  /** Events per second. */
  readonly rate: number;
  /** µs per event. */
  readonly cpu: number;
}

async function run(bed: Bed, sizes: Sizes, progress: Progress, partitions: number): Promise<Figure[]> {
  progress.step(`ingest, ${partitions} partition(s): 1,000 logins`);
  const topics = await bed.createTopics(partitions);
  const upstream = await bed.startHelper('upstream', '0');
  const service = await bed.startService(topics, upstream.port);
  await login(bed, service, topics.session);
  const ceiling = await bed.startCeiling(topics.buff, partitions);
  const counter = connectHttp(ceiling.port);
  const own: Runner = { child: service.child, results: [], position: () => service.position(topics.buff) };
  const bare: Runner = { child: ceiling.child, results: [], position: async () => Number(await counter.text('/')) };
  let produced = 0;
  for (let round = 0; round < sizes.rounds; round++) {
    progress.step(`ingest, ${partitions} partition(s): round ${round + 1}`);
    const records = backlog(sizes.ingestEvents, partitions, round);
    const cpuBefore = new Map<Runner, number>();
    for (const runner of [own, bare]) {
      cpuBefore.set(runner, await runner.child.cpu());
      runner.child.freeze();
    }
    await bed.produceAll(topics.buff, records);
    const from = produced;
    produced += records.length;
    for (const runner of round % 2 === 0 ? [own, bare] : [bare, own]) {
      const rate = await rateOf(runner, from, produced);
      const cpu = (await runner.child.cpu()) - (cpuBefore.get(runner) ?? 0);
      runner.results.push({ rate, cpu: (cpu / records.length) * 1_000 });
    }
    await expectApplied(service, round);
  }
  counter.close();
  return figures(partitions, own.results, bare.results);
}

function figures(partitions: number, own: readonly Result[], bare: readonly Result[]): Figure[] {
  const rate = (results: readonly Result[]): number => median(results.map((result) => result.rate));
  const cpu = (results: readonly Result[]): number => median(results.map((result) => result.cpu));
  const ceiling = 'client fetch loop + JSON.parse';
  const name = `ingest, ${partitions} partition${partitions === 1 ? '' : 's'}`;
  return [
    {
      name,
      unit: 'events/s',
      service: rate(own),
      ceiling: { name: ceiling, value: rate(bare) },
      aim: { text: '≥ 0.8 × ceiling', met: rate(own) >= 0.8 * rate(bare) },
    },
    { name: `${name}, per event`, unit: 'µs CPU', service: cpu(own), ceiling: { name: ceiling, value: cpu(bare) } },
  ];
}

export async function login(bed: Bed, service: Service, topic: string): Promise<void> {
  await ready(service);
  const { first } = POPULATIONS.plain;
  await bed.produceAll(
    topic,
    Array.from({ length: CHARACTERS }, (_, index) => sessionCreated(first + index)),
  );
  await loggedIn(service, CHARACTERS);
  // The last to log in is the last to be loaded, more or less; its GET waits for that, or says that it takes longer.
  await until('the last character is loaded', async () => (await service.stats(first + CHARACTERS - 1)) !== '');
  await delay(LOADED_MS);
}

/** Every character gets buffs from five sources, again and again; the newest of a source counts. */
export function backlog(count: number, partitions: number, round: number): RawRecord[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => {
    const lap = Math.floor(index / CHARACTERS);
    const characterId = POPULATIONS.plain.first + (index % CHARACTERS);
    const source = 2_311_000 + (lap % SOURCES);
    return { ...buffApplied(characterId, source, amountOf(round), now + lap), partition: index % partitions };
  });
}

function amountOf(round: number): number {
  return 10 + round;
}

/** From the first progress that is seen to the end of the backlog. */
export async function rateOf(
  runner: Pick<Runner, 'child' | 'position'>,
  from: number,
  target: number,
): Promise<number> {
  runner.child.thaw();
  const deadline = performance.now() + 120_000;
  let first: { at: number; position: number } | undefined;
  while (performance.now() < deadline) {
    const position = await runner.position();
    const at = performance.now();
    if (position > from) first ??= { at, position };
    if (first !== undefined && position >= target) return ((target - first.position) / (at - first.at)) * 1_000;
    await delay(POLL_MS);
  }
  throw new Error('the backlog was not worked off within 120 s');
}

/** A rate of events that changed nothing would be worth nothing. */
async function expectApplied(service: Service, round: number): Promise<void> {
  const weaponAttack = `"weaponAttack":${amountOf(round) * SOURCES},`;
  for (const index of [0, CHARACTERS - 1]) {
    const answer = async (): Promise<string> => service.stats(POPULATIONS.plain.first + index);
    await until(`the answer has ${weaponAttack}`, async () => (await answer()).includes(weaponAttack), 5_000);
  }
}
