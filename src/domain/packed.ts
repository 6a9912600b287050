// An integer's first byte: MORE, SIGN, then its lowest 6 bits (numbers below FIRST). Each further one: MORE, then 7 bits (below NEXT).
const MORE = 128;
const SIGN = 64;
const FIRST = 64;
const NEXT = 128;

/**
 * Integers and texts, one after the other in one text of bytes. A list that is packed so weighs a few bytes per number, is one
 * object for the collector. Classes, because one is made for each look at a row and its methods must not be.
 */
export class Packer {
  readonly #bytes: number[] = [];

  /** A safe integer: small ones take a byte. */
  integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`expected an integer to pack, got ${value}`);
    let rest = Math.abs(value);
    this.#bytes.push((value < 0 ? SIGN : 0) | (rest % FIRST) | (rest < FIRST ? 0 : MORE));
    rest = Math.floor(rest / FIRST);
    while (rest > 0) {
      this.#bytes.push((rest % NEXT) | (rest < NEXT ? 0 : MORE));
      rest = Math.floor(rest / NEXT);
    }
  }

  /** An integer, or none. */
  optional(value: number | undefined): void {
    if (value === undefined) this.integer(0);
    else this.integer(value < 0 ? value : value + 1);
  }

  text(value: string): void {
    this.integer(value.length);
    for (let at = 0; at < value.length; at += 1) this.integer(value.charCodeAt(at));
  }

  packed(): string {
    return Buffer.from(this.#bytes).toString('latin1');
  }
}

/** Reads what a {@link Packer} has packed, in the same order. */
export class Unpacker {
  readonly #packed: string;
  #at = 0;

  constructor(packed: string) {
    this.#packed = packed;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#packed.length;
  }

  integer(): number {
    const first = this.#packed.charCodeAt(this.#at);
    this.#at += 1;
    let value = first & (FIRST - 1);
    if (first & MORE) {
      let scale = FIRST;
      let byte: number;
      do {
        byte = this.#packed.charCodeAt(this.#at);
        this.#at += 1;
        value += (byte & (NEXT - 1)) * scale;
        scale *= NEXT;
      } while (byte & MORE);
    }
    return first & SIGN ? -value : value;
  }

  optional(): number | undefined {
    const value = this.integer();
    if (value === 0) return undefined;
    return value < 0 ? value : value - 1;
  }

  text(): string {
    const length = this.integer();
    let text = '';
    for (let index = 0; index < length; index += 1) text += String.fromCharCode(this.integer());
    return text;
  }
}
