import type { Stream } from '../events/stream.ts';

/** A record, or a whole batch of them, that could not be read, to be kept. Buffers may be views of a larger one. */
export interface DeadRecord {
  readonly stream: Stream;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Kafka record time, epoch ms. */
  readonly timestamp: number;
  /** Why: a code, optionally followed by `: ` and more. */
  readonly reason: string;
  readonly headers: readonly (readonly [Buffer, Buffer])[];
  readonly value: Buffer | null;
  /** True when `value` is a record batch as the broker holds it, of which no record could be read; `offset` is its first. */
  readonly isBatch?: true;
}

/** A kept record. Its bytes are its own. */
export interface DeadLetter extends DeadRecord {
  /** Bytes that the value had; `value` holds the first {@link VALUE_BYTES_MAX} of them. */
  readonly valueLength: number;
  /** Headers that the record had; `headers` holds the first of them, whole, {@link HEADERS_MAX} and {@link HEADER_BYTES_MAX} at most. */
  readonly headerCount: number;
}

export interface DeadLetters {
  /** Keeps a copy and evicts the oldest letters that are beyond a limit. */
  add(record: DeadRecord): void;
  /** Newest first. */
  list(): readonly DeadLetter[];
  /** Takes out those that the choice holds for, oldest first. */
  take(choice: (letter: DeadLetter) => boolean): DeadLetter[];
  /** Letters ever added. */
  readonly total: number;
  /** Letters that are no longer kept. */
  readonly evicted: number;
  /** Letters ever added, by the code of their reason. */
  readonly byReason: ReadonlyMap<string, number>;
}

export interface DeadLettersLimits {
  readonly maxLetters: number;
  /** Bytes of the values and headers of all kept letters together. */
  readonly maxBytes: number;
}

/** Enough to see what is wrong with a record; real events have a few hundred bytes. */
export const VALUE_BYTES_MAX = 16_384;
export const HEADER_BYTES_MAX = 4_096;
export const HEADERS_MAX = 64;

/** The last records that could not be read, in memory, bounded in number and bytes (architecture §4). */
export function createDeadLetters({ maxLetters, maxBytes }: DeadLettersLimits): DeadLetters {
  const letters: DeadLetter[] = [];
  const byReason = new Map<string, number>();
  let bytes = 0;
  let total = 0;
  let evicted = 0;

  return {
    add(record) {
      const letter = copyOf(record);
      letters.push(letter);
      bytes += sizeOf(letter);
      total += 1;
      const [code = record.reason] = record.reason.split(':', 1);
      byReason.set(code, (byReason.get(code) ?? 0) + 1);
      while (letters.length > maxLetters || bytes > maxBytes) {
        const oldest = letters.shift();
        if (oldest === undefined) break;
        bytes -= sizeOf(oldest);
        evicted += 1;
      }
    },
    list: () => letters.toReversed(),
    take(choice) {
      const taken = letters.filter(choice);
      const kept = letters.filter((letter) => !taken.includes(letter));
      letters.splice(0, letters.length, ...kept);
      bytes -= taken.reduce((sum, letter) => sum + sizeOf(letter), 0);
      return taken;
    },
    get total() {
      return total;
    },
    get evicted() {
      return evicted;
    },
    byReason,
  };
}

function copyOf(record: DeadRecord): DeadLetter {
  const { stream, topic, partition, offset, timestamp, reason, headers, value, isBatch } = record;
  const keptHeaders: (readonly [Buffer, Buffer])[] = [];
  let headerBytes = 0;
  for (const header of headers.slice(0, HEADERS_MAX)) {
    const [name, content] = header;
    if (headerBytes + name.length + content.length > HEADER_BYTES_MAX) break;
    headerBytes += name.length + content.length;
    keptHeaders.push(header);
  }
  const keptValue = value?.subarray(0, VALUE_BYTES_MAX);
  const keep = keeperOf(headerBytes + (keptValue?.length ?? 0));
  return {
    stream,
    topic,
    partition,
    offset,
    timestamp,
    reason,
    ...(isBatch === undefined ? {} : { isBatch }),
    headers: keptHeaders.map(([name, content]) => [keep(name), keep(content)]),
    headerCount: headers.length,
    value: keptValue === undefined ? null : keep(keptValue),
    valueLength: value?.length ?? 0,
  };
}

/**
 * Copies into one block of this size. Of its own: Node hands out small buffers as slices of shared blocks of
 * `Buffer.poolSize` (64 KiB), and each slice that is kept would keep its whole block.
 */
function keeperOf(size: number): (bytes: Buffer) => Buffer {
  const block = Buffer.allocUnsafeSlow(size);
  let used = 0;
  return (bytes) => {
    const from = used;
    used += bytes.copy(block, from);
    return block.subarray(from, used);
  };
}

function sizeOf({ headers, value }: DeadLetter): number {
  return headers.reduce((sum, [name, content]) => sum + name.length + content.length, value?.length ?? 0);
}
