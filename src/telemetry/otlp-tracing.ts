import { type Link, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { settledWithin } from '../lib/settled-within.ts';
import { version } from '../lib/version.ts';
import { parseTraceparent, type Tracing } from './tracing.ts';

export interface OtlpTracingOptions {
  /** host:port of a collector that speaks OTLP over gRPC, without TLS, as Atlas sets it for every service. */
  readonly endpoint: string;
  /** 0 to 1: of the traces that begin here. One that came with a traceparent goes on as its sender has decided. */
  readonly samplingRatio: number;
  readonly serviceName: string;
  readonly logger: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
}

/** Spans that wait for the collector at most; beyond it they are dropped. */
const WAITING_MAX = 4_096;
const EXPORT_PERIOD_MS = 1_000;
const EXPORT_TIMEOUT_MS = 5_000;
const CLOSE_MS = 1_500;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER } as const;

/** Sends spans to a collector. This module and its libraries are loaded only when there is one to send to. */
export function createOtlpTracing({ endpoint, samplingRatio, serviceName, logger }: OtlpTracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `http://${endpoint}`, timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(samplingRatio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: toldOnce(exporter, endpoint, logger),
        maxQueueSize: WAITING_MAX,
        scheduledDelayMillis: EXPORT_PERIOD_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('effective-stats', version);

  return {
    begin({ kind, name, parent, links = [], attributes }) {
      const cause = parent === undefined ? undefined : contextOf(parent);
      const context = cause === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, cause);
      const options = { kind: KINDS[kind], attributes, links: links.flatMap(linkTo) };
      const span = tracer.startSpan(name, options, context);
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`,
        end(more, failed) {
          span.setAttributes(more);
          if (failed !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failed });
          span.end();
        },
      };
    },
    close: () => settledWithin(provider.shutdown(), CLOSE_MS),
  };
}

function contextOf(traceparent: string) {
  const parsed = parseTraceparent(traceparent);
  if (parsed === undefined) return undefined;
  return { traceId: parsed.traceId, spanId: parsed.spanId, traceFlags: parsed.flags & 1, isRemote: true };
}

function linkTo(traceparent: string): Link[] {
  const context = contextOf(traceparent);
  return context === undefined ? [] : [{ context }];
}

/** A collector that is away costs spans and two lines in the log. */
function toldOnce(exporter: SpanExporter, endpoint: string, logger: OtlpTracingOptions['logger']): SpanExporter {
  let isFailing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !isFailing) {
          logger.warn(
            { endpoint, reason: result.error?.message },
            'traces cannot be sent to TRACE_ENDPOINT; they are dropped',
          );
        } else if (!failed && isFailing) logger.info({ endpoint }, 'traces can be sent again');
        isFailing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
