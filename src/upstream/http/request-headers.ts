import type { EventContext } from '../../domain/event.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { requestHeadersOf } from '../../wire/tenant-headers.ts';

/** The headers of one request. */
export type RequestHeaders = (tenant: Tenant, context: EventContext | undefined) => Record<string, string>;

/**
 * `environment` goes out when the event names none. A request continues the event's trace under a span id of its own;
 * without one it begins a trace that nobody has asked to record (flags 00). `traced`: a span of its own will say that; until
 * then it has the cause's traceparent, or an empty one.
 */
export function createRequestHeaders(
  random: () => number,
  environment: string | undefined,
  traced = false,
): RequestHeaders {
  /** 8 digits, never all zeros: neither trace nor span ids may be. */
  const word = (): string => (1 + Math.floor(random() * 0xffff_ffff)).toString(16).padStart(8, '0');

  return (tenant, context) => {
    const parent = context?.traceparent;
    const traceparent = traced ? (parent ?? '') : continued(parent);
    const headers: Record<string, string> = {
      ...requestHeadersOf(tenant),
      traceparent,
    };
    const named = context?.environment ?? environment;
    if (named !== undefined) headers.ENVIRONMENT = named;
    return headers;
  };

  function continued(parent: string | undefined): string {
    // 00-<32 digits of the trace id>-<16 of the span id>-<flags>
    const trace = parent?.slice(0, 35) ?? `00-${word()}${word()}${word()}${word()}`;
    const flags = parent?.slice(52) ?? '-00';
    return `${trace}-${word()}${word()}${flags}`;
  }
}
