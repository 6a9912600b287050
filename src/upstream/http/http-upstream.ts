import type { Clock } from '../../lib/clock.ts';
import type { CacheCounts } from '../../lib/expiring-set.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import { createUpstreamGates, type GateOptions, PROBE_DEADLINE_MS } from '../gate.ts';
import type { ItemSource } from '../item-source.ts';
import { SERVICE_OF_PART, SERVICES, type Service, type Upstream } from '../port.ts';
import { createStaticCatalog } from '../static-catalog.ts';
import { readRequirements, readSkillData } from './data-answer.ts';
import { createItemReads } from './item-reads.ts';
import { type CommonsOf, createPartReaders } from './part-reader.ts';
import { askWhetherThere } from './presence.ts';
import { createRequestHeaders } from './request-headers.ts';
import type { RequestOutcome } from './request-result.ts';
import { createServiceClient, type ServiceClient, type ServiceClientOptions } from './service-client.ts';
import { tracedClient } from './traced-client.ts';

export interface HttpUpstreamOptions extends Pick<ServiceClientOptions, 'connect'> {
  /** Each ends in `/api/`; a missing last slash is added. */
  readonly baseUrls: Readonly<Record<Service, string>>;
  /** HTTP_CLIENT_TIMEOUT in ms: for each request, from sending it to the last byte of its answer. */
  readonly timeout: number;
  /** Requests in flight per service at most, which is also the size of its connection pool. */
  readonly concurrency: number;
  /** Static data kept at most, of all tenants. */
  readonly staticDataMax: number;
  /** ENVIRONMENT header of requests whose event names none. */
  readonly environment: string | undefined;
  /** undefined: no span is made of what is read. */
  readonly tracing?: Tracing | undefined;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Told of each answer's Date (epoch ms), and the monotonic ms of its request and arrival. Not of one from a cache. */
  readonly onDate: (service: Service, date: number, sentAt: number, receivedAt: number) => void;
  /** Told how what went through a service's gate ended, see GateOptions. */
  readonly onEnd: GateOptions['onEnd'];
  /** Told how each request ended. */
  readonly observe: (service: Service, outcome: RequestOutcome, seconds: number) => void;
  /** Told of what a service answers without the ENVIRONMENT of the request, and refuses with it. */
  readonly onEnvironmentRefused: (service: Service, environment: string) => void;
}

export interface HttpUpstream extends Upstream, ItemSource {
  /**
   * Asks the service once, for no tenant and no character, whether it is there. Resolves when it has answered, even with a
   * refusal. Rejects with AppError UPSTREAM_* when nothing answers, or a stranger, or a proxy without the service. Behind an
   * open gate it goes as a probe, so that the gate closes although nobody else asks.
   */
  askWhetherThere(service: Service): Promise<void>;
  /** To be called after game data were imported: everything is asked again, old values serve until answered. */
  flushStaticData(): void;
  readonly staticDataCounts: CacheCounts;
}

const ATTEMPTS = 3;
/** Connections to each service, and requests in flight, for what previews ask. */
const ITEM_CONNECTIONS = 8;
/** How often static data that are due again are looked for. */
const SWEEP_MS = 250;

export function createHttpUpstream(options: HttpUpstreamOptions): HttpUpstream {
  const { clock, random } = options;
  const gates = createUpstreamGates({ clock, random, onEnd: options.onEnd });
  const headers = createRequestHeaders(random, options.environment, options.tracing !== undefined);
  const readers = createPartReaders();

  const clientOf = (service: Service, connections = options.concurrency): ServiceClient =>
    tracedClient(
      createServiceClient({
        ...options,
        service,
        baseUrl: options.baseUrls[service],
        connections,
        mayRepeat: () => gates[service].state === 'closed',
      }),
      options.tracing,
      service,
    );
  const clients: Readonly<Record<Service, ServiceClient>> = {
    characters: clientOf('characters'),
    inventory: clientOf('inventory'),
    buffs: clientOf('buffs'),
    skills: clientOf('skills'),
    data: clientOf('data'),
  };

  const asides = {
    inventory: clientOf('inventory', ITEM_CONNECTIONS),
    data: clientOf('data', ITEM_CONNECTIONS),
  };

  const commonsOf: CommonsOf = ({ tenant, context }, probe) => ({
    headers: headers(tenant, context),
    deadline: probe ? Math.min(options.timeout, PROBE_DEADLINE_MS) : options.timeout,
    attempts: probe ? 1 : ATTEMPTS,
  });

  const catalog = createStaticCatalog({
    gate: gates.data,
    clock,
    random,
    concurrency: options.concurrency,
    maxEntries: options.staticDataMax,
    source: {
      skill: (ask) =>
        clients.data.get({ ...commonsOf(ask, ask.probe), path: `data/skills/${ask.id}` }, (document) =>
          readSkillData(document, ask.id),
        ),
      requirements: (ask) =>
        clients.data.get({ ...commonsOf(ask, ask.probe), path: `data/equipment/${ask.id}` }, (document) =>
          readRequirements(document, ask.id),
        ),
    },
  });
  const sweeper = setInterval(catalog.sweep, SWEEP_MS);

  return {
    gates,
    async fetch(part, target) {
      const service = SERVICE_OF_PART[part];
      const { tenant, characterId } = target;
      return gates[service].run(tenant, characterId, (isProbe) =>
        readers[part](clients[service], characterId, commonsOf(target, isProbe)),
      );
    },
    ...createItemReads({ clients: asides, gates, commonsOf }),
    askWhetherThere: (service) => askWhetherThere(service, clients[service], gates[service], commonsOf),
    staticData: catalog.of,
    ensureStaticData: catalog.ensure,
    flushStaticData: catalog.flush,
    staticDataCounts: catalog.counts,
    async close() {
      clearInterval(sweeper);
      const all = [...SERVICES.map((service) => clients[service]), asides.inventory, asides.data];
      await Promise.all(all.map((client) => client.close()));
    },
  };
}
