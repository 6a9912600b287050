import { setTimeout as delay } from 'node:timers/promises';
import type { RawRecord } from '../../test/support/kafka-client.ts';
import type { Bed } from '../bed.ts';
import type { Case } from '../case.ts';
import { type Figure, median, quantile } from '../figure.ts';
import { sessionCreated, sessionDestroyed } from '../records.ts';
import { ready } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

/** Characters who are still online at the end, and those who came and went. */
const ONLINE = 5_000;
const GONE = 20_000;
/** Each look, and each load that it asks for, costs the service some milliseconds. */
const POLL_MS = 250;
const DEADLINE_MS = 180_000;

/** A start with a long day of sessions on the topic: who is online is known after it, and answers do not wait for it. */
export const replay: Case = {
  about: 's from the start of a process until a day of sessions is replayed; answers meanwhile',
  steps: ({ rounds }) => rounds + 1,
  async run(bed, sizes, progress) {
    const records = sizes.replayRecords;
    progress.step(`replay: ${records} session records`);
    const upstream = await bed.startHelper('upstream', '0');
    const topics = await bed.createTopics();
    await fill(bed, topics.session, records);
    const results: Result[] = [];
    for (let round = 0; round < sizes.rounds; round++) {
      progress.step(`replay: round ${round + 1}`);
      const service = await bed.startService(topics, upstream.port);
      await ready(service);
      results.push(await follow(service, topics.session, records));
      await service.end();
    }
    return figures(records, results);
  },
};

interface Result {
  readonly seconds: number;
  /** ms of CPU. */
  readonly cpu: number;
  /** Bytes after a collection. */
  readonly heap: number;
  /** ms of each GET meanwhile. */
  readonly answers: readonly number[];
}

/** Sessions that came and went, two records each; then those of whoever is online. */
async function fill(bed: Bed, topic: string, records: number): Promise<void> {
  const { first } = POPULATIONS.plain;
  const portion = 20_000;
  let at = 0;
  for (let left = records - ONLINE; left > 0; left -= portion) {
    const pairs = Array.from({ length: Math.min(portion, left) / 2 }, (): RawRecord[] => {
      at += 1;
      const created = sessionCreated(first + ONLINE + (at % GONE));
      return [created, sessionDestroyed(created)];
    });
    await bed.produceAll(topic, pairs.flat());
  }
  await bed.produceAll(
    topic,
    Array.from({ length: ONLINE }, (_, index) => sessionCreated(first + index)),
  );
}

async function follow(
  service: Awaited<ReturnType<Bed['startService']>>,
  topic: string,
  records: number,
): Promise<Result> {
  const answers: number[] = [];
  const deadline = performance.now() + DEADLINE_MS;
  const character = POPULATIONS.geared.first;
  while ((await service.position(topic)) < records) {
    if (performance.now() > deadline) throw new Error(`the sessions were not replayed within ${DEADLINE_MS} ms`);
    const from = performance.now();
    await service.stats(character + answers.length);
    answers.push(performance.now() - from);
    await delay(POLL_MS);
  }
  const seconds = (performance.now() - service.startedAt) / 1_000;
  const cpu = await service.child.cpu();
  const residents = await service.residents();
  if (residents !== ONLINE) throw new Error(`${residents} residents after the replay, expected ${ONLINE}`);
  return { seconds, cpu, heap: (await service.memory()).heap, answers };
}

function figures(records: number, results: readonly Result[]): Figure[] {
  const of = (read: (result: Result) => number): number => median(results.map(read));
  const name = `start with ${records.toLocaleString('en')} session records`;
  const slowest = of(({ answers }) => quantile(answers, 0.99));
  return [
    { name: `${name} → replayed`, unit: 's', service: of(({ seconds }) => seconds) },
    { name: `${name}, per record`, unit: 'µs CPU', service: of(({ cpu }) => (cpu / records) * 1_000) },
    { name: `${name}, heap then`, unit: 'MB', service: of(({ heap }) => heap / 2 ** 20) },
    {
      name: 'first GET of a character meanwhile, p99',
      unit: 'ms',
      service: slowest,
      aim: { text: '≤ 250 ms', met: slowest <= 250 },
    },
  ];
}
