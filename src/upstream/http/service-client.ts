import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import { backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Service } from '../port.ts';
import { wasRefusedWith } from '../upstream-errors.ts';
import { type ExchangeFailure, exchange, type HttpAnswer } from './exchange.ts';
import { REDIRECTS_MAX, redirectOf } from './redirects.ts';
import {
  ANSWER_MAX_BYTES,
  type Astray,
  failureOf,
  type RequestOutcome,
  type RequestResult,
  resultOf,
} from './request-result.ts';

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

/** A packet that gets lost while a connection is made is sent again late and later by the kernel: begin anew instead. */
const CONNECT_TIMEOUT_MS = 2_000;
const PAUSE_FIRST_MS = 100;
const PAUSE_MAX_MS = 1_000;

export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { service, clock, random, mayRepeat, onDate, observe, onEnvironmentRefused } = options;
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  const closing = new AbortController();
  const connect = options.connect ?? ((origin) => openPool(origin, options.connections));
  const pool = connect(base.origin);

  async function attempt<T>(request: ServiceRequest, decode: (document: unknown) => T): Promise<RequestResult<T>> {
    const began = clock.mono();
    let dated: readonly [date: number, receivedAt: number] | undefined;
    const answer = await follow(request, began + request.deadline, (headers) => {
      const date = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
      dated = Number.isNaN(date) || headers.age !== undefined ? undefined : [date, clock.mono()];
    });
    const result =
      'failed' in answer ? failureOf(service, answer, request.deadline) : await resultOf(service, answer, decode);
    if ('value' in result && dated !== undefined) onDate(service, dated[0], began, dated[1]);
    observe(service, result.outcome, (clock.mono() - began) / 1_000);
    return result;
  }

  /** Sends the request, and follows where the service sends it on to. The last answer is a redirect when it may not. */
  async function follow(
    request: ServiceRequest,
    until: number,
    onHeaders: (headers: HttpAnswer['headers']) => void,
  ): Promise<HttpAnswer | ExchangeFailure | Astray> {
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

  /** An environment that the service does not know must not cost the answer that it gives without. */
  async function attemptIn<T>(request: ServiceRequest, decode: (document: unknown) => T): Promise<RequestResult<T>> {
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
