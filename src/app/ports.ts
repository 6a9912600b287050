import type { Demo } from '../../world/demo.ts';
import type { ClampSenders } from '../clamp/clamps.ts';
import type { Feed } from '../ingest/feed.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { createHttpUpstream } from '../upstream/http/http-upstream.ts';
import type { ServiceAddress } from '../upstream/outages.ts';
import type { Service } from '../upstream/port.ts';

/** What any part of the service may need of its process. */
export interface Surroundings {
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly logger: Logger;
}

/** What the service is connected with. */
export interface Outside {
  /** Where events come from. */
  readonly feed: Feed;
  /** Where the truth is asked for. */
  readonly addresses: Readonly<Record<Service, ServiceAddress>>;
  /** undefined: no clamp commands are sent. */
  readonly clampSenders?: ClampSenders | undefined;
  /** Where spans go; undefined: none are made. */
  readonly tracing?: Tracing | undefined;
  /** What plays Atlas; undefined: Atlas is the real one. */
  readonly demo?: PlayedAtlas | undefined;
}

/** Ends with the service. */
export interface PlayedAtlas extends Pick<Demo, 'tenant' | 'stop'> {
  /** What the log says once the service is there, line by line. */
  notice(origin: string): readonly string[];
}

export interface AppPorts extends Surroundings, Outside {
  /** How the truth is asked for; left out: over HTTP. */
  readonly createUpstream?: typeof createHttpUpstream;
}
