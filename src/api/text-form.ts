/*
 * What the texts for a terminal are made of: lines of at most 80 columns, in which columns stand under each other.
 */

export const COLUMNS = 80;

/** Columns that a terminal gives a text: East Asian letters and emoji take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += isWide(letter.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

/** Blocks of the wide and full-width letters (Unicode, East Asian Width W and F). */
function isWide(code: number): boolean {
  return (
    code >= 0x1100 &&
    (code <= 0x115f ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0xffe0 && code <= 0xffe6) ||
      code >= 0x1f300)
  );
}

/** At most so many columns; what is cut off shows as an ellipsis. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 1;
  for (const letter of text) {
    width += widthOf(letter);
    if (width > columns) break;
    kept += letter;
  }
  return `${kept}…`;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}

/** Breaks between words; further lines are indented by `hanging`. Words that fit into no line are cut. */
export function wrapped(text: string, indent: number, hanging = indent): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && widthOf(line) + 1 + widthOf(word) > COLUMNS) {
      lines.push(line);
      line = ' '.repeat(hanging);
      empty = true;
    }
    line = cut(empty ? `${line}${word}` : `${line} ${word}`, COLUMNS);
    empty = false;
  }
  return [...lines, line];
}

/** Blocks of lines, those without any left out, with an empty line between them. */
export function joined(blocks: readonly (readonly string[])[]): string {
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

/** `name (id), extra`, its name cut so that the rest stays whole; the id alone when nobody knows a name. */
export function labelled(name: string | undefined, id: number, extra: string, columns = COLUMNS): string {
  const rest = extra === '' ? '' : `, ${extra}`;
  if (name === undefined) return cut(`${id}${rest}`, columns);
  const tail = ` (${id})${rest}`;
  return cut(`${cut(name, Math.max(4, columns - widthOf(tail)))}${tail}`, columns);
}

/** 1652 as 1,652. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** With a plus or minus before it. */
export function signed(value: number): string {
  return value > 0 ? `+${grouped(value)}` : grouped(value);
}

/** Ms as people say them: 0.5 s, 12 s, 1:52, 2:03:04. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
