import { setTimeout as delay } from 'node:timers/promises';
import type { Bed } from '../bed.ts';
import type { Case } from '../case.ts';
import { type Figure, median } from '../figure.ts';
import { connectHttp } from '../http.ts';
import { sessionCreated } from '../records.ts';
import { loggedIn } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const IDLE_MS = 300;

/** From starting the process to the first event's effect, and from SIGTERM to the end. */
export const start: Case = {
  about: 'ms from process start to the first event visible; ms from SIGTERM to exit',
  steps: ({ rounds }) => rounds,
  async run(bed, sizes, progress) {
    const upstream = await bed.startHelper('upstream', '0');
    const times: { visible: number[]; bare: number[]; exit: number[] } = { visible: [], bare: [], exit: [] };
    for (let round = 0; round < sizes.rounds; round++) {
      progress.step(`start: round ${round + 1}`);
      const { visible, exit, topic } = await startOnce(bed, upstream.port);
      times.visible.push(visible);
      times.exit.push(exit);
      times.bare.push(await startBare(bed, topic));
    }
    return figures(median(times.visible), median(times.bare), median(times.exit));
  },
};

async function startOnce(bed: Bed, upstreamPort: number): Promise<{ visible: number; exit: number; topic: string }> {
  const topics = await bed.createTopics();
  await bed.kafka.produce(topics.session, [sessionCreated(POPULATIONS.plain.first)]);
  const service = await bed.startService(topics, upstreamPort);
  await loggedIn(service, 1);
  const visible = performance.now() - service.startedAt;
  await delay(IDLE_MS);
  return { visible, exit: await service.end(), topic: topics.session };
}

/** The client's fetch loop without a group, from its process start to the first record. */
async function startBare(bed: Bed, topic: string): Promise<number> {
  const from = performance.now();
  const { child, port } = await bed.startCeiling(topic);
  const counter = connectHttp(port);
  while ((await counter.text('/')) === '0') await delay(2);
  const took = performance.now() - from;
  counter.close();
  await child.end();
  return took;
}

function figures(visible: number, bare: number, exit: number): Figure[] {
  return [
    {
      name: 'process start → first event visible',
      unit: 'ms',
      service: visible,
      ceiling: { name: 'client fetch loop', value: bare },
      aim: { text: '≤ 1,200 ms', met: visible <= 1_200 },
    },
    { name: 'SIGTERM → exit', unit: 'ms', service: exit, aim: { text: '≤ 1,000 ms', met: exit <= 1_000 } },
  ];
}
