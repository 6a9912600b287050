import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../test/support/wait.ts';
import { backlog, FIRST_SOURCE, type Result, runnerOf, workOff } from '../backlog.ts';
import type { Bed } from '../bed.ts';
import type { Case, Sizes } from '../case.ts';
import { startCrowd } from '../crowd.ts';
import { type Figure, median, quantile } from '../figure.ts';
import type { Memory } from '../processes/leash.ts';
import type { Progress } from '../progress.ts';
import { sessionCreated } from '../records.ts';
import { current, ready, type Service, type ServiceOptions, statsPath, type Topics } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const { first } = POPULATIONS.geared;
const CLIENTS = 64;
const WARM_UP_MS = 500;
/** Sessions that are made at once. */
const PORTION = 20_000;
/** For a million, on a machine that does other work. */
const DEADLINE_MS = 15 * 60_000;
const POLL_MS = 250;
/** The confirming reads are over by then. */
const SETTLED_MS = 8_000;
/** Node's default would end it before a million are there if each took more than some 4 KB. */
const SPARED: ServiceOptions = {
  program: 'spared-service',
  flags: ['--max-old-space-size=8192'],
  variables: { AUDIT_PERIOD: '24h' },
};

/** One process with more and more residents, 12 items, 4 buffs and 10 passives each, all of whom are asked and told about. */
export const growth: Case = {
  about: 'events/s and GETs/s over all residents, memory and GC pauses as residents grow; start with all of them',
  steps: ({ residents, rounds }) => residents.length * (1 + rounds) + 1,
  async run(bed, sizes, progress) {
    const topics = await bed.createTopics();
    const upstream = await bed.startHelper('upstream', '0');
    const service = await bed.startService(topics, upstream.port, SPARED);
    await ready(service);
    const stages: Stage[] = [];
    let held = 0;
    for (const residents of sizes.residents) {
      progress.step(`growth: ${residents} residents`);
      await grow(bed, service, topics.session, held, residents);
      held = residents;
      stages.push(await measure(bed, sizes, progress, service, topics, residents));
    }
    await service.end();
    progress.step(`growth: start with ${held} residents`);
    const startSeconds = await start(bed, topics, upstream.port, held);
    return [...stages.flatMap((stage) => figures(stage, stages[0] ?? stage)), ...startFigures(held, startSeconds)];
  },
};

interface Stage {
  readonly residents: number;
  readonly memory: Memory;
  readonly ingest: readonly Result[];
  /** 200s per second, and µs of CPU for each. */
  readonly gets: readonly Result[];
  /** Ms of each pause, while events and GETs were measured. */
  readonly pauses: readonly number[];
}

async function grow(bed: Bed, service: Service, topic: string, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += PORTION) {
    const count = Math.min(PORTION, to - at);
    await bed.produceAll(
      topic,
      Array.from({ length: count }, (_, index) => sessionCreated(first + at + index)),
    );
  }
  await known(service, to);
  const isRead = async (): Promise<boolean> => Number(await service.child.ask('reads')) >= 4 * to;
  await service.child.whileAlive(until(`${to} characters are loaded`, seldom(isRead), DEADLINE_MS));
  await delay(SETTLED_MS);
}

async function known(service: Service, count: number): Promise<void> {
  const isKnown = async (): Promise<boolean> => (await service.residents()) === count;
  await service.child.whileAlive(until(`${count} residents are known`, seldom(isKnown), DEADLINE_MS));
}

/** Each look costs the service some ms, and there are minutes of them. */
function seldom(check: () => Promise<boolean>): () => Promise<boolean> {
  return async () => (await check()) || (await delay(POLL_MS, false));
}

/** A rate of events that changed nothing would be worth nothing. */
async function expectApplied(service: Service, amount: number): Promise<void> {
  await current(service);
  const buff = `"source":"buff:${FIRST_SOURCE}","statType":"weapon_attack","amount":${amount}`;
  await until(`the answer has ${buff}`, async () => (await service.stats(first)).includes(buff));
}

