/** A place in bytes that are read one field after the other. */
export interface Cursor {
  bytes: Buffer;
  at: number;
}

/** A zigzag integer of up to ten bytes; beyond 2^53 it is not exact, which concerns record times only. */
export function readVarint(cursor: Cursor): number {
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

/** Where the field begins that ends before the cursor, -1 when it is null: its length comes first. */
export function skipField(cursor: Cursor): number {
  const length = readVarint(cursor);
  if (length < 0) return -1;
  const start = cursor.at;
  cursor.at += length;
  if (cursor.at > cursor.bytes.length) throw new Error('a record that ends too early');
  return start;
}

/** @param value from 0 to 2^30 */
export function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 0x80);
  return Buffer.from([...bytes, rest]);
}
