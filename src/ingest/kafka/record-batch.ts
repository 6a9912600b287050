import type { FeedRecord, UnreadableBatch } from '../feed.ts';

import { type Decompress, Oversized } from './decompression.ts';
import { LIMIT } from './kafka-options.ts';
import type { PartitionState } from './partition.ts';
import { readRecords } from './record-reader.ts';

// Where fields of a record batch lie (Kafka protocol, record batch format 2), and bits of its attributes.
const LENGTH = 8;
const LENGTH_COUNTS_FROM = 12;
const LEADER_EPOCH = 12;
const MAGIC = 16;
const ATTRIBUTES = 21;
const LAST_OFFSET_DELTA = 23;
const BASE_TIMESTAMP = 27;
const MAX_TIMESTAMP = 35;
const RECORD_COUNT = 57;
const RECORDS = 61;
const CODEC = 0b111;
const LOG_APPEND_TIME = 1 << 3;
const CONTROL = 1 << 5;

/** What one fetch brought for one partition, up to its end or to where decoding it takes long. */
export interface Slice {
  readonly state: PartitionState;
  readonly records: readonly FeedRecord[];
  /** Batches that are passed over. */
  readonly unreadable: readonly UnreadableBatch[];
  /** Uncompressed. */
  readonly bytes: number;
  /** Offset after the last one seen, control records and compacted gaps included. */
  readonly next: number;
  /** End offset when it was fetched. */
  readonly end: number;
  /** Leader epoch of the last batch seen. */
  readonly epoch: number;
  /** As the broker sent it: what the records and the unreadable batches lie in. */
  readonly fetched: Buffer;
}

/**
 * Records from `state.fetchFrom` on; a batch may begin before it, because batches come whole. The last one may be cut short
 * by the limit of the fetch, and is left for the next one.
 *
 * A batch that is beyond a limit or cannot be read is passed over as a whole: to the fetch it would be an obstacle for ever.
 *
 * @param bytes batches, one after the other
 * @param acceptedAt monotonic ms: when what lies beyond what the log was seen to hold counts as heard
 */
export function sliceOf(
  state: PartitionState,
  bytes: Buffer,
  end: number,
  acceptedAt: number,
  decompress: Decompress,
): Slice {
  const records: FeedRecord[] = [];
  const unreadable: UnreadableBatch[] = [];
  let next = state.fetchFrom;
  let epoch = state.lastEpoch;
  let spent = 0;
  let items = 0;
  for (
    let at = 0;
    at + LENGTH_COUNTS_FROM <= bytes.length && spent < LIMIT.decodedBytes && items < LIMIT.decodedItems;
  ) {
    const batchEnd = at + LENGTH_COUNTS_FROM + Math.max(0, bytes.readInt32BE(at + LENGTH));
    if (batchEnd > bytes.length) break;
    const batch = bytes.subarray(at, batchEnd);
    at = batchEnd;
    next = Math.max(next, offsetAfter(batch));
    epoch = epochOf(batch);
    const before = records.length;
    try {
      const uncompressed = uncompressedOf(batch, decompress);
      items += readInto(records, state, batch, uncompressed, acceptedAt);
      spent += uncompressed.length;
    } catch (error) {
      records.length = before;
      unreadable.push(unreadableBatch(state, batch, error));
      // What it has cost is not known, except that it is no more than this.
      spent += LIMIT.decodedBytes;
    }
  }
  return { state, records, unreadable, bytes: spent, next, end, epoch, fetched: bytes };
}

function uncompressedOf(batch: Buffer, decompress: Decompress): Buffer {
  const format = batch.readUInt8(MAGIC);
  if (format !== 2) throw new Error(`format ${format}, which Kafka before 0.11 had`);
  const attributes = batch.readInt16BE(ATTRIBUTES);
  if ((attributes & CONTROL) !== 0) return batch.subarray(0, 0);
  return decompress(attributes & CODEC, batch.subarray(RECORDS));
}

function readInto(
  records: FeedRecord[],
  state: PartitionState,
  batch: Buffer,
  bytes: Buffer,
  acceptedAt: number,
): number {
  const attributes = batch.readInt16BE(ATTRIBUTES);
  if ((attributes & CONTROL) !== 0) return 0;
  const { streams, topic, partition, fetchFrom, seen } = state;
  const first = readInt64(batch, 0);
  const appendTime = (attributes & LOG_APPEND_TIME) === 0 ? undefined : readInt64(batch, MAX_TIMESTAMP);
  const firstTime = readInt64(batch, BASE_TIMESTAMP);
  return readRecords(
    bytes,
    batch.readInt32BE(RECORD_COUNT),
    LIMIT.decodedItems,
    (offsetDelta, timestampDelta, content) => {
      const offset = first + offsetDelta;
      if (offset < fetchFrom) return;
      const timestamp = appendTime ?? firstTime + timestampDelta;
      const seenAt = offset < seen.until ? seen.at : acceptedAt;
      for (const stream of streams) {
        records.push({ stream, topic, partition, offset, timestamp, content, seenAt });
      }
    },
  );
}

/** Formats before 2 have none. */
function epochOf(batch: Buffer): number {
  return batch.length > MAGIC && batch.readUInt8(MAGIC) === 2 ? batch.readInt32BE(LEADER_EPOCH) : -1;
}

/** In formats before 2 the offset is that of the last record within. */
function offsetAfter(batch: Buffer): number {
  const first = readInt64(batch, 0);
  return first + 1 + (batch.length < RECORDS ? 0 : Math.max(0, batch.readInt32BE(LAST_OFFSET_DELTA)));
}

function unreadableBatch(state: PartitionState, batch: Buffer, error: unknown): UnreadableBatch {
  const { streams, topic, partition } = state;
  const offset = readInt64(batch, 0);
  const reason = error instanceof Oversized ? 'oversized-batch' : 'unreadable-batch';
  const why = error instanceof Error ? error.message : String(error);
  return {
    streams,
    topic,
    partition,
    offset,
    timestamp: batch.length < RECORDS ? 0 : readInt64(batch, MAX_TIMESTAMP),
    reason,
    detail: `${reason}: offsets ${offset} to ${offsetAfter(batch) - 1}: ${why}`,
    bytes: batch,
  };
}

function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}
