import type { CharacterId } from '../domain/tenant.ts';

const CHARACTER_ID = Buffer.from('"characterId"');
const ID_MAX = 4_294_967_295;
const ID_DIGITS_MAX = 10;

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Whose event this is, told from bytes in the form that Go writes: no blanks, no escapes, `characterId` once, outermost, and
 * after plain values only. undefined: another form, which has to be decoded. The decoder never finds another character in
 * the value.
 */
export function glanceCharacterId(value: Buffer): CharacterId | undefined {
  if (value[0] !== OPEN_OBJECT) return undefined;
  let at = 1;
  for (;;) {
    const key = at;
    at = afterString(value, at);
    if (at < 0 || value[at] !== COLON) return undefined;
    at += 1;
    if (isCharacterId(value, key, at - 1)) return idAt(value, at);
    at = afterPlain(value, at);
    if (at < 0 || value[at] !== COMMA) return undefined;
    at += 1;
  }
}

/** Where the string that begins at `from` has ended; −1: no plain string. */
function afterString(value: Buffer, from: number): number {
  if (value[from] !== QUOTE) return -1;
  for (let at = from + 1; at < value.length; at++) {
    const byte = value[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) return -1;
  }
  return -1;
}

/** Where the string, number or word that begins at `from` has ended; −1: an object, a list, or nothing of the kind. */
function afterPlain(value: Buffer, from: number): number {
  const first = value[from];
  if (first === QUOTE) return afterString(value, from);
  if (first === OPEN_OBJECT || first === OPEN_LIST) return -1;
  for (let at = from; at < value.length; at++) {
    const byte = value[at];
    if (byte === COMMA || byte === CLOSE_OBJECT) return at;
    if (byte === QUOTE) return -1;
  }
  return -1;
}

function isCharacterId(value: Buffer, from: number, until: number): boolean {
  if (until - from !== CHARACTER_ID.length) return false;
  for (let index = 0; index < CHARACTER_ID.length; index++) {
    if (value[from + index] !== CHARACTER_ID[index]) return false;
  }
  return true;
}

function idAt(value: Buffer, from: number): CharacterId | undefined {
  let id = 0;
  let at = from;
  for (let byte = value[at]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = value[at]) {
    id = id * 10 + (byte - ZERO);
    at += 1;
  }
  const digits = at - from;
  const isPlain = digits >= 1 && digits <= ID_DIGITS_MAX && id <= ID_MAX && (digits === 1 || value[from] !== ZERO);
  const isOver = value[at] === COMMA || value[at] === CLOSE_OBJECT;
  return isPlain && isOver && isOnly(value, at) ? id : undefined;
}

/** A second key of that name would win, and so would one that is written with escapes. */
function isOnly(value: Buffer, from: number): boolean {
  return value.indexOf(BACKSLASH, from) < 0 && value.indexOf(CHARACTER_ID, from) < 0;
}
