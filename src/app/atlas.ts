import type { Config } from '../config/config.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createHttpNames, type HttpNames } from '../upstream/http/http-names.ts';
import { createHttpUpstream, type HttpUpstream } from '../upstream/http/http-upstream.ts';
import { createOutages, type Outages } from '../upstream/outages.ts';
import { createOwnerClocks, type OwnerClocks } from '../upstream/owner-clocks.ts';
import { mapServices, SERVICES, type Service } from '../upstream/port.ts';
import type { AppPorts } from './ports.ts';

/** The services of Atlas, and what is known of their health. */
export interface Atlas {
  readonly upstream: HttpUpstream;
  readonly names: HttpNames;
  readonly outages: Outages;
  readonly ownerClocks: OwnerClocks;
  /** Most of its requests fail: all but probes are held back. */
  isShut(service: Service): boolean;
  /** Services that do not answer as they should. */
  absent(): readonly Service[];
}

export function createAtlas(config: Config, ports: AppPorts, metrics: Pick<Metrics, 'upstreamAnswered'>): Atlas {
  const { addresses, clock, random, logger, tracing } = ports;
  const outages = createOutages({ addresses, clock, logger });
  const ownerClocks = createOwnerClocks(clock);
  const requests = {
    baseUrls: mapServices((service) => addresses[service].url),
    clock,
    random,
    timeout: config.httpClientTimeout,
    environment: config.atlasEnvironment,
    tracing,
    onDate: ownerClocks.note,
    observe: (service: Service, outcome: string, seconds: number) =>
      metrics.upstreamAnswered(service, outcome, seconds * 1_000),
    onEnvironmentRefused: outages.environmentRefused,
  };
  const upstream = (ports.createUpstream ?? createHttpUpstream)({
    ...requests,
    onEnd: outages.ended,
    concurrency: config.upstreamConcurrency,
    staticDataMax: config.staticDataMax,
  });
  const isShut = (service: Service): boolean => upstream.gates[service].state === 'open';
  return {
    upstream,
    names: createHttpNames({ ...requests, gates: upstream.gates }),
    outages,
    ownerClocks,
    isShut,
    absent() {
      const named = new Set(outages.now().map(({ service }) => service));
      return SERVICES.filter((service) => named.has(service) || isShut(service));
    },
  };
}
