import { tenantOf } from '../../domain/tenant.ts';
import type { Clock } from '../../lib/clock.ts';
import type { CacheCounts } from '../../lib/expiring-set.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import { createUpstreamGates, type GateOptions, PROBE_DEADLINE_MS } from '../gate.ts';
import type { ItemSource } from '../item-source.ts';
import { SERVICE_OF_PART, SERVICES, type Service, type Upstream } from '../port.ts';
import { createStaticCatalog } from '../static-catalog.ts';
import type { StaticAsk } from '../static-entry.ts';
import { gateOpen, wasRefused, wasRefusedWith } from '../upstream-errors.ts';
import { readRequirements, readSkillData, readTemplate } from './data-answer.ts';
import { readAssets } from './inventory-answer.ts';
import { compartmentPath, createPartReaders, type RequestCommons } from './part-reader.ts';
import { createRequestHeaders } from './request-headers.ts';
import type { RequestOutcome } from './request-result.ts';
import { createServiceClient, type ServiceClient, type ServiceClientOptions } from './service-client.ts';
import { createStatRows } from './stat-rows.ts';
import { tracedClient } from './traced-client.ts';

export interface HttpUpstreamOptions extends Pick<ServiceClientOptions, 'connect'> {
  /** Each ends in `/api/`; a missing last slash is added. */
  readonly baseUrls: Readonly<Record<Service, string>>;
  /** HTTP_CLIENT_TIMEOUT in ms: for each request, from sending it to the last byte of its answer. */
  readonly timeout: number;
  /** Requests in flight per service at most, which is also the size of its connection pool. */
  readonly concurrency: number;
  /** The same for static data. */
  readonly dataConcurrency: number;
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

/** For questions that are about nobody. */
const NOBODY = tenantOf('00000000-0000-0000-0000-000000000000', 'GMS', 83, 1);
const PATHS_OF_NOBODY: Readonly<Record<Service, string>> = {
  characters: 'characters/0',
  inventory: compartmentPath(0),
  buffs: 'characters/0/buffs',
  skills: 'characters/0/skills',
  data: 'data/skills/0',
};
/** What proxies answer when the service behind them does not. */
const GATEWAY_ERRORS = [502, 503, 504];
const ATTEMPTS = 3;
/** Connections to each service, and requests in flight, for what previews ask. */
const ITEM_CONNECTIONS = 8;
/** How often static data that are due again are looked for. */
const SWEEP_MS = 250;

export function createHttpUpstream(options: HttpUpstreamOptions): HttpUpstream {
  const { clock, random } = options;
  const gates = createUpstreamGates({ clock, random, onEnd: options.onEnd });
  const headers = createRequestHeaders(random, options.environment, options.tracing !== undefined);
  const rows = createStatRows();
  const readers = createPartReaders(rows);

  const clientOf = (
    service: Service,
    connections = service === 'data' ? options.dataConcurrency : options.concurrency,
  ): ServiceClient =>
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

  /** Connections of their own: whoever tries on items must not keep loads and healing waiting. */
  const asides = {
    inventory: clientOf('inventory', ITEM_CONNECTIONS),
    data: clientOf('data', ITEM_CONNECTIONS),
  };

  const commons = ({ tenant, context }: Pick<StaticAsk, 'tenant' | 'context'>, probe: boolean): RequestCommons => ({
    headers: headers(tenant, context),
    deadline: probe ? Math.min(options.timeout, PROBE_DEADLINE_MS) : options.timeout,
    attempts: probe ? 1 : ATTEMPTS,
  });

  const catalog = createStaticCatalog({
    gate: gates.data,
    clock,
    random,
    concurrency: options.dataConcurrency,
    maxEntries: options.staticDataMax,
    source: {
      skill: (ask) =>
        clients.data.get({ ...commons(ask, ask.probe), path: `data/skills/${ask.id}` }, (document) =>
          readSkillData(document, ask.id),
        ),
      requirements: (ask) =>
        clients.data.get({ ...commons(ask, ask.probe), path: `data/equipment/${ask.id}` }, (document) =>
          readRequirements(document, ask.id),
        ),
    },
  });
  /**
   * Items are not asked for while the gate is open. The gate is not told how it went: whoever asks chooses the template, and
   * one that does not exist is a 500 in format S.
   */
  function aside(service: Service, target: Pick<StaticAsk, 'tenant' | 'context'>): RequestCommons {
    if (gates[service].state === 'open') throw gateOpen(service);
    return commons(target, false);
  }

  async function askWhetherThere(service: Service): Promise<void> {
    const request = { ...commons({ tenant: NOBODY, context: undefined }, true), path: PATHS_OF_NOBODY[service] };
    const ask = async (isProbe: boolean): Promise<void> => {
      try {
        await clients[service].get(request, () => undefined);
      } catch (error) {
        const isGateway = GATEWAY_ERRORS.some((status) => wasRefusedWith(status, error));
        const isBroken = isProbe && wasRefusedWith(500, error);
        if (isGateway || isBroken || !wasRefused(error)) throw error;
      }
    };
    return gates[service].state === 'open' ? gates[service].run(NOBODY, 0, ask) : ask(false);
  }

  const sweeper = setInterval(catalog.sweep, SWEEP_MS);

  return {
    gates,
    async fetch(part, target) {
      const service = SERVICE_OF_PART[part];
      const { tenant, characterId } = target;
      return gates[service].run(tenant, characterId, (isProbe) =>
        readers[part](clients[service], characterId, commons(target, isProbe)),
      );
    },
    async items(target) {
      const request = { ...aside('inventory', target), path: compartmentPath(target.characterId) };
      const items = await asides.inventory.get(request, (document) => readAssets(document, rows, () => true));
      return items === 'missing' ? [] : items;
    },
    async template(target, templateId) {
      const request = { ...aside('data', target), path: `data/equipment/${templateId}` };
      return asides.data.get(request, (document) => readTemplate(document, templateId, rows));
    },
    askWhetherThere,
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
