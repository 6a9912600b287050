import type { Writable } from 'node:stream';
import { type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly serviceName: string;
  /** Where lines go; a terminal gets lines for people, anything else JSON. */
  readonly output: Writable & { readonly isTTY?: boolean };
}

/** Should a secret ever be part of what is logged, it is cut out here, up to two levels deep. */
const SECRETS = ['password', 'adminToken', 'authorization', 'sasl'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

/** Structured logs: one line per entry, times in UTC, levels by name. */
export async function createLogger({ level, serviceName, output }: LoggerOptions): Promise<Logger> {
  const options = {
    level,
    base: { service: serviceName },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRETS, censor: '***' },
  };
  if (output.isTTY !== true) return pino(options, output);
  // Loaded only for people: it would cost every start 20 ms.
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ destination: output, ignore: 'service', translateTime: 'SYS:HH:MM:ss.l' }));
}
