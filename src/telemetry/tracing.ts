/** Values that a trace's viewer can be asked for. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  /** server: a request to us. client: one of ours. consumer: a batch from Kafka. */
  readonly kind: 'server' | 'client' | 'consumer';
  readonly name: string;
  /** `traceparent` of what caused it; undefined: it begins a trace, which is sampled or not. */
  readonly parent: string | undefined;
  /** Traceparents of what else it is about. */
  readonly links?: readonly string[];
  readonly attributes: SpanAttributes;
}

/** Something that takes time, from {@link Tracing.begin} on. */
export interface Span {
  /** To be handed on to what it causes; well-formed also when the span is not sampled. */
  readonly traceparent: string;
  /** `failed`: why it failed, for people. To be called once. */
  end(attributes: SpanAttributes, failed?: string): void;
}

/** Where spans go. Nothing of it exists while TRACE_ENDPOINT is not set. */
export interface Tracing {
  begin(start: SpanStart): Span;
  /** Sends what is left, for a moment. */
  close(): Promise<void>;
}

/** W3C trace context of version 00. */
const TRACEPARENT = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  /** Bit 0: sampled. */
  readonly flags: number;
}

/** undefined: it is not well-formed. */
export function parseTraceparent(text: string): TraceContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}
