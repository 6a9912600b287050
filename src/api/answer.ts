import { STATUS_CODES } from '../lib/node-http.ts';
import { printableJson } from '../lib/printable.ts';

export const JSON_TYPE = 'application/json';

/** What goes back to a client, complete. May be sent any number of times. */
export class Answer {
  readonly status: number;
  /** With type and length of the body. Sent exactly as given; whoever sends it adds Date and what is said about the connection. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: none. */
  readonly body: string;
  /** latin1 for a body of ASCII alone, which is the same bytes and quicker to write. */
  readonly encoding: 'latin1' | 'utf8';
  #head: string | undefined;

  constructor(status: number, body: string, headers: Answer['headers'] = {}) {
    const bytes = Buffer.byteLength(body);
    // A 304 has no body and tells no length of one.
    const length = status === 304 ? {} : { 'content-length': String(bytes) };
    this.status = status;
    this.headers = { 'content-type': JSON_TYPE, ...headers, ...length };
    this.body = body;
    this.encoding = bytes === body.length ? 'latin1' : 'utf8';
  }

  /** Status and headers as they go over the wire, to the end of their last line. Made once. */
  get head(): string {
    this.#head ??= headOf(this);
    return this.#head;
  }
}

function headOf({ status, headers }: Answer): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  // Joined: one flat text. What is added up is put together anew at every write.
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, ''].join('\r\n');
}

/** A 200 with the value as JSON, in which texts from others cannot drive a terminal. */
export function okDocument(value: unknown): Answer {
  return ok(printableJson(JSON.stringify(value)));
}

export function ok(body: string, contentType = JSON_TYPE): Answer {
  return new Answer(200, body, { 'content-type': contentType });
}
