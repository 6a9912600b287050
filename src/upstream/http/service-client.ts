import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { AppError } from '../../lib/app-error.ts';
import { backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { Undecodable } from '../../wire/undecodable.ts';
import type { Service } from '../port.ts';
import { invalidAnswer, refused, stranger, timedOut, unreachable, wasRefusedWith } from '../upstream-errors.ts';
import { decompressed } from './content-encoding.ts';
import { type Answer, type ExchangeFailure, exchange } from './exchange.ts';
import { ForeignDocument, strangeness } from './owner.ts';
import { REDIRECTS_MAX, redirectOf } from './redirects.ts';

/** How one request ended; `missing` is a 404 that its owner gave, `stranger` an answer that it did not give. */
export type RequestOutcome = 'ok' | 'missing' | 'failed' | 'invalid' | 'stranger' | 'timeout';

/** Connections to one service: of undici's dispatchers what is used here. */
export type Connections = Pick<Dispatcher, 'dispatch'> & { destroy(): Promise<void> };

export interface ServiceClientOptions {
  readonly service: Service;
  /** Ends in `/api/`; a missing last slash is added. */
  readonly baseUrl: string;
  /** Connections at most. */
  readonly connections: number;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Left out: over HTTP. */
  readonly connect?: ((origin: string) => Connections) | undefined;
  /** False: nothing is tried again for now, because the service is known to fail. */
  readonly mayRepeat: () => boolean;
  /** Told of each believed answer's Date (epoch ms), and the monotonic ms of its request and arrival. Not of one from a cache. */
  readonly onDate: (service: Service, date: number, sentAt: number, receivedAt: number) => void;
  readonly observe: (service: Service, outcome: RequestOutcome, seconds: number) => void;
  /** Told of what the service answers without the ENVIRONMENT of the request, and refuses with it. */
  readonly onEnvironmentRefused: (service: Service, environment: string) => void;
}

export interface ServiceRequest {
  /** Below the base URL, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Ms for each attempt. */
  readonly deadline: number;
  readonly attempts: number;
}

export interface ServiceClient {
  /**
   * What `decode` makes of the document, or `missing` (404). `decode` throws Undecodable for a document that is not what it
   * should be. Rejects with AppError UPSTREAM_*. Transport errors and 503 are tried again, time-outs are not: whoever asked
   * has waited long enough. A 400 is tried once more without ENVIRONMENT, which services refuse when they do not know it.
   * Redirects to the same origin are followed.
   */
  get<T>(request: ServiceRequest, decode: (document: unknown) => T): Promise<T | 'missing'>;
  /** Ends all connections; what is under way rejects. */
  close(): Promise<void>;
}

const ANSWER_MAX_BYTES = 8 * 1024 * 1024;
/** A packet that gets lost while a connection is made is sent again late and later by the kernel: begin anew instead. */
const CONNECT_TIMEOUT_MS = 2_000;
const PAUSE_FIRST_MS = 100;
const PAUSE_MAX_MS = 1_000;
const RETRY_AFTER_MAX_MS = 2_000;

interface Success<T> {
  readonly outcome: 'ok' | 'missing';
  readonly value: T | 'missing';
}

/** The service sends elsewhere: to another origin, or round and round (undefined). */
interface Astray {
  readonly failed: 'astray';
  readonly where: string | undefined;
}

/** `pause`: ms to wait at least before another attempt; undefined: none is worth making. */
interface Failure {
  readonly error: AppError;
  readonly outcome: 'failed' | 'invalid' | 'stranger' | 'timeout';
  readonly pause: number | undefined;
}

export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { service, clock, random, mayRepeat, onDate, observe, onEnvironmentRefused } = options;
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  const closing = new AbortController();
  const connect = options.connect ?? ((origin) => openPool(origin, options.connections));
  const pool = connect(base.origin);

  async function attempt<T>(request: ServiceRequest, decode: (document: unknown) => T): Promise<Success<T> | Failure> {
    const began = clock.mono();
    let dated: readonly [date: number, receivedAt: number] | undefined;
    const answer = await follow(request, began + request.deadline, (headers) => {
      const date = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
      dated = Number.isNaN(date) || headers.age !== undefined ? undefined : [date, clock.mono()];
    });
    const result = 'failed' in answer ? failureOf(answer, request.deadline) : await read(answer, decode);
    if ('value' in result && dated !== undefined) onDate(service, dated[0], began, dated[1]);
    observe(service, result.outcome, (clock.mono() - began) / 1_000);
    return result;
  }

  /** Sends the request, and follows where the service sends it on to. The last answer is a redirect when it may not. */
  async function follow(
    request: ServiceRequest,
    until: number,
    onHeaders: (headers: Answer['headers']) => void,
  ): Promise<Answer | ExchangeFailure | Astray> {
    const headers = { 'accept-encoding': 'identity', ...request.headers };
    let path = prefix + request.path;
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
      const answer = await exchange(pool, { path, headers, deadline: until - clock.mono() }, onHeaders);
      const next = 'failed' in answer ? undefined : redirectOf(answer, base.origin + path);
      if (next === undefined) return answer;
      if (next.origin !== base.origin) return { failed: 'astray', where: next.origin };
      path = next.pathname + next.search;
    }
    return { failed: 'astray', where: undefined };
  }

  function failureOf(failure: ExchangeFailure | Astray, deadline: number): Failure {
    switch (failure.failed) {
      case 'timeout':
        return { outcome: 'timeout', error: timedOut(service, deadline), pause: undefined };
      case 'unreachable':
        return { outcome: 'failed', error: unreachable(service, failure.cause), pause: 0 };
      case 'cut':
        return { outcome: 'invalid', error: invalidAnswer(service, 'it was cut off', failure.cause), pause: 0 };
      case 'astray':
        return failure.where === undefined
          ? invalid(`more than ${REDIRECTS_MAX} redirects`)
          : foreign(`a redirect to ${failure.where}`);
    }
  }

  const invalid = (why: string, cause?: unknown): Failure => {
    return { outcome: 'invalid', error: invalidAnswer(service, why, cause), pause: undefined };
  };
  const foreign = (why: string): Failure => {
    return { outcome: 'stranger', error: stranger(service, why), pause: undefined };
  };

  async function read<T>(answer: Answer, decode: (document: unknown) => T): Promise<Success<T> | Failure> {
    if (answer.status !== 200 && answer.status !== 404) {
      const pause = answer.status === 503 ? retryAfter(answer) : undefined;
      return { outcome: 'failed', error: refused(service, answer.status), pause };
    }
    let body: string;
    try {
      const bytes = await decompressed(answer.body, answer.headers['content-encoding'], ANSWER_MAX_BYTES);
      body = bytes.toString('utf8');
    } catch (cause) {
      return invalid('its body cannot be decompressed', cause);
    }
    const strange = strangeness(answer, body);
    if (strange !== undefined) return foreign(strange);
    if (answer.status === 404) return { outcome: 'missing', value: 'missing' };
    return decoded(body, decode);
  }

  function decoded<T>(body: string, decode: (document: unknown) => T): Success<T> | Failure {
    try {
      return { outcome: 'ok', value: decode(JSON.parse(body)) };
    } catch (cause) {
      if (cause instanceof ForeignDocument) return foreign(cause.message);
      if (cause instanceof Undecodable) return invalid(cause.message, cause);
      if (cause instanceof SyntaxError) return invalid('it is not JSON', cause);
      throw cause;
    }
  }

  /** An environment that the service does not know must not cost the answer that it gives without. */
  async function attemptIn<T>(
    request: ServiceRequest,
    decode: (document: unknown) => T,
  ): Promise<Success<T> | Failure> {
    const result = await attempt(request, decode);
    const { ENVIRONMENT: environment, ...headers } = request.headers;
    if ('value' in result || environment === undefined || !wasRefusedWith(400, result.error)) return result;
    const without = await attempt({ ...request, headers }, decode);
    if ('value' in without) onEnvironmentRefused(service, environment);
    return without;
  }

  return {
    async get(request, decode) {
      for (let count = 1; ; count += 1) {
        const result = await attemptIn(request, decode);
        if ('value' in result) return result.value;
        const isLast = result.pause === undefined || count >= request.attempts;
        if (isLast || !mayRepeat()) throw result.error;
        const ms = Math.max(result.pause, backoff(count, PAUSE_FIRST_MS, PAUSE_MAX_MS, random));
        const pause = delay(ms, undefined, { signal: closing.signal });
        await pause.catch(() => undefined);
        if (!mayRepeat()) throw result.error;
      }
    },
    async close() {
      closing.abort();
      await pool.destroy();
    },
  };
}

function openPool(origin: string, connections: number): Pool {
  return new Pool(origin, {
    connections,
    maxResponseSize: ANSWER_MAX_BYTES,
    connectTimeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
    // The deadline of the exchange covers them.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Ms; 0 when the answer does not say in whole seconds. */
function retryAfter({ headers }: Answer): number {
  const text = headers['retry-after'];
  const seconds = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return Math.min(RETRY_AFTER_MAX_MS, seconds * 1_000);
}
