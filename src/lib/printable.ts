/*
 * Text from the bus, from other services and from strangers is shown on terminals, where control characters move the cursor
 * and forge lines, and characters of direction (Unicode, UAX #9) make a line read as another.
 */

/** C0, DEL and C1; line and paragraph separators; all that sets the direction of a text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** The same without what JSON has escaped already. */
const UNPRINTABLE_IN_JSON = /[\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text with such characters as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** JSON that means the same and holds no such characters. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE_IN_JSON, escaped);
}

/** A copy of a value of plain objects and lists, in which every text is printable. */
export function withPrintableTexts<T>(value: T): T;
export function withPrintableTexts(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map((entry: unknown) => withPrintableTexts(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withPrintableTexts(entry)]));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