async function measure(
  bed: Bed,
  sizes: Sizes,
  progress: Progress,
  service: Service,
  topics: Topics,
  residents: number,
): Promise<Stage> {
  const memory = await service.memory();
  const ids = { first, count: residents };
  const loadMs = 1_000 * sizes.loadSeconds;
  const runner = runnerOf(service, topics.buff);
  const gets: Result[] = [];
  await pausesOf(service);
  for (let round = 0; round < sizes.rounds; round++) {
    progress.step(`growth, ${residents} residents: round ${round + 1}`);
    const events = { count: sizes.ingestEvents, first, characters: residents, amount: 10 + round };
    await workOff(bed, topics.buff, [runner], backlog(events));
    await expectApplied(service, events.amount);
    // Now, and not before: who connects and says nothing for 5 s is sent away.
    const crowd = await startCrowd(bed, service, {
      path: statsPath('{id}'),
      clients: CLIENTS,
      ids,
      loadMs,
      warmUpMs: WARM_UP_MS,
    });
    const before = await service.child.cpu();
    const { goodput } = await crowd.load();
    const cpu = (await service.child.cpu()) - before;
    await crowd.child.end();
    gets.push({ rate: goodput, cpu: (1_000 * cpu) / (goodput * ((loadMs + WARM_UP_MS) / 1_000)) });
  }
  return { residents, memory, ingest: runner.results, gets, pauses: await pausesOf(service) };
}

/** Since it was last asked. */
async function pausesOf(service: Service): Promise<number[]> {
  const pauses = await service.child.ask('pauses');
  if (!Array.isArray(pauses)) throw new Error('the service did not tell its pauses');
  return pauses.map(Number);
}

/** Until everybody is known, in s; they are loaded afterwards. */
async function start(bed: Bed, topics: Topics, upstreamPort: number, residents: number): Promise<number> {
  const service = await bed.startService(topics, upstreamPort, SPARED);
  await ready(service);
  await known(service, residents);
  return (performance.now() - service.startedAt) / 1_000;
}

function figures(stage: Stage, smallest: Stage): Figure[] {
  const { pauses, residents } = stage;
  const { heap, rss } = stage.memory;
  const named = (count: number): string => `${count.toLocaleString('en-US')} residents`;
  const name = named(residents);
  const rate = (results: readonly Result[]): number => median(results.map((result) => result.rate));
  const cpu = (results: readonly Result[]): number => median(results.map((result) => result.cpu));
  const beside = (what: string, unit: string, of: (stage: Stage) => number): Figure => {
    const figure = { name: `${name}: ${what}`, unit, service: of(stage) };
    return stage === smallest
      ? figure
      : { ...figure, ceiling: { name: named(smallest.residents), value: of(smallest) } };
  };
  const flat = (figure: Figure): Figure => {
    if (figure.ceiling === undefined) return figure;
    return { ...figure, aim: { text: '≥ 0.8 ×', met: figure.service >= 0.8 * figure.ceiling.value } };
  };
  const gigabytes = heap / 2 ** 30;
  const pause = quantile(pauses, 0.99);
  return [
    flat(beside('ingest', 'events/s', ({ ingest }) => rate(ingest))),
    beside('ingest, per event', 'µs CPU', ({ ingest }) => cpu(ingest)),
    flat(beside('GET', 'req/s', ({ gets }) => rate(gets))),
    beside('GET, each', 'µs CPU', ({ gets }) => cpu(gets)),
    { name: `${name}: heap`, unit: 'GB', service: gigabytes, aim: { text: '≤ 1.5 GB', met: gigabytes <= 1.5 } },
    { name: `${name}: heap, each`, unit: 'bytes', service: heap / residents },
    { name: `${name}: RSS`, unit: 'GB', service: rss / 2 ** 30 },
    { name: `${name}: GC pauses, p99`, unit: 'ms', service: pause, aim: { text: '≤ 50 ms', met: pause <= 50 } },
    { name: `${name}: GC pauses, longest`, unit: 'ms', service: quantile(pauses, 1) },
  ];
}

function startFigures(residents: number, seconds: number): Figure[] {
  const name = `process start → ${residents.toLocaleString('en-US')} residents known`;
  return [{ name, unit: 's', service: seconds }];
}
