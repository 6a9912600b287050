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
  /** Keeps a copy and evicts the oldest letters that are beyond a limit. A record that is kept already is replaced, not counted. */
  add(record: DeadRecord): void;
  /** Newest first. */
  list(): readonly DeadLetter[];
  /** Takes out one that is kept; false: it is not, because it was evicted or replaced. */
  remove(letter: DeadLetter): boolean;
  /** Letters ever added. */
  readonly total: number;
  /** Letters that are no longer kept. */
  readonly evicted: number;
}

export interface DeadLettersOptions {
  readonly maxLetters: number;
  /** Bytes of the values and headers of all kept letters together. */
  readonly maxBytes: number;
  /** Told of each letter when it is added. */
  readonly onAdded?: (letter: DeadLetter, code: string) => void;
}

/** Enough to see what is wrong with a record; real events have a few hundred bytes. */
export const VALUE_BYTES_MAX = 16_384;
export const HEADER_BYTES_MAX = 4_096;
export const HEADERS_MAX = 64;

/** The last records that could not be read, in memory, bounded in number and bytes. */
export function createDeadLetters({ maxLetters, maxBytes, onAdded }: DeadLettersOptions): DeadLetters {
  /** By where they lay; oldest first. */
  const letters = new Map<string, DeadLetter>();
  let bytes = 0;
  let total = 0;
  let evicted = 0;

  const remove = (letter: DeadLetter): boolean => {
    const place = placeOf(letter);
    if (letters.get(place) !== letter) return false;
    letters.delete(place);
    bytes -= sizeOf(letter);
    return true;
  };

  return {
    add(record) {
      const letter = copyOf(record);
      const place = placeOf(letter);
      const before = letters.get(place);
      const [code = record.reason] = record.reason.split(':', 1);
      if (before === undefined) total += 1;
      else remove(before);
      letters.set(place, letter);
      bytes += sizeOf(letter);
      for (const oldest of letters.values()) {
        if (letters.size <= maxLetters && bytes <= maxBytes) break;
        remove(oldest);
        evicted += 1;
      }
      onAdded?.(letter, code);
    },
    list: () => [...letters.values()].toReversed(),
    remove,
    get total() {
      return total;
    },
    get evicted() {
      return evicted;
    },
  };
}

/** A topic may carry several streams. */
function placeOf({ stream, topic, partition, offset }: DeadRecord): string {
  return `${stream} ${topic} ${partition} ${offset}`;
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
