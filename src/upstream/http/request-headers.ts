import type { EventContext } from '../../domain/event.ts';
import type { Tenant } from '../../domain/tenant.ts';

/** The headers of one request (contract §2). */
export type RequestHeaders = (tenant: Tenant, context: EventContext | undefined) => Record<string, string>;

/**
 * `environment` goes out when the event names none. A request continues the event's trace under a span id of its own;
 * without one it begins a trace that nobody has asked to record (flags 00).
 */
export function createRequestHeaders(random: () => number, environment: string | undefined): RequestHeaders {
  /** 8 digits, never all zeros: neither trace nor span ids may be. */
  const word = (): string => (1 + Math.floor(random() * 0xffff_ffff)).toString(16).padStart(8, '0');

  return (tenant, context) => {
    const parent = context?.traceparent;
    // 00-<32 digits of the trace id>-<16 of the span id>-<flags>
    const trace = parent?.slice(0, 35) ?? `00-${word()}${word()}${word()}${word()}`;
    const flags = parent?.slice(52) ?? '-00';
    const headers: Record<string, string> = {
      TENANT_ID: tenant.id,
      REGION: tenant.region,
      MAJOR_VERSION: String(tenant.majorVersion),
      MINOR_VERSION: String(tenant.minorVersion),
      traceparent: `${trace}-${word()}${word()}${flags}`,
    };
    const named = context?.environment ?? environment;
    if (named !== undefined) headers.ENVIRONMENT = named;
    return headers;
  };
}
