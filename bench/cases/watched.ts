import { backlog, logIn, runnerOf, workOff } from '../backlog.ts';
import type { Bed } from '../bed.ts';
import type { Case, Sizes } from '../case.ts';
import { type Figure, median } from '../figure.ts';
import type { Progress } from '../progress.ts';
import { TENANT_HEADERS } from '../records.ts';
import { type Service, statsPath } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';
import { load } from './get.ts';

/** What an open page asks for: each path with its period in ms, besides the stream of all changes. */
const POLLED: readonly (readonly [string, number])[] = [
  ['/api/effective-stats', 3_000],
  ['/api/effective-stats/tenants', 10_000],
  ['/api/metrics', 2_000],
  ['/api/debug/consumers', 2_000],
  [`${statsPath(POPULATIONS.plain.first)}/explain`, 5_000],
  [`${statsPath(POPULATIONS.plain.first).replace(/\/stats$/, '')}/changes`, 5_000],
];

/** What it costs that somebody looks: the same service with every view of the page open, and with none. */
export const watched: Case = {
  about: 'events/s and GETs/s with the page open, beside nobody watching',
  steps: ({ rounds }) => 2 + 2 * rounds,
  run,
};

async function run(bed: Bed, sizes: Sizes, progress: Progress): Promise<Figure[]> {
  progress.step('watched: 1,000 logins');
  const topics = await bed.createTopics();
  const upstream = await bed.startHelper('upstream', '0');
  const service = await bed.startService(topics, upstream.port);
  const { first } = POPULATIONS.plain;
  await logIn(bed, service, topics.session, first);
  const runner = runnerOf(service, topics.buff);
  const path = statsPath(first);
  const events = { open: [] as number[], closed: [] as number[] };
  const gets = { open: [] as number[], closed: [] as number[] };
  // The first round only warms up.
  for (let round = 0; round <= 2 * sizes.rounds; round++) {
    const kind = round % 2 === 0 ? 'closed' : 'open';
    progress.step(`watched: round ${round + 1}, page ${kind}`);
    const close = kind === 'open' ? openPage(service) : () => undefined;
    await workOff(bed, topics.buff, [runner], backlog({ count: sizes.ingestEvents, first, amount: 10 + round }));
    const eventRate = runner.results.at(-1)?.rate ?? Number.NaN;
    const getRate = (await load(service, path, sizes.loadSeconds)).rate;
    if (round > 0) {
      events[kind].push(eventRate);
      gets[kind].push(getRate);
    }
    close();
  }
  return [figure('ingest', 'events/s', events), figure('GET', 'req/s', gets)];
}

function figure(name: string, unit: string, rates: { readonly open: number[]; readonly closed: number[] }): Figure {
  const [open, closed] = [median(rates.open), median(rates.closed)];
  return {
    name: `${name}, page open`,
    unit,
    service: open,
    ceiling: { name: 'nobody watches', value: closed },
    aim: { text: '≥ 0.95 × unwatched', met: open >= 0.95 * closed },
  };
}

/** Returns what closes it. What fails while the service is frozen is asked again, as a browser would. */
function openPage({ port }: Service): () => void {
  const closing = new AbortController();
  const options = { headers: TENANT_HEADERS, signal: closing.signal };
  const origin = `http://127.0.0.1:${port}`;
  const read = (path: string): Promise<unknown> =>
    fetch(`${origin}${path}`, options).then(
      (answer) => answer.text(),
      () => undefined,
    );
  const timers = POLLED.map(([path, period]) => setInterval(() => void read(path).catch(() => undefined), period));
  void read('/api/effective-stats/changes').catch(() => undefined);
  return () => {
    for (const timer of timers) clearInterval(timer);
    closing.abort();
  };
}
