import { type Cursor, readVarint, skipField, varintOf } from './varint.ts';

/** Name and value of each header. */
export type Headers = readonly (readonly [Buffer, Buffer])[];

const EMPTY = Buffer.alloc(0);

/**
 * Headers and value of a record where they lie in the bytes of its batch (Kafka protocol, record format 2). Views of them cost more
 * than reading what they say, so they are made for those who ask. Copy what is kept.
 */
export class RecordContent {
  readonly bytes: Buffer;
  /** Of the number of headers, which they follow; they are known to be whole. */
  readonly headersFrom: number;
  /** -1: there is no value. */
  readonly valueFrom: number;
  readonly valueTo: number;

  constructor(bytes: Buffer, headersFrom: number, valueFrom: number, valueTo: number) {
    this.bytes = bytes;
    this.headersFrom = headersFrom;
    this.valueFrom = valueFrom;
    this.valueTo = valueTo;
  }

  /** As the broker would hold them. */
  static of(headers: Headers, value: Buffer | null): RecordContent {
    const fields = headers.flat().flatMap((field) => [varintOf(field.length), field]);
    const before = Buffer.concat([varintOf(headers.length), ...fields]);
    if (value === null) return new RecordContent(before, 0, -1, -1);
    const bytes = Buffer.concat([before, value]);
    return new RecordContent(bytes, 0, before.length, bytes.length);
  }

  get headers(): Headers {
    const cursor = { bytes: this.bytes, at: this.headersFrom };
    const count = readVarint(cursor);
    return Array.from({ length: count }, () => [viewOfNext(cursor), viewOfNext(cursor)] as const);
  }

  get value(): Buffer | null {
    return this.valueFrom < 0 ? null : this.bytes.subarray(this.valueFrom, this.valueTo);
  }

  /** Bytes of the value. */
  get valueLength(): number {
    return this.valueTo - this.valueFrom;
  }
}

/** A field that is null is empty. */
function viewOfNext(cursor: Cursor): Buffer {
  const from = skipField(cursor);
  return from < 0 || from === cursor.at ? EMPTY : cursor.bytes.subarray(from, cursor.at);
}
