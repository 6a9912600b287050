import { setTimeout as delay } from 'node:timers/promises';
import type { Bed } from '../bed.ts';
import type { Case } from '../case.ts';
import { type Figure, quantile } from '../figure.ts';
import { connectHttp, type HttpConnection } from '../http.ts';
import { buffApplied, sessionCreated } from '../records.ts';
import { loggedIn, ready, statsPath } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const WARM_UP = 40;
const SOURCE = 2_311_003;

/** Ms from handing an event to the producer until a GET shows it; nothing else is going on. */
export const visible: Case = {
  about: 'ms from producing an event until a GET shows it, idle, p50 and p99',
  steps: () => 2,
  async run(bed, sizes, progress) {
    progress.step('visible: login');
    const topics = await bed.createTopics();
    const ceilingTopic = `${topics.buff}-ceiling`;
    await bed.kafka.createTopic(ceilingTopic);
    const upstream = await bed.startHelper('upstream', '0');
    const service = await bed.startService(topics, upstream.port);
    const ceiling = await bed.startCeiling(ceilingTopic);
    const counter = connectHttp(ceiling.port);
    const characterId = POPULATIONS.plain.first;
    await ready(service);
    await bed.kafka.produce(topics.session, [sessionCreated(characterId)]);
    await loggedIn(service, 1);
    await service.stats(characterId);
    // The upstream stub knows of no buff: within 5 s of the login's read a re-read would take each one away again.
    await delay(6_000);

    progress.step(`visible: ${sizes.visibleSamples} events each, in turn`);
    const times: { service: number[]; ceiling: number[] } = { service: [], ceiling: [] };
    for (let sample = 1; sample <= WARM_UP + sizes.visibleSamples; sample++) {
      const shown = `"weaponAttack":${sample},`;
      const own = await shows(bed, topics.buff, sample, service.http, statsPath(characterId), (body) =>
        body.includes(shown),
      );
      const bare = await shows(bed, ceilingTopic, sample, counter, '/', (body) => body === String(sample));
      if (sample <= WARM_UP) continue;
      times.service.push(own);
      times.ceiling.push(bare);
    }
    counter.close();
    return [figure('p50', 0.5, 0.5, times), figure('p99', 0.99, 2, times)];
  },
};

async function shows(
  bed: Bed,
  topic: string,
  sample: number,
  http: HttpConnection,
  path: string,
  shown: (body: string) => boolean,
): Promise<number> {
  const record = buffApplied(POPULATIONS.plain.first, SOURCE, sample, Date.now());
  const from = performance.now();
  const produced = bed.kafka.produce(topic, [record]);
  const deadline = from + 5_000;
  while (!shown(await http.text(path))) {
    if (performance.now() > deadline) throw new Error(`${path} did not show event ${sample} within 5 s`);
  }
  const took = performance.now() - from;
  await produced;
  return took;
}

function figure(
  name: string,
  share: number,
  allowance: number,
  times: { readonly service: number[]; readonly ceiling: number[] },
): Figure {
  const service = quantile(times.service, share);
  const ceiling = quantile(times.ceiling, share);
  return {
    name: `produce → visible, ${name}`,
    unit: 'ms',
    service,
    ceiling: { name: 'bare consumer and counter', value: ceiling },
    aim: { text: `ceiling + ${allowance} ms`, met: service <= ceiling + allowance },
  };
}
