import { RecordContent } from '../../wire/record-content.ts';
import { type Cursor, readVarint, skipField } from '../../wire/varint.ts';
import { Oversized } from './decompression.ts';

/** What is read of a record in a batch; offset and time count from the batch's. */
export type TakeRecord = (offsetDelta: number, timestampDelta: number, content: RecordContent) => void;

/**
 * Reads the uncompressed records of a batch (Kafka protocol, record format 2).
 *
 * @param count how many there are, as the batch says
 * @param most how many records and headers there may be
 * @returns how many records and headers there are
 * @throws Oversized
 * @throws Error when the bytes are not exactly `count` records
 */
export function readRecords(bytes: Buffer, count: number, most: number, take: TakeRecord): number {
  const cursor: Cursor = { bytes, at: 0 };
  let items = 0;
  for (let index = 0; index < count; index += 1) {
    const length = readVarint(cursor);
    const end = cursor.at + length;
    // Attributes, of which records use none yet.
    cursor.at += 1;
    const timestampDelta = readVarint(cursor);
    const offsetDelta = readVarint(cursor);
    skipField(cursor);
    const valueFrom = skipField(cursor);
    const valueTo = valueFrom < 0 ? -1 : cursor.at;
    const headersFrom = cursor.at;
    const headerCount = readVarint(cursor);
    if (headerCount < 0) throw new Error('a negative number of headers');
    items += 1 + headerCount;
    if (items > most) throw new Oversized(`expected ${most} records and headers at most`);
    for (let fields = 2 * headerCount; fields > 0; fields -= 1) skipField(cursor);
    if (cursor.at !== end) throw new Error('a record of another length than it says');
    take(offsetDelta, timestampDelta, new RecordContent(bytes, headersFrom, valueFrom, valueTo));
  }
  if (count < 0 || cursor.at !== bytes.length) throw new Error('another number of records than it says');
  return items;
}
