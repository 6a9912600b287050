import { setTimeout as delay } from 'node:timers/promises';
import type { RawRecord } from '../../test/support/kafka-client.ts';
import { until } from '../../test/support/wait.ts';
import { backlog, CROWD, logIn, type Runner, runnerOf, workOff } from '../backlog.ts';
import type { Bed } from '../bed.ts';
import type { Case, Sizes } from '../case.ts';
import { startCrowd } from '../crowd.ts';
import { type Figure, median, quantile } from '../figure.ts';
import type { Progress } from '../progress.ts';
import { type Service, statsPath, type Topics } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

/** As many readers as a busy server has, and as many as there can be: these ask again as soon as they have their answer. */
const READERS = [
  { name: '1,000 GETs/s', clients: 20, everyMs: 20 },
  { name: '64 clients without a pause', clients: 64, everyMs: 0 },
] as const;
const WARM_UP_MS = 500;
/** What a backlog is larger than the load should need, in s: it must not end first. */
const RESERVE = 3;
/** Records in wait, and in one go. */
const AHEAD = 40_000;
const PORTION = 10_000;
const LOOK_MS = 10;
const { first } = POPULATIONS.bonuses;

/** What readers notice while events come as fast as they are taken in, and the other way round. */
export const mixed: Case = {
  about: 'p50 and p99 of GETs while ingest runs at full speed, beside those without; events/s meanwhile',
  steps: ({ rounds }) => 1 + READERS.length * rounds,
  async run(bed, sizes, progress) {
    progress.step('mixed: 1,000 logins');
    const topics = await bed.createTopics();
    const upstream = await bed.startHelper('upstream', '0');
    const service = await bed.startService(topics, upstream.port);
    await logIn(bed, service, topics.session, first);
    const figures: Figure[] = [];
    for (const readers of READERS) {
      figures.push(...(await measure(bed, sizes, progress, { service, topics }, readers)));
    }
    return figures;
  },
};

interface Round {
  /** Ms. */
  readonly quiet: readonly number[];
  readonly busy: readonly number[];
  /** Events per second, with readers and without. */
  readonly shared: number;
  readonly alone: number;
}

async function measure(
  bed: Bed,
  sizes: Sizes,
  progress: Progress,
  { service, topics }: { readonly service: Service; readonly topics: Topics },
  readers: (typeof READERS)[number],
): Promise<Figure[]> {
  const path = statsPath('{id}');
  const loadMs = 1_000 * sizes.loadSeconds;
  const plan = { ...readers, path, ids: { first, count: CROWD }, loadMs, warmUpMs: WARM_UP_MS };
  const crowd = await startCrowd(bed, service, plan);
  const runner = runnerOf(service, topics.buff);
  const rounds: Round[] = [];
  for (let round = 0; round < sizes.rounds; round++) {
    progress.step(`mixed, ${readers.name}: round ${round + 1}`);
    const quiet = (await crowd.load()).latencies;
    await workOff(bed, topics.buff, [runner], backlog({ count: sizes.ingestEvents, first, amount: 10 }));
    const alone = runner.results.at(-1)?.rate ?? Number.NaN;
    const from = await runner.position();
    const records = backlog({ count: Math.round(alone * (sizes.loadSeconds + RESERVE)), first, amount: 20 });
    let isOver = false;
    const produced = keepAhead(bed, topics.buff, runner, records, () => isOver);
    await until('events come in', async () => (await runner.position()) > from + AHEAD);
    const [began, position] = [performance.now(), await runner.position()];
    const { latencies: busy } = await crowd.load();
    const shared = ((await runner.position()) - position) / ((performance.now() - began) / 1_000);
    isOver = true;
    if ((await produced) === records.length) throw new Error('all was produced before the load was over');
    await until('all is worked off', async () => (await runner.position()) === from + (await produced));
    rounds.push({ quiet, busy, shared, alone });
  }
  await crowd.child.end();
  return figures(readers.name, rounds);
}

/**
 * Always has some records in wait, and never as many as the service needs seconds for: one that is behind for longer re-reads
 * whom it is asked about. Resolves with how many records it has produced.
 */
async function keepAhead(
  bed: Bed,
  topic: string,
  runner: Runner,
  records: readonly RawRecord[],
  isOver: () => boolean,
): Promise<number> {
  const from = await runner.position();
  let produced = 0;
  while (!isOver() && produced < records.length) {
    if (produced - ((await runner.position()) - from) > AHEAD) await delay(LOOK_MS);
    else {
      await bed.produceAll(topic, records.slice(produced, produced + PORTION));
      produced = Math.min(records.length, produced + PORTION);
    }
  }
  return produced;
}

function figures(readers: string, rounds: readonly Round[]): Figure[] {
  const of = (value: (round: Round) => number): number => median(rounds.map(value));
  const latency = (share: number, name: string): Figure => ({
    name: `GET under ingest, ${readers}, ${name}`,
    unit: 'ms',
    service: of(({ busy }) => quantile(busy, share)),
    ceiling: { name: 'without ingest', value: of(({ quiet }) => quantile(quiet, share)) },
  });
  const slowest = latency(0.99, 'p99');
  return [
    latency(0.5, 'p50'),
    { ...slowest, aim: { text: '≤ 10 ms', met: slowest.service <= 10 } },
    {
      name: `ingest, ${readers}`,
      unit: 'events/s',
      service: of(({ shared }) => shared),
      ceiling: { name: 'nobody asks', value: of(({ alone }) => alone) },
    },
  ];
}
