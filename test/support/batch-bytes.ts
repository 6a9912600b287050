import { createRecordsBatch } from '@platformatic/kafka';
import type { Codec } from './kafka-client.ts';

export interface BatchRecord {
  readonly value: Buffer;
  readonly headers?: readonly (readonly [Buffer, Buffer])[];
  /** Epoch ms; 1,000 when left out. */
  readonly timestamp?: number;
}

/** A record batch as a broker holds it. The client's writer makes it, as another's view of the format than our reader's. */
export function batchBytes(
  firstOffset: number,
  records: readonly (string | BatchRecord)[],
  codec: Codec = 'none',
): Buffer {
  const messages = records.map((record) => {
    const {
      value,
      headers = [],
      timestamp = 1_000,
    } = typeof record === 'string' ? { value: Buffer.from(record) } : record;
    return { topic: '', value, headers: new Map(headers), timestamp: BigInt(timestamp) };
  });
  const bytes = Buffer.from(createRecordsBatch(messages, { compression: codec }).buffer);
  bytes.writeBigInt64BE(BigInt(firstOffset), 0);
  return bytes;
}

/** The batch with other bytes in the place of its records, as they would be when compressed with this codec (1 is gzip). */
export function withContent(batch: Buffer, codec: number, content: Buffer): Buffer {
  const bytes = Buffer.concat([batch.subarray(0, 61), content]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt16BE(codec, 21);
  return bytes;
}
