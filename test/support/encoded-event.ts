import { tenantOf } from '../../src/domain/tenant.ts';
import type { Decoded } from '../../src/events/decoded.ts';
import { createDecoder, type EncodedEvent } from '../../src/events/decoder.ts';
import type { Stream } from '../../src/events/stream.ts';
import { type Headers, RecordContent } from '../../src/wire/record-content.ts';

/** Headers by name, each as text or bytes; undefined leaves one out. */
export type HeaderValues = Readonly<Record<string, string | Buffer | undefined>>;

/** A tenant as Atlas's producers write it: GMS 83.1. */
export const TENANT_HEADERS: HeaderValues = {
  TENANT_ID: '083839c6-c47c-42a6-9585-76492795d123',
  REGION: 'GMS',
  MAJOR_VERSION: Buffer.from([0, 83]),
  MINOR_VERSION: Buffer.from([0, 1]),
};

export const RECORD_TIME = 1_795_451_810_396;

/** What every event of character 12 has that was encoded with the tenant headers alone. */
export const SHARED = {
  tenant: tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1),
  characterId: 12,
  recordTime: RECORD_TIME,
  context: undefined,
  backlog: undefined,
  replayed: false,
};

/** What a record of the stream with this value means. */
export function decodedFrom(stream: Stream, value: unknown): Decoded {
  return createDecoder({}).decode(encodedEvent(stream, value), undefined);
}

export function encodedHeaders(values: HeaderValues): (readonly [Buffer, Buffer])[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[Buffer.from(name), Buffer.from(value)] as const],
  );
}

/** A record of a stream: bytes and null as they are, text in UTF-8, anything else as JSON. */
export function encodedEvent(stream: Stream, value: unknown, headers: HeaderValues = TENANT_HEADERS): EncodedEvent {
  const content = RecordContent.of(encodedHeaders(headers), encodedValue(value));
  return { stream, timestamp: RECORD_TIME, content };
}

/** What the decoder reads of a record that a producer was given. */
export function encodedRecord(record: {
  readonly stream: Stream;
  readonly timestamp?: number;
  readonly headers: Headers;
  readonly value: Buffer | null | undefined;
}): EncodedEvent {
  const { stream, timestamp = RECORD_TIME, headers, value } = record;
  return { stream, timestamp, content: RecordContent.of(headers, value ?? null) };
}

function encodedValue(value: unknown): Buffer | null {
  if (value === null || Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}
