import type { Width } from './go-json.ts';
import { isLiteral, type Literal, literal, viewOf } from './literal.ts';
import { dayStart } from './rfc3339.ts';

const QUOTE = 0x22;
export const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
export const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

const NULL = literal('null');
const TRUE = literal('true');
const FALSE = literal('false');

/** Few enough for the number to be exact. */
const DIGITS_MAX = 15;
const WORD_LENGTH = 64;
const WORDS = 256;
/** Objects and lists within each other that are skipped. */
const DEPTH_MAX = 8;
const TENS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8] as const;

/** Where the reading stands once something else came than was expected: nothing is there. */
const LOST = 2 ** 30;

/**
 * JSON as Go's encoder writes it, read in one pass over its bytes: no blanks, plain ASCII without escapes. Whoever reads says
 * what comes next. Once something else has come, all that is read is worthless, and {@link isRead} stays false.
 */
export class GoBytes {
  // What a fetch brought is one buffer, of which a record is a part: it is seen through the same view again and again.
  #bytes: Buffer = Buffer.alloc(0);
  #view = viewOf(this.#bytes);
  #at = 0;
  #end = 0;
  /** Nanoseconds within the millisecond of the {@link time} read last. */
  ns = 0;
  /** Its ten bytes, and what they mean. */
  #lastDay = { head: 0, middle: 0, tail: 0, start: Number.NaN };
  /** The last word for each hash: those of events are few, and making a text takes longer than finding it. */
  readonly #words: string[] = Array.from({ length: WORDS }, () => '');

  begin(bytes: Buffer, from: number, to: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.#at = from;
    this.#end = to;
  }

  /** All was as expected, up to the end. */
  get isRead(): boolean {
    return this.#at === this.#end;
  }

  giveUp(): void {
    this.#at = LOST;
  }

  expect(expected: Literal): void {
    if (!this.has(expected)) this.#at = LOST;
  }

