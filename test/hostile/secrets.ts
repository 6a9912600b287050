import { hostname } from 'node:os';
import { join } from 'node:path';

/** Secrets that are planted in the service's environment; none may come out of it anywhere. */
export const SECRETS = {
  ADMIN_TOKEN: 'planted-admin-token-5c1e',
  REDIS_PASSWORD: 'planted-redis-password-90ab',
  REDIS_URL: 'redis://planted-user:planted-redis-url-77de@127.0.0.1:6379/0',
} as const;

/** For a service that authenticates to its brokers. */
export const SASL_SECRETS = {
  KAFKA_SASL_MECHANISM: 'PLAIN',
  KAFKA_SASL_USERNAME: 'somebody',
  KAFKA_SASL_PASSWORD: 'planted-sasl-password-1f3d',
} as const;

const ROOT = join(import.meta.dirname, '..', '..');

const SECRET = /planted-[a-z]+-[a-z-]*[0-9a-f]{4}/;

/** What tells of the inside: traces, files, modules, addresses, names of errors and of the machine. */
const INTERNALS: readonly RegExp[] = [
  SECRET,
  /^\s+at .+:\d+:\d+/m,
  /node_modules|node:internal|file:\/\//,
  /\bE(CONN|NOT|PIPE|ADDR|TIMEDOUT)[A-Z]*\b/,
  /\b(Type|Range|Syntax|Reference)Error\b/,
  /\b127\.0\.0\.1\b|\blocalhost\b/,
];

/** The secret in a text that everything may stand in but secrets (logs, metrics, help); undefined: none. */
export function secretIn(text: string): string | undefined {
  return SECRET.exec(text)?.[0];
}

/** What an answer to a client tells of the inside; undefined: nothing. */
export function internalIn(answer: string): string | undefined {
  for (const pattern of INTERNALS) {
    const found = pattern.exec(answer);
    if (found !== null) return found[0];
  }
  if (answer.includes(ROOT)) return ROOT;
  return answer.includes(hostname()) ? hostname() : undefined;
}
