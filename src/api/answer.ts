import { printableJson } from '../lib/printable.ts';

/** What goes back to a client, complete; made by {@link createAnswer}. May be sent any number of times. */
export interface Answer {
  readonly status: number;
  /** With type and length of the body. Sent exactly as given; whoever sends it adds Date and what is said about the connection. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: none. */
  readonly body: string;
  /** latin1 for a body of ASCII alone, which is the same bytes and quicker to write. */
  readonly encoding: 'latin1' | 'utf8';
}

export const JSON_TYPE = 'application/json';

export function createAnswer(status: number, body: string, headers: Answer['headers'] = {}): Answer {
  const bytes = Buffer.byteLength(body);
  // A 304 has no body and tells no length of one.
  const length = status === 304 ? {} : { 'content-length': String(bytes) };
  const encoding = bytes === body.length ? 'latin1' : 'utf8';
  return { status, headers: { 'content-type': JSON_TYPE, ...headers, ...length }, body, encoding };
}

/** A 200 with the value as JSON, in which texts from others cannot drive a terminal. */
export function okDocument(value: unknown): Answer {
  return ok(printableJson(JSON.stringify(value)));
}

export function ok(body: string, contentType = JSON_TYPE): Answer {
  return createAnswer(200, body, { 'content-type': contentType });
}
