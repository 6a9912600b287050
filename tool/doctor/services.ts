import type { KafkaConfig } from '../../src/config/config.ts';
import type { Part } from '../../src/domain/part.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { AppError } from '../../src/lib/app-error.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createHttpUpstream, type HttpUpstream } from '../../src/upstream/http/http-upstream.ts';
import { SERVICE_OF_PART, type Service } from '../../src/upstream/port.ts';
import { type Finding, reasonOf } from './finding.ts';

/** The sword that every installation's game data have; any answer about it will do. */
const TEMPLATE_ID = 1_302_000;
/** Beyond it, times of buffs and what is heard are compared with another clock than ours. */
const SKEW_MS = 2_000;

const VARIABLE = {
  characters: 'CHARACTERS_SERVICE_URL',
  inventory: 'INVENTORY_SERVICE_URL',
  buffs: 'BUFFS_SERVICE_URL',
  skills: 'SKILLS_SERVICE_URL',
  data: 'DATA_SERVICE_URL',
} as const satisfies Record<Service, string>;

/** Asks each service what the service itself would ask, and believes what it would believe. */
export async function examineServices(
  config: KafkaConfig,
  tenants: readonly Tenant[],
  characterId: number,
): Promise<Finding[]> {
  const skews = new Map<Service, number>();
  const upstream = createHttpUpstream({
    baseUrls: config.serviceUrls,
    clock: systemClock,
    random: Math.random,
    timeout: config.httpClientTimeout,
    environment: config.atlasEnvironment,
    concurrency: 4,
    staticDataMax: 1_000,
    onDate: (service, date, _sentAt, receivedAt) =>
      skews.set(service, date - (systemClock.now() - (systemClock.mono() - receivedAt))),
    observe: () => undefined,
    onEnd: () => undefined,
    onEnvironmentRefused: () => undefined,
  });
  try {
    const findings: Finding[] = [];
    for (const tenant of tenants) findings.push(...(await examineFor(upstream, config, tenant, characterId)));
    return [...findings, ...clockFindings(skews)];
  } finally {
    await upstream.close();
  }
}

async function examineFor(
  upstream: HttpUpstream,
  config: KafkaConfig,
  tenant: Tenant,
  characterId: number,
): Promise<Finding[]> {
  const target = { tenant, characterId, context: undefined };
  const asked = Object.entries(SERVICE_OF_PART).map(async ([part, service]) => {
    const read = async (): Promise<string> => {
      const answer = await upstream.fetch(part as Part, target);
      return answer === 'missing' ? `answers; character ${characterId} is unknown to it` : 'answers';
    };
    return examineService(service, config, tenant, read);
  });
  const data = examineService('data', config, tenant, async () => {
    const template = await upstream.template(target, TEMPLATE_ID);
    return template === 'missing'
      ? `answers; item ${TEMPLATE_ID} is unknown to it: are game data imported?`
      : 'answers';
  });
  return Promise.all([...asked, data]);
}

async function examineService(
  service: Service,
  { serviceUrls }: KafkaConfig,
  { id, region, majorVersion, minorVersion }: Tenant,
  read: () => Promise<string>,
): Promise<Finding> {
  const what = `service ${service}, tenant ${id.slice(0, 8)}… ${region} ${majorVersion}.${minorVersion}`;
  const began = performance.now();
  try {
    const told = await read();
    return { what, state: 'fine', told: `${told}, ${Math.round(performance.now() - began)} ms` };
  } catch (error) {
    const cause = error instanceof AppError && error.cause !== undefined ? ` (${reasonOf(error.cause)})` : '';
    const told = `${error instanceof Error ? error.message : error}${cause}, at ${serviceUrls[service]}`;
    return { what, state: 'wrong', told, mend: mendService(service, error) };
  }
}

function mendService(service: Service, error: unknown): string {
  const url = `${VARIABLE[service]}, or BASE_SERVICE_URL`;
  switch (error instanceof AppError ? error.code : undefined) {
    case 'UPSTREAM_UNREACHABLE':
      return `Is it running, and is the URL right? ${url}.`;
    case 'UPSTREAM_TIMEOUT':
      return 'It is slow or hangs: look at it and its database. HTTP_CLIENT_TIMEOUT is how long we wait.';
    case 'UPSTREAM_STRANGER':
      return `Something else answers in its place: look at the URL's path, which ends in /api/, and at the ingress. ${url}.`;
    case 'UPSTREAM_REFUSED':
      return 'It runs and fails: look at its log. A 400 may mean that it does not know the tenant, or ATLAS_ENVIRONMENT.';
    default:
      return 'Its answer cannot be true: look at its log and its database.';
  }
}

function clockFindings(skews: ReadonlyMap<Service, number>): Finding[] {
  return [...skews].map(([service, skew]) => {
    const what = `clock of ${service}`;
    // A Date tells whole seconds.
    if (Math.abs(skew + 500) <= SKEW_MS) return { what, state: 'fine', told: 'is like ours' };
    const told = `${Math.abs(Math.round(skew / 1_000))} s ${skew < 0 ? 'behind' : 'ahead of'} ours`;
    return {
      what,
      state: 'warning',
      told,
      mend: 'Answers stay right, but cost more reads. Synchronise the clocks (NTP).',
    };
  });
}
