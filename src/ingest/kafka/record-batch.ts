import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka';
import type { FeedRecord } from '../feed.ts';
import type { PartitionState } from './assignment.ts';

// Bits of a record batch's attributes (Kafka protocol, record batch format).
const LOG_APPEND_TIME = 1 << 3;
const CONTROL = 1 << 5;

const EMPTY = Buffer.alloc(0);

/** What one fetch brought for one partition. */
export interface Slice {
  readonly state: PartitionState;
  readonly records: readonly FeedRecord[];
  /** Size of keys, values and headers is not counted exactly: values are what grows. */
  readonly bytes: number;
  /** Offset after the last one seen, control records and compacted gaps included. */
  readonly next: number;
  /** End offset when it was fetched. */
  readonly end: number;
}

/** Records from `state.fetchFrom` on; a batch may begin before it, because compressed batches come whole. */
export function sliceOf(state: PartitionState, batches: readonly RecordsBatch[], end: number): Slice {
  const records: FeedRecord[] = [];
  let next = state.fetchFrom;
  let bytes = 0;
  for (const batch of batches) {
    const first = Number(batch.firstOffset);
    next = Math.max(next, first + batch.lastOffsetDelta + 1);
    if ((batch.attributes & CONTROL) !== 0) continue;
    const appendTime = (batch.attributes & LOG_APPEND_TIME) !== 0 ? Number(batch.maxTimestamp) : undefined;
    const firstTime = Number(batch.firstTimestamp);
    for (const record of batch.records) {
      const offset = first + record.offsetDelta;
      if (offset < state.fetchFrom) continue;
      const timestamp = appendTime ?? firstTime + Number(record.timestampDelta);
      bytes += record.length;
      const headers = headersOf(record);
      for (const stream of state.streams) {
        records.push({
          stream,
          topic: state.topic,
          partition: state.partition,
          offset,
          timestamp,
          headers,
          value: record.value,
        });
      }
    }
  }
  return { state, records, bytes, next, end };
}

type Headers = FeedRecord['headers'];

function headersOf(record: KafkaRecord): Headers {
  const { headers } = record;
  return allPresent(headers) ? headers : headers.map(([key, value]) => [key ?? EMPTY, value ?? EMPTY]);
}

function allPresent(headers: KafkaRecord['headers']): headers is [Buffer, Buffer][] {
  for (const header of headers) {
    if (header[0] === null || header[1] === null) return false;
  }
  return true;
}
