import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { KafkaModule } from './kafka-options.ts';

/** A record batch is beyond one of our limits. */
export class Oversized extends Error {}

/**
 * Uncompressed bytes of a batch's records. The codec is what the batch's attributes say (0 is none).
 *
 * @throws Oversized when they are more than the limit, before they are all there
 * @throws whatever the codec throws when the bytes are not its own
 */
export type Decompress = (codec: number, bytes: Buffer) => Buffer;

/** The client's codecs know no bound: zlib's are called with one, and for the others the size is found out before. */
export function createDecompress({ compressionsAlgorithms }: KafkaModule, most: number): Decompress {
  const { snappy, lz4 } = compressionsAlgorithms;
  return (codec, bytes) => {
    switch (codec) {
      case 0:
        return bytes;
      case 1:
        return bounded(most, () => gunzipSync(bytes, { maxOutputLength: most }));
      case 2:
        check(snappySize(bytes), most);
        return snappy.decompressSync(bytes);
      case 3:
        check(lz4SizeBound(bytes), most);
        return lz4.decompressSync(bytes);
      case 4:
        return bounded(most, () => zstdDecompressSync(bytes, { maxOutputLength: most }));
      default:
        throw new Error(`codec ${codec} is not known`);
    }
  };
}

function bounded(most: number, decompress: () => Buffer): Buffer {
  try {
    return decompress();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') check(most + 1, most);
    throw error;
  }
}

function check(size: number, most: number): void {
  if (size > most) throw new Oversized(`expected ${most} bytes at most when uncompressed`);
}

/** First bytes of the stream format of snappy-java, which most producers use: a header of 16 bytes, then chunks. */
const SNAPPY_STREAM = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const SNAPPY_STREAM_HEADER = 16;

/** Size that snappy blocks declare, which their decoder holds them to (format_description.txt of google/snappy). */
function snappySize(bytes: Buffer): number {
  if (!bytes.subarray(0, SNAPPY_STREAM.length).equals(SNAPPY_STREAM)) return snappyBlockSize(bytes, 0);
  let size = 0;
  for (let at = SNAPPY_STREAM_HEADER; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) {
    size += snappyBlockSize(bytes, at + 4);
  }
  return size;
}

function snappyBlockSize(bytes: Buffer, from: number): number {
  let size = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes.readUInt8(from + index);
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return size;
  }
  throw new Error('snappy block without a size');
}

// LZ4 frame format 1.6: bits of the flags, and of a block's size.
const LZ4_BLOCK_CHECKSUM = 1 << 4;
const LZ4_CONTENT_SIZE = 1 << 3;
const LZ4_CONTENT_CHECKSUM = 1 << 2;
const LZ4_DICTIONARY = 1 << 0;
const LZ4_STORED = 0x80000000;
/** A compressed byte stands for 255 at most (LZ4 block format: a length continues byte by byte). */
const LZ4_RATIO = 255;

/** The most that an LZ4 frame may become: each block has the frame's block size at most. */
function lz4SizeBound(bytes: Buffer): number {
  const flags = bytes.readUInt8(4);
  const blockSize = 2 ** (8 + 2 * ((bytes.readUInt8(5) >> 4) & 7));
  let at = 7 + ((flags & LZ4_CONTENT_SIZE) === 0 ? 0 : 8) + ((flags & LZ4_DICTIONARY) === 0 ? 0 : 4);
  let bound = 0;
  for (let word = bytes.readUInt32LE(at); word !== 0; word = bytes.readUInt32LE(at)) {
    const size = word % LZ4_STORED;
    bound += Math.min(blockSize, size * (word >= LZ4_STORED ? 1 : LZ4_RATIO));
    at += 4 + size + ((flags & LZ4_BLOCK_CHECKSUM) === 0 ? 0 : 4);
  }
  at += 4 + ((flags & LZ4_CONTENT_CHECKSUM) === 0 ? 0 : 4);
  // A second frame would escape the bound.
  if (at !== bytes.length) throw new Error('lz4 frame of another length');
  return bound;
}
