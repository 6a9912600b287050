import type { ServiceProcess } from '../support/service-process.ts';
import { tenantHeaders } from '../support/service-process.ts';
import { until } from '../support/wait.ts';
import { statsPath } from './attack.ts';
import { type Bed, HELD, STILL_IDS, TENANTS } from './bed.ts';
import { internalIn } from './secrets.ts';

export interface SheddingReport {
  /** Reads of characters that nobody holds, all at once, while the character service hangs. */
  readonly reads: number;
  /** Those that were refused at once. */
  readonly refused: number;
  /** Those that waited in vain. */
  readonly unavailable: number;
  readonly wrong: readonly string[];
}

/** As many as visitors may be held; more reads than that are made. */
const WAITING_MAX = Number(HELD.VISITOR_MAX);
const READS = WAITING_MAX + 200;
const FIRST_ID = 70_000_000;
/** Promised in docs/explanation/how-state-works.md. */
const HEALED_WITHIN_MS = 10_000;

/** More readers than may wait, of a service that hangs: those beyond are refused, and everybody is served once it is back. */
export async function shed({ service, upstream, world }: Bed): Promise<SheddingReport> {
  const [tenant] = TENANTS;
  const [stillId] = STILL_IDS;
  if (tenant === undefined || stillId === undefined) throw new Error('there are no tenants');
  const ids = Array.from({ length: READS }, (_, at) => FIRST_ID + at);
  for (const characterId of ids) world.makeUp({ tenant, characterId });
  const wrong: string[] = [];
  const counts = { refused: 0, unavailable: 0 };
  const read = async (id: number): Promise<void> => {
    const answer = await service.get(statsPath(id), tenantHeaders(tenant));
    const body = await answer.text();
    const told = internalIn(body);
    if (told !== undefined) wrong.push(`shedding: the answer tells ${told}`);
    if (answer.status !== 503) wrong.push(`shedding: answered ${answer.status} while the character service hangs`);
    if (!(Number(answer.headers.get('retry-after')) > 0)) wrong.push('shedding: 503 without Retry-After');
    if (body.includes('"OVERLOADED"')) counts.refused += 1;
    else counts.unavailable += 1;
  };
  const calm = upstream.misbehaviour.characters;
  upstream.misbehaviour.characters = { failure: { kind: 'hang' } };
  const reading = ids.map(read);
  await stillAnswers(service, wrong);
  await Promise.all(reading);
  upstream.misbehaviour.characters = calm;
  // On a slow machine the first have waited in vain before the last have come.
  if (counts.refused === 0) wrong.push('shedding: nobody was refused');
  if (counts.refused > READS - WAITING_MAX)
    wrong.push(`shedding: ${counts.refused} were refused, who could have waited`);
  const isServed = async (): Promise<boolean> => (await service.stats(tenant, FIRST_ID)).status === 200;
  await until('characters are loaded again', isServed, HEALED_WITHIN_MS);
  if ((await service.stats(tenant, stillId)).status !== 200) wrong.push('shedding: nobody is served afterwards');
  return { reads: READS, ...counts, wrong };
}

/** Whoever asks for something else is not refused. */
async function stillAnswers(service: ServiceProcess, wrong: string[]): Promise<void> {
  for (const path of ['/api/livez', '/api/readyz', '/api/metrics']) {
    const { status } = await service.get(path);
    if (status !== 200) wrong.push(`shedding: ${path} was answered ${status}`);
  }
}
