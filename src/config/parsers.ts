import { parseGoDuration } from '../lib/go-duration.ts';

/** A reader of one variable's text; undefined: not acceptable. */
export type Parser<T> = (text: string) => T | undefined;

export function integerBetween(least: number, most: number): Parser<number> {
  return (text) => (/^\d{1,10}$/.test(text) ? within(Number(text), least, most) : undefined);
}

export function ratio(text: string): number | undefined {
  return /^\d*\.?\d+$/.test(text) ? within(Number(text), 0, 1) : undefined;
}

/** Milliseconds; the bounds too. */
export function durationBetween(least: number, most: number): Parser<number> {
  return (text) => {
    const ms = parseGoDuration(text);
    return ms === undefined ? undefined : within(ms, least, most);
  };
}

export function oneOf<T extends string>(choices: readonly T[]): Parser<T> {
  return (text) => choices.find((choice) => choice === text);
}

export function anyText(text: string): string {
  return text;
}

/** Visible ASCII without blanks: what an HTTP header can carry as one word. */
export function headerWord(text: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}

/** The names that Kafka accepts for topics. */
export function topicName(text: string): string | undefined {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(text) && text !== '.' && text !== '..' ? text : undefined;
}

/** The URL with a trailing slash, ready for relative paths. */
export function serviceUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  const bare = `${url.origin}${url.pathname}`;
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!plain) return undefined;
  return bare.endsWith('/') ? bare : `${bare}/`;
}

/** A name, an IPv4 address or a bracketed IPv6 address, and a port. */
export function hostAndPort(text: string): string | undefined {
  const [, port] = /^(?:[a-zA-Z0-9._-]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && within(Number(port), 1, 65_535) !== undefined ? text : undefined;
}

/** host:port, or a redis:// or rediss:// URL. */
export function redisUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (url !== null && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '') return text;
  return hostAndPort(text);
}

export function hostAndPortList(text: string): readonly string[] | undefined {
  const brokers = text.split(',').map((entry) => hostAndPort(entry.trim()));
  const valid = brokers.filter((entry) => entry !== undefined);
  return valid.length === brokers.length ? valid : undefined;
}

function within(value: number, least: number, most: number): number | undefined {
  return value >= least && value <= most ? value : undefined;
}
