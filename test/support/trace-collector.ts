import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** One span as it came over the wire. Ids in hex. */
export interface CollectedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** '' for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Trace and span id, with a slash between. */
  readonly links: readonly string[];
  /** Ms. */
  readonly duration: number;
  readonly failed: string | undefined;
}

export interface TraceCollector {
  /** host:port */
  readonly endpoint: string;
  spans(): readonly CollectedSpan[];
  close(): Promise<void>;
}

const EXPORT_PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
/** A gRPC message of nothing: not compressed, 0 bytes. */
const EMPTY_MESSAGE = Buffer.alloc(5);

/** Takes spans as a collector does: OTLP over gRPC, which is protobuf in HTTP/2. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const isExport = headers[':path'] === EXPORT_PATH && headers['content-type'] === 'application/grpc';
      if (isExport) spans.push(...spansOf(Buffer.concat(chunks).subarray(5)));
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': isExport ? '0' : '12' }));
      stream.end(EMPTY_MESSAGE);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `127.0.0.1:${port}`,
    spans: () => spans,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

/** Of one field: a varint or fixed64 as a number, or bytes. */
type Value = bigint | Buffer;

/** Fields of a protobuf message by number, in order. */
function fieldsOf(message: Buffer): Map<number, Value[]> {
  const fields = new Map<number, Value[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const taken = (length: number): Buffer => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const value = fieldValue(tag & 7, varint, taken);
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}

function fieldValue(wireType: number, varint: () => bigint, taken: (length: number) => Buffer): Value {
  switch (wireType) {
    case 0:
      return varint();
    case 1:
      return taken(8).readBigUInt64LE();
    case 2:
      return taken(Number(varint()));
    case 5:
      return BigInt(taken(4).readUInt32LE());
    default:
      throw new Error(`protobuf of wire type ${wireType}`);
  }
}

function messages(fields: Map<number, Value[]>, number: number): Map<number, Value[]>[] {
  return (fields.get(number) ?? []).map((value) => fieldsOf(bytesOf(value)));
}

function bytesOf(value: Value | undefined): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

function text(fields: Map<number, Value[]>, number: number): string {
  return bytesOf(fields.get(number)?.[0]).toString();
}

function hex(fields: Map<number, Value[]>, number: number): string {
  return bytesOf(fields.get(number)?.[0]).toString('hex');
}

function int(fields: Map<number, Value[]>, number: number): bigint {
  const value = fields.get(number)?.[0];
  return typeof value === 'bigint' ? value : 0n;
}

/** ExportTraceServiceRequest → ResourceSpans → ScopeSpans → Span, by the field numbers of opentelemetry-proto 1.x. */
function spansOf(request: Buffer): CollectedSpan[] {
  return messages(fieldsOf(request), 1).flatMap((resourceSpans) => {
    const attributes = messages(resourceSpans, 1).flatMap((resource) => messages(resource, 1));
    const service = String(attributesOf(attributes)['service.name']);
    return messages(resourceSpans, 2).flatMap((scope) => messages(scope, 2).map((span) => spanOf(service, span)));
  });
}

function spanOf(service: string, span: Map<number, Value[]>): CollectedSpan {
  const [status] = messages(span, 15);
  return {
    service,
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    parentSpanId: hex(span, 4),
    name: text(span, 5),
    kind: KINDS[Number(int(span, 6))] ?? 'unspecified',
    duration: Number(int(span, 8) - int(span, 7)) / 1e6,
    attributes: attributesOf(messages(span, 9)),
    links: messages(span, 13).map((link) => `${hex(link, 1)}/${hex(link, 2)}`),
    failed: status !== undefined && int(status, 3) === 2n ? text(status, 2) : undefined,
  };
}

function attributesOf(entries: readonly Map<number, Value[]>[]): Record<string, string | number | boolean> {
  const pairs = entries.map((entry): [string, string | number | boolean] => {
    const value = messages(entry, 2)[0] ?? new Map<number, Value[]>();
    if (value.has(1)) return [text(entry, 1), text(value, 1)];
    if (value.has(2)) return [text(entry, 1), int(value, 2) === 1n];
    return [text(entry, 1), Number(int(value, 3))];
  });
  return Object.fromEntries(pairs);
}
