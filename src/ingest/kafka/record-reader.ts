import type { FeedRecord } from '../feed.ts';
import { Oversized } from './decompression.ts';

/** What is read of a record in a batch; offset and time count from the batch's. */
export type TakeRecord = (
  offsetDelta: number,
  timestampDelta: number,
  headers: FeedRecord['headers'],
  value: Buffer | null,
) => void;

interface Cursor {
  readonly bytes: Buffer;
  at: number;
  /** The last header of each name; see {@link readHeader}. */
  readonly known: Header[];
}

type Header = FeedRecord['headers'][number];

const EMPTY = Buffer.alloc(0);

/**
 * Reads the uncompressed records of a batch (Kafka protocol, record format 2). Buffers are views of `bytes`.
 *
 * @param count how many there are, as the batch says
 * @param most how many records and headers there may be
 * @returns how many records and headers there are
 * @throws Oversized
 * @throws Error when the bytes are not exactly `count` records
 */
export function readRecords(bytes: Buffer, count: number, most: number, take: TakeRecord): number {
  const cursor: Cursor = { bytes, at: 0, known: [] };
  let items = 0;
  for (let index = 0; index < count; index += 1) {
    const length = readVarint(cursor);
    const end = cursor.at + length;
    // Attributes, of which records use none yet.
    cursor.at += 1;
    const timestampDelta = readVarint(cursor);
    const offsetDelta = readVarint(cursor);
    skipField(cursor);
    const value = readField(cursor);
    const headerCount = readVarint(cursor);
    items += 1 + headerCount;
    if (items > most) throw new Oversized(`expected ${most} records and headers at most`);
    take(offsetDelta, timestampDelta, readHeaders(cursor, headerCount), value);
    if (cursor.at !== end) throw new Error('a record of another length than it says');
  }
  if (count < 0 || cursor.at !== bytes.length) throw new Error('another number of records than it says');
  return items;
}

function readHeaders(cursor: Cursor, count: number): FeedRecord['headers'] {
  if (count < 0) throw new Error('a negative number of headers');
  const headers: Header[] = [];
  for (let index = 0; index < count; index += 1) headers.push(readHeader(cursor));
  return headers;
}

/** Names of headers that are remembered in a batch; events have six at most. */
const NAMES_MAX = 8;

/**
 * A header that equals the one of its name in the record before is the same object: making views costs more than all else
 * that is read of a record, and nearly all headers are of one tenant.
 */
function readHeader(cursor: Cursor): Header {
  const { bytes, known } = cursor;
  const nameFrom = skipField(cursor) ?? cursor.at;
  const nameTo = cursor.at;
  const valueFrom = skipField(cursor) ?? cursor.at;
  const valueTo = cursor.at;
  for (let index = 0; index < known.length; index += 1) {
    const before = known[index];
    if (before === undefined || !isSame(before[0], bytes, nameFrom, nameTo)) continue;
    if (isSame(before[1], bytes, valueFrom, valueTo)) return before;
    const header: Header = [before[0], viewOf(bytes, valueFrom, valueTo)];
    known[index] = header;
    return header;
  }
  const header: Header = [viewOf(bytes, nameFrom, nameTo), viewOf(bytes, valueFrom, valueTo)];
  if (known.length < NAMES_MAX) known.push(header);
  return header;
}

function isSame(view: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (view.length !== to - from) return false;
  for (let index = 0; index < view.length; index += 1) if (view[index] !== bytes[from + index]) return false;
  return true;
}

function viewOf(bytes: Buffer, from: number, to: number): Buffer {
  return from === to ? EMPTY : bytes.subarray(from, to);
}

function readField(cursor: Cursor): Buffer | null {
  const start = skipField(cursor);
  return start === undefined ? null : cursor.bytes.subarray(start, cursor.at);
}

/** Where the field begins that ends before the cursor, undefined when it is null. */
function skipField(cursor: Cursor): number | undefined {
  const length = readVarint(cursor);
  if (length < 0) return undefined;
  const start = cursor.at;
  cursor.at += length;
  if (cursor.at > cursor.bytes.length) throw new Error('a record that ends too early');
  return start;
}

/** A zigzag integer of up to ten bytes; beyond 2^53 it is not exact, which concerns record times only. */
function readVarint(cursor: Cursor): number {
  const { bytes } = cursor;
  let raw = 0;
  for (let scale = 1; scale <= 2 ** 63; scale *= 128) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw new Error('a record that ends too early');
    cursor.at += 1;
    raw += (byte & 0x7f) * scale;
    if (byte < 0x80) return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }
  throw new Error('an integer that does not end');
}
