import type { EventContext } from '../domain/event.ts';
import { isLiteral, type Literal, literal, viewOf } from './literal.ts';
import type { RecordContent } from './record-content.ts';
import { ENVIRONMENT_FORM } from './tenant-headers.ts';
import { Undecodable } from './undecodable.ts';
import { type Cursor, readVarint, skipField } from './varint.ts';

/** The headers that concern this service, each by its number: this is read of every record. */
export const HEADER = {
  tenantId: 0,
  region: 1,
  majorVersion: 2,
  minorVersion: 3,
  environment: 4,
  traceparent: 5,
} as const;

export type Header = (typeof HEADER)[keyof typeof HEADER];

/** In that order. */
export const HEADER_NAMES = [
  'TENANT_ID',
  'REGION',
  'MAJOR_VERSION',
  'MINOR_VERSION',
  'ENVIRONMENT',
  'traceparent',
] as const;

export const TRACEPARENT_HEADER = Buffer.from('traceparent');

const LITERALS = HEADER_NAMES.map(literal);
/** Where a value begins that is not there. */
const NONE = -1;

const DASH = 0x2d;
const ZERO = 0x30;

/**
 * The headers of one record after the other, where they lie in its bytes, in any order. Nothing is made of them before somebody
 * asks: nearly all of a stream's records name the same tenant.
 */
export class RecordHeaders {
  readonly #cursor: Cursor = { bytes: Buffer.alloc(0), at: 0 };
  #view = viewOf(this.#cursor.bytes);
  readonly #from = HEADER_NAMES.map(() => NONE);
  readonly #to = HEADER_NAMES.map(() => NONE);
  #hasTraceConflict = false;

  /**
   * Finds them. A name that comes twice with the same value is harmless (a producer that decorates a message twice); with different
   * values it would be a guess whose event it is. Of several different traceparents none is handed on.
   *
   * @throws Undecodable
   */
  read({ bytes, headersFrom }: RecordContent): void {
    const cursor = this.#cursor;
    if (bytes !== cursor.bytes) {
      cursor.bytes = bytes;
      this.#view = viewOf(bytes);
    }
    cursor.at = headersFrom;
    this.#from.fill(NONE);
    this.#hasTraceConflict = false;
    for (let left = readVarint(cursor); left > 0; left -= 1) {
      const nameFrom = skipHeaderField(cursor);
      const nameTo = cursor.at;
      const from = skipHeaderField(cursor);
      const index = indexOf(this.#view, nameFrom, nameTo);
      if (index !== NONE) this.#put(index, from, cursor.at);
    }
  }

  has(header: Header): boolean {
    return this.#from[header] !== NONE;
  }

  /** Bytes of the value; 0 where there is none. */
  lengthOf(header: Header): number {
    return this.has(header) ? this.#toOf(header) - this.#fromOf(header) : 0;
  }

  byteOf(header: Header, at: number): number {
    return this.#cursor.bytes[this.#fromOf(header) + at] ?? 0;
  }

  is(header: Header, value: Literal): boolean {
    return isLiteral(this.#view, this.#fromOf(header), this.#toOf(header), value);
  }

  /** One character for each byte. */
  textOf(header: Header): string {
    return this.has(header) ? this.#cursor.bytes.toString('latin1', this.#fromOf(header), this.#toOf(header)) : '';
  }

  /** What the event hands on, as far as it is well-formed; undefined when that is nothing. */
  context(): EventContext | undefined {
    const traceparent = this.#traceparent();
    const text = this.textOf(HEADER.environment);
    const environment = text !== '' && ENVIRONMENT_FORM.test(text) ? text : undefined;
    if (traceparent === undefined) return environment === undefined ? undefined : { environment };
    return environment === undefined ? { traceparent } : { traceparent, environment };
  }

  /** What `TRACEPARENT_FORM` says of texts, read as bytes, since nearly every event carries one. */
  #traceparent(): string | undefined {
    if (this.#hasTraceConflict || this.lengthOf(HEADER.traceparent) !== 55) return undefined;
    const { bytes } = this.#cursor;
    const at = this.#fromOf(HEADER.traceparent);
    const framed =
      bytes[at + 2] === DASH &&
      bytes[at + 35] === DASH &&
      bytes[at + 52] === DASH &&
      bytes[at] === ZERO &&
      bytes[at + 1] === ZERO;
    const formed =
      framed &&
      isHexId(bytes, at + 3, at + 35) &&
      isHexId(bytes, at + 36, at + 52) &&
      isHex(bytes[at + 53]) &&
      isHex(bytes[at + 54]);
    return formed ? bytes.toString('latin1', at, at + 55) : undefined;
  }

  #put(index: number, from: number, to: number): void {
    const { bytes } = this.#cursor;
    const isAgain = this.#from[index] !== NONE;
    if (isAgain && !bytes.subarray(from, to).equals(bytes.subarray(this.#fromOf(index), this.#toOf(index)))) {
      if (index !== HEADER.traceparent)
        throw new Undecodable('conflicting-header', `${HEADER_NAMES[index]}: expected one value, got different ones`);
      this.#hasTraceConflict = true;
    }
    this.#from[index] = from;
    this.#to[index] = to;
  }

  #fromOf(index: number): number {
    return this.#from[index] ?? NONE;
  }

  #toOf(index: number): number {
    return this.#to[index] ?? NONE;
  }
}

/** Where it begins; one that is null is empty. */
function skipHeaderField(cursor: Cursor): number {
  const from = skipField(cursor);
  return from < 0 ? cursor.at : from;
}

/** {@link NONE}: it does not concern us. */
function indexOf(view: DataView, from: number, to: number): number {
  for (let index = 0; index < LITERALS.length; index += 1) {
    const name = LITERALS[index];
    if (name !== undefined && isLiteral(view, from, to, name)) return index;
  }
  return NONE;
}

/** Lower-case hex digits that are not all zero. */
function isHexId(bytes: Buffer, from: number, until: number): boolean {
  let zeros = 0;
  for (let index = from; index < until; index++) {
    const byte = bytes[index];
    if (!isHex(byte)) return false;
    if (byte === ZERO) zeros += 1;
  }
  return zeros < until - from;
}

function isHex(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66));
}
