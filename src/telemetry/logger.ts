import type { Writable } from 'node:stream';
import { type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { AppError } from '../lib/app-error.ts';
import { causeText } from '../lib/cause-text.ts';
import { printable, printableJson } from '../lib/printable.ts';

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

/**
 * Structured logs: one line per entry, times in UTC, levels by name. What others have written (records, answers, names) cannot
 * drive a terminal or forge a line. Errors that are part of normal life, such as a broker that is away, come without their
 * stack, unless the level is debug or below.
 */
export async function createLogger({ level, serviceName, output }: LoggerOptions): Promise<Logger> {
  const withStacks = level === 'debug' || level === 'trace';
  const isTerminal = output.isTTY === true;
  const options = {
    level,
    base: { service: serviceName },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRETS, censor: '***' },
    serializers: { err: (error: unknown) => (withStacks || isDefect(error) ? whole(error) : short(error)) },
    // For a terminal, JSON is turned back into text, controls included: there they are escaped once more.
    hooks: { streamWrite: isTerminal ? forTerminal : printableJson },
  };
  if (!isTerminal) return pino(options, output);
  // Loaded only for people: it would cost every start 20 ms.
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ destination: output, ignore: 'service', translateTime: 'SYS:HH:MM:ss.l' }));
}

/** Whatever nobody gave a code to: those of ours, of Node and of the Kafka client have one. */
function isDefect(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'INTERNAL';
  return error instanceof Error && !('code' in error) && !(error instanceof AggregateError);
}

function whole(error: unknown): unknown {
  return error instanceof Error ? stdSerializers.errWithCause(error) : error;
}

/** One line: what it is, and what it was caused by. */
function short(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type } = error;
  const code = 'code' in error ? error.code : undefined;
  const details = error instanceof AppError && Object.keys(error.details).length > 0 ? error.details : undefined;
  return { type, code, message: causeText(error), details };
}

function forTerminal(line: string): string {
  const entry: unknown = JSON.parse(line, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    return key === 'stack' ? value.split('\n').map(printable).join('\n') : printable(value);
  });
  return `${JSON.stringify(entry)}\n`;
}
