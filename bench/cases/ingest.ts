import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../test/support/wait.ts';
import { backlog, CROWD, logIn, type Result, type Runner, runnerOf, SOURCES, workOff } from '../backlog.ts';
import type { Bed } from '../bed.ts';
import type { Case, Sizes } from '../case.ts';
import { type Figure, median } from '../figure.ts';
import { connectHttp } from '../http.ts';
import type { Progress } from '../progress.ts';
import { current, type Service } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

/** Held, and not held. */
const HELD = POPULATIONS.plain.first;
const ABSENT = POPULATIONS.bonuses.first;
/** Whatever the applied events asked for is over by then. */
const CONFIRMED_MS = 5_000;

/** Events per second while a backlog is worked off, for 1,000 characters that are logged in, and for 1,000 that are not. */
export function ingest(partitions: number): Case {
  return {
    about: `events/s and CPU per event of a backlog, ${named(partitions)}; events about nobody who is held`,
    steps: ({ rounds }) => rounds + 2,
    run: (bed, sizes, progress) => run(bed, sizes, progress, partitions),
  };
}

function named(partitions: number): string {
  return `${partitions} partition${partitions === 1 ? '' : 's'}`;
}

async function run(bed: Bed, sizes: Sizes, progress: Progress, partitions: number): Promise<Figure[]> {
  progress.step(`ingest, ${named(partitions)}: 1,000 logins`);
  const topics = await bed.createTopics(partitions);
  const upstream = await bed.startHelper('upstream', '0');
  const service = await bed.startService(topics, upstream.port);
  await logIn(bed, service, topics.session, HELD);
  const ceiling = await bed.startCeiling(topics.buff, partitions);
  const counter = connectHttp(ceiling.port);
  const own = runnerOf(service, topics.buff);
  const bare: Runner = { child: ceiling.child, results: [], position: async () => Number(await counter.text('/')) };
  // The same process, and the same way of looking at it.
  const settling: Runner = { ...own, results: [] };
  const idle: Runner = { ...own, results: [] };
  // In the first one code is compiled that runs for days.
  for (let round = 0; round <= sizes.rounds; round++) {
    progress.step(`ingest, ${named(partitions)}: ${round === 0 ? 'warming up' : `round ${round}`}`);
    const amount = 10 + round;
    const events = { count: sizes.ingestEvents, amount, partitions };
    const inTurn = (service: Runner): Runner[] => (round % 2 === 0 ? [service, bare] : [bare, service]);
    await workOff(bed, topics.buff, inTurn(own), backlog({ ...events, first: HELD }));
    await expectApplied(service, amount);
    await delay(CONFIRMED_MS);
    // Twice: what the applied events left behind is collected while the first of these are worked off.
    for (const runner of [settling, idle]) {
      await workOff(bed, topics.buff, inTurn(runner), backlog({ ...events, first: ABSENT }));
    }
  }
  counter.close();
  // The ceiling worked off all three backlogs of each round.
  return figures(named(partitions), own.results.slice(1), idle.results.slice(1), bare.results.slice(3));
}

function figures(what: string, own: readonly Result[], idle: readonly Result[], bare: readonly Result[]): Figure[] {
  const rate = (results: readonly Result[]): number => median(results.map((result) => result.rate));
  const cpu = (results: readonly Result[]): number => median(results.map((result) => result.cpu));
  const ceiling = 'client fetch loop + JSON.parse';
  const name = `ingest, ${what}`;
  const absent = `${name}, about nobody who is held`;
  const [ownCpu, idleCpu, bareCpu] = [cpu(own), cpu(idle), cpu(bare)];
  return [
    {
      name,
      unit: 'events/s',
      service: rate(own),
      ceiling: { name: ceiling, value: rate(bare) },
      aim: { text: '≥ 0.9 × ceiling', met: rate(own) >= 0.9 * rate(bare) },
    },
    {
      name: `${name}, per event`,
      unit: 'µs CPU',
      service: ownCpu,
      ceiling: { name: ceiling, value: bareCpu },
      aim: { text: '≤ 1.5 × ceiling', met: ownCpu <= 1.5 * bareCpu },
    },
    { name: absent, unit: 'events/s', service: rate(idle), ceiling: { name: ceiling, value: rate(bare) } },
    {
      name: `${absent}, per event`,
      unit: 'µs CPU',
      service: idleCpu,
      ceiling: { name: 'an applied event', value: ownCpu },
      aim: { text: '≤ 0.3 × applied', met: idleCpu <= 0.3 * ownCpu },
    },
    { name: `${absent}, per event`, unit: 'µs CPU', service: idleCpu, ceiling: { name: ceiling, value: bareCpu } },
  ];
}

/** A rate of events that changed nothing would be worth nothing. */
async function expectApplied(service: Service, amount: number): Promise<void> {
  const weaponAttack = `"weaponAttack":${amount * SOURCES},`;
  await current(service);
  for (const id of [HELD, HELD + CROWD - 1]) {
    const isShown = async (): Promise<boolean> => (await service.stats(id)).includes(weaponAttack);
    await until(`the answer has ${weaponAttack}`, isShown, 60_000);
  }
}
