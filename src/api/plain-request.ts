import type { IncomingHttpHeaders } from 'node:http';
import type { Tenant } from '../domain/tenant.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { type CharacterRequest, characterIdOfPath } from './character-request.ts';
import { contextOf, createTenantHeadersReader, isTenant } from './tenant-headers.ts';

/** A request for a character's stats. */
export interface PlainRequest extends CharacterRequest {
  readonly method: 'GET';
  readonly url: string;
  readonly ifNoneMatch: string | undefined;
}

/** undefined: the bytes are anything else, or not all of it. */
export type PlainRequestReader = (bytes: Buffer) => PlainRequest | undefined;

/** Who asks, by the headers. */
type Caller = Omit<PlainRequest, 'method' | 'url' | 'characterId'>;

/** Bytes. Game services send some 300. */
const REQUEST_MAX = 4_096;
/** Spellings of headers that are kept. A service sends the same ones each time, if it traces nothing. */
const CALLERS_MAX = 256;

const METHOD = 'GET ';
const VERSION = ' HTTP/1.1';
const LINE_END = '\r\n';

/** A header as RFC 9112 §5 has it, with a value of printable ASCII. */
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~](?:[ -~]*[!-~])?)[ \t]*$/;

/** Headers that are looked at. */
const READ = new Set([
  'host',
  'connection',
  'if-none-match',
  'tenant_id',
  'region',
  'major_version',
  'minor_version',
  'traceparent',
  'environment',
]);

/** Those that are kept when the request is over. */
const OUTLIVES = new Set(['traceparent', 'environment']);

/** With one of these a request has a body, or wants something of the connection. */
const NOT_PLAIN = new Set([
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
  'proxy-connection',
  'trailer',
  'te',
]);

/**
 * Reads a request for stats from its bytes, if it is plainly what game services send: one whole GET without query and body, on a
 * connection that stays open, with ids and tenant as they should be. Whatever is spelt otherwise is none of its business: Node's
 * parser and the framework take it, with the same answers.
 */
export function createPlainRequestReader(unnamed: Tenant | undefined): PlainRequestReader {
  const tenantOf = createTenantHeadersReader(unnamed);
  const known = new BoundedMap<string, Caller>(CALLERS_MAX);

  const callerOf = (block: string): Caller | undefined => {
    const headers = headersOf(block);
    if (headers === undefined) return undefined;
    const tenant = tenantOf(headers);
    if (!isTenant(tenant)) return undefined;
    const context = contextOf(headers);
    const ifNoneMatch = headers['if-none-match'];
    const caller: Caller = { tenant, context, ifNoneMatch };
    // A trace is another one each time.
    if (context?.traceparent === undefined && ifNoneMatch === undefined) known.set(block, caller);
    return caller;
  };

  return (bytes) => {
    if (bytes.length > REQUEST_MAX) return undefined;
    const text = bytes.toString('latin1');
    const lineEnd = text.indexOf(LINE_END);
    const urlEnd = lineEnd - VERSION.length;
    if (urlEnd < METHOD.length || !text.startsWith(METHOD) || !text.startsWith(VERSION, urlEnd)) return undefined;
    const url = text.slice(METHOD.length, urlEnd);
    const characterId = characterIdOfPath(url);
    if (characterId === undefined) return undefined;
    const block = text.slice(lineEnd + LINE_END.length);
    const caller = known.get(block) ?? callerOf(block);
    if (caller === undefined) return undefined;
    const { tenant, context, ifNoneMatch } = caller;
    return { method: 'GET', url, characterId, tenant, context, ifNoneMatch };
  };
}

/** Of a whole head without its first line, those that are read. undefined: it is no plain one. */
function headersOf(block: string): IncomingHttpHeaders | undefined {
  const lines = block.split(LINE_END);
  // It ends with an empty line, and nothing follows.
  if (lines.pop() !== '' || lines.pop() !== '') return undefined;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, spelt = '', value = ''] = HEADER.exec(line) ?? [];
    const name = spelt.toLowerCase();
    if (name === '' || NOT_PLAIN.has(name)) return undefined;
    if (!READ.has(name)) continue;
    if (headers[name] !== undefined) return undefined;
    // A copy: a part of a text keeps all of it, and a trace is kept with the character.
    headers[name] = OUTLIVES.has(name) ? Buffer.from(value, 'latin1').toString('latin1') : value;
  }
  const { host, connection = 'keep-alive' } = headers;
  return host !== undefined && connection.toLowerCase() === 'keep-alive' ? headers : undefined;
}
