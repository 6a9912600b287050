/** Bytes that are expected, by four; the last four may begin within those before. Comparing single ones takes twice as long or more. */
export interface Literal {
  readonly length: number;
  /** All of them, of fewer than four. */
  readonly few: readonly number[];
  readonly words: readonly number[];
}

/** The bytes of a text in ASCII. */
export function literal(text: string): Literal {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  if (length < 4) return { length, few: [...bytes], words: [] };
  const wordAt = (_: unknown, index: number): number => bytes.readInt32LE(Math.min(index * 4, length - 4));
  return { length, few: [], words: Array.from({ length: Math.ceil(length / 4) }, wordAt) };
}

/** Whether the bytes of the view from `from` to `to` are these. The view must reach so far. */
export function isLiteral(view: DataView, from: number, to: number, { length, few, words }: Literal): boolean {
  if (to - from !== length) return false;
  if (length < 4) {
    for (let index = 0; index < length; index += 1) if (view.getUint8(from + index) !== few[index]) return false;
    return true;
  }
  const last = words.length - 1;
  for (let index = 0; index < last; index += 1) {
    if (view.getInt32(from + index * 4, true) !== words[index]) return false;
  }
  return view.getInt32(to - 4, true) === words[last];
}

export function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
