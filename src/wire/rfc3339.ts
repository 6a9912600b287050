/** A point in time: whole epoch milliseconds and the nanoseconds within that millisecond (0–999,999). */
export interface ParsedInstant {
  readonly ms: number;
  readonly ns: number;
}

const DAY_MS = 86_400_000;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Reads an RFC 3339 date-time with 0–9 fraction digits and `Z` or an offset, as Go writes times. Years 0000–9999; the zero
 * time `0001-01-01T00:00:00Z` reads like any other. undefined: not such a text, or no such day or time. Digit by digit:
 * every buff event carries two of them.
 */
export function parseInstant(text: string): ParsedInstant | undefined {
  const date = readDate(text);
  const time = readTime(text, 11);
  const separated = text[10] === 'T' || text[10] === 't';
  if (Number.isNaN(date) || Number.isNaN(time) || !separated) return undefined;
  const fractionEnd = text[19] === '.' ? endOfDigits(text, 20) : 19;
  const digits = fractionEnd - 20;
  if (fractionEnd !== 19 && (digits < 1 || digits > 9)) return undefined;
  const nanoseconds = digits > 0 ? readDigits(text, 20, digits) * 10 ** (9 - digits) : 0;
  const offset = readOffset(text, fractionEnd);
  if (Number.isNaN(offset)) return undefined;
  const ns = nanoseconds % 1e6;
  return { ms: date + time - offset + (nanoseconds - ns) / 1e6, ns };
}

/** Epoch ms at the start of the day `YYYY-MM-DD`; NaN: not a day. */
function readDate(text: string): number {
  const year = readDigits(text, 0, 4);
  const month = readDigits(text, 5, 2);
  const day = readDigits(text, 8, 2);
  return text[4] === '-' && text[7] === '-' ? dayStart(year, month, day) : Number.NaN;
}

/** Epoch ms at the start of a day; NaN: there is no such day. */
export function dayStart(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12) || !(day >= 1 && day <= 31)) return Number.NaN;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0))) return Number.NaN;
  return daysBefore(year, month, day) * DAY_MS;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March. */
function daysBefore(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - 1 - 719_468;
}

/** Ms of the day at `hh:mm:ss`; NaN: not a time. */
function readTime(text: string, at: number): number {
  const hour = readDigits(text, at, 2);
  const minute = readDigits(text, at + 3, 2);
  const second = readDigits(text, at + 6, 2);
  const valid = hour < 24 && minute < 60 && second < 60 && text[at + 2] === ':' && text[at + 5] === ':';
  return valid ? ((hour * 60 + minute) * 60 + second) * 1_000 : Number.NaN;
}

/** Ms of `Z` or `±hh:mm` at the end of the text; NaN: neither. */
function readOffset(text: string, at: number): number {
  const mark = text[at];
  if (mark === 'Z' || mark === 'z') return text.length === at + 1 ? 0 : Number.NaN;
  const hour = readDigits(text, at + 1, 2);
  const minute = readDigits(text, at + 4, 2);
  const valid = hour < 24 && minute < 60 && text[at + 3] === ':' && text.length === at + 6;
  if (!valid || (mark !== '+' && mark !== '-')) return Number.NaN;
  return (mark === '+' ? 1 : -1) * (hour * 60 + minute) * 60_000;
}

function readDigits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function endOfDigits(text: string, from: number): number {
  let index = from;
  while (index < text.length && text.charCodeAt(index) >= 48 && text.charCodeAt(index) <= 57) index += 1;
  return index;
}