  /** Goes on after the literal if it comes next. */
  has(expected: Literal): boolean {
    const from = this.#at;
    const to = from + expected.length;
    if (to > this.#end || !isLiteral(this.#view, from, to, expected)) return false;
    this.#at = to;
    return true;
  }

  /** All was as expected up to here, and the end is this. */
  endsWith(expected: Literal): boolean {
    const from = this.#end - expected.length;
    return this.#at <= from && isLiteral(this.#view, from, this.#end, expected);
  }

  expectByte(byte: number): void {
    if (!this.hasByte(byte)) this.#at = LOST;
  }

  hasByte(byte: number): boolean {
    if (this.#byteAt(this.#at) !== byte) return false;
    this.#at += 1;
    return true;
  }

  hasNull(): boolean {
    return this.has(NULL);
  }

  flag(): boolean {
    if (this.has(TRUE)) return true;
    this.expect(FALSE);
    return false;
  }

  /** A whole number. */
  integer({ min, max }: Width): number {
    const view = this.#view;
    const end = this.#end;
    const isNegative = this.hasByte(MINUS);
    const from = this.#at;
    let at = from;
    let value = 0;
    for (; at < end; at += 1) {
      const digit = view.getUint8(at) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = at - from;
    const isPlain =
      digits === 1 ? value > 0 || !isNegative : digits > 1 && digits <= DIGITS_MAX && view.getUint8(from) !== ZERO;
    const number = isNegative ? -value : value;
    this.#at = isPlain && number >= min && number <= max ? at : LOST;
    return number;
  }

  /** A text of which there are few. */
  word(): string {
    const view = this.#view;
    const from = this.#at + 1;
    const end = this.#end;
    let hash = 0;
    let at = from;
    for (; at < end; at += 1) {
      const byte = view.getUint8(at);
      if (!isPlain(byte)) break;
      hash = (hash * 31 + byte) & 0xff_ffff;
    }
    if (this.#byteAt(from - 1) !== QUOTE || this.#byteAt(at) !== QUOTE || at - from > WORD_LENGTH) {
      this.#at = LOST;
      return '';
    }
    this.#at = at + 1;
    const known = this.#words[hash % WORDS] ?? '';
    if (isText(known, view, from, at)) return known;
    const word = this.#text(from, at);
    this.#words[hash % WORDS] = word;
    return word;
  }

  /** A text of this length. */
  text(length: number): string {
    const from = this.#at + 1;
    this.skipText();
    if (this.#at !== from + length + 1) this.#at = LOST;
    return this.#at === LOST ? '' : this.#text(from, from + length);
  }

  skipText(): void {
    const view = this.#view;
    const end = this.#end;
    let at = this.#at + 1;
    while (at < end && isPlain(view.getUint8(at))) at += 1;
    this.#at = this.#byteAt(this.#at) === QUOTE && this.#byteAt(at) === QUOTE ? at + 1 : LOST;
  }

  /** RFC 3339 in UTC: whole epoch ms. */
  time(): number {
    const from = this.#at + 1;
    // Up to its seconds: 2026-02-03T18:01:57
    const seconds = from + 19;
    if (seconds + 2 > this.#end) return this.#noTime();
    const isMarked =
      this.#byteAt(from - 1) === QUOTE &&
      this.#byteAt(from + 10) === LETTER_T &&
      this.#byteAt(from + 13) === COLON &&
      this.#byteAt(from + 16) === COLON;
    const day = this.#dayStart(from);
    const hour = this.#two(from + 11);
    const minute = this.#two(from + 14);
    const second = this.#two(from + 17);
    const fraction = this.#byteAt(seconds) === POINT ? seconds + 1 : seconds;
    const to = fraction > seconds ? this.#endOfDigits(fraction) : seconds;
    const digits = to - fraction;
    const isWhole =
      isMarked && hour < 24 && minute < 60 && second < 60 && digits <= 9 && (digits > 0 || to === seconds);
    if (!isWhole || Number.isNaN(day) || this.#byteAt(to) !== LETTER_Z || this.#byteAt(to + 1) !== QUOTE)
      return this.#noTime();
    this.#at = to + 2;
    const nanoseconds = this.#number(fraction, to) * (TENS[9 - digits] ?? 0);
    const ns = nanoseconds % 1e6;
    this.ns = ns;
    return day + ((hour * 60 + minute) * 60 + second) * 1_000 + (nanoseconds - ns) / 1e6;
  }

  /** Anything. */
  skipValue(depth = 0): void {
    switch (this.#byteAt(this.#at)) {
      case QUOTE:
        this.skipText();
        break;
      case OPEN_OBJECT:
        this.#skipEntries(CLOSE_OBJECT, depth);
        break;
      case OPEN_LIST:
        this.#skipEntries(CLOSE_LIST, depth);
        break;
      default:
        if (!this.has(NULL) && !this.has(TRUE) && !this.has(FALSE)) this.#skipNumber();
    }
  }

  #skipEntries(close: number, depth: number): void {
    this.#at = depth === DEPTH_MAX ? LOST : this.#at + 1;
    if (this.hasByte(close)) return;
    do {
      if (close === CLOSE_OBJECT) {
        this.skipText();
        this.expectByte(COLON);
      }
      this.skipValue(depth + 1);
    } while (this.hasByte(COMMA));
    this.expectByte(close);
  }

  /** Go writes those that are neither very large nor very small without an exponent. */
  #skipNumber(): void {
    const from = this.#byteAt(this.#at) === MINUS ? this.#at + 1 : this.#at;
    const whole = this.#endOfDigits(from);
    const isPlain = whole > from && (this.#byteAt(from) !== ZERO || whole === from + 1);
    const to = this.#byteAt(whole) === POINT ? this.#endOfDigits(whole + 1) : whole;
    this.#at = isPlain && to !== whole + 1 ? to : LOST;
  }

  #noTime(): number {
    this.#at = LOST;
    return Number.NaN;
  }

  /** Epoch ms at the start of `2026-02-03`; NaN: not a day. Nearly all times are of the day of the one before. */
  #dayStart(from: number): number {
    const view = this.#view;
    const head = view.getInt32(from);
    const middle = view.getInt32(from + 4);
    const tail = view.getInt16(from + 8);
    const last = this.#lastDay;
    if (head === last.head && middle === last.middle && tail === last.tail) return last.start;
    const isMarked = view.getUint8(from + 4) === MINUS && view.getUint8(from + 7) === MINUS;
    const year = this.#two(from) * 100 + this.#two(from + 2);
    const start = isMarked ? dayStart(year, this.#two(from + 5), this.#two(from + 8)) : Number.NaN;
    this.#lastDay = { head, middle, tail, start };
    return start;
  }

  /** NaN: other bytes than digits. */
  #two(at: number): number {
    const tens = this.#view.getUint8(at) - ZERO;
    const ones = this.#view.getUint8(at + 1) - ZERO;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
  }

  #endOfDigits(from: number): number {
    let at = from;
    while (isDigit(this.#byteAt(at))) at += 1;
    return at;
  }

  #number(from: number, to: number): number {
    let value = 0;
    for (let at = from; at < to; at += 1) value = value * 10 + (this.#view.getUint8(at) - ZERO);
    return value;
  }

  /** -1 after the end. */
  #byteAt(at: number): number {
    return at < this.#end ? this.#view.getUint8(at) : -1;
  }

  #text(from: number, to: number): string {
    return this.#bytes.toString('latin1', from, to);
  }
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function isText(text: string, view: DataView, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== view.getUint8(from + index)) return false;
  }
  return true;
}
