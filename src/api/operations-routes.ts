import type { DeadLetters } from '../ingest/dead-letters.ts';
import type { Feed } from '../ingest/feed.ts';
import { AppError } from '../lib/app-error.ts';
import type { AdminCheck } from './admin-token.ts';
import { Answer, ok, okDocument } from './answer.ts';
import type { Handler } from './handling.ts';

/** The dead letters as far as they are shown. */
export type DeadLetterView = Pick<DeadLetters, 'list' | 'total' | 'evicted'>;

/** Something that works worse than it should, for people. */
export interface Degradation {
  /** `feed`, or the name of an upstream service. */
  readonly what: string;
  readonly reason: string;
}

export type ReadinessReport =
  /** Requests can be answered, as well as what is degraded allows. */
  | { readonly ready: true; readonly degraded: readonly Degradation[] }
  /** Starting or stopping. The reason is shown to whoever asks. */
  | { readonly ready: false; readonly reason: string };

/** Whether requests should be sent here at this moment; cheap, asked for every second or so. */
export type Readiness = () => ReadinessReport;

/** `mode`: nobody is to take the demo for the real thing. */
export function createReadyHandler(readiness: Readiness, mode: 'kafka' | 'demo'): Handler {
  return () => {
    const report = readiness();
    if (!report.ready) throw new AppError('NOT_READY', report.reason, { retryable: true });
    return okDocument({ status: 'ready', mode, degraded: report.degraded });
  };
}

export function createLiveHandler(): Handler {
  const answer = ok(JSON.stringify({ status: 'live' }));
  return () => answer;
}

export function createMetricsHandler(metrics: { readonly contentType: string; expose(): Promise<string> }): Handler {
  return async () => ok(await metrics.expose(), metrics.contentType);
}

/** Which of the processes answers. */
export interface Replica {
  /** Of this process alone, also after a restart. */
  readonly name: string;
  /** `k/n`; undefined: everybody's sessions are followed here. */
  readonly shard: string | undefined;
}

/** Adds which process answers: behind an ingress, nobody can tell. */
export function namingReplica(handler: Handler, { name }: Replica): Handler {
  const named = ({ status, body, headers }: Answer): Answer => new Answer(status, body, { ...headers, replica: name });
  return (request) => {
    const answer = handler(request);
    return answer instanceof Promise ? answer.then(named) : named(answer);
  };
}

export function createConsumersHandler(feed: Pick<Feed, 'health' | 'positions'>, replica: Replica): Handler {
  return () => {
    const { current, reason, streams } = feed.health();
    const partitions = feed.positions().map(({ topic, partition, stream, position, committed, end }) => {
      return { topic, partition, stream, position, committed, end, lag: Math.max(0, end - position) };
    });
    return okDocument({ replica: replica.name, shard: replica.shard, current, reason, streams, partitions });
  };
}

/**
 * Where dead letters lay and why they are dead, for anybody; what they held only for bearers of the admin token, and for
 * nobody while there is none.
 */
export function createDeadLettersHandler(deadLetters: DeadLetterView, admin: AdminCheck): Handler {
  return (request) => {
    const isAdmin = admin.isAdmin(request);
    const letters = deadLetters.list().map((letter) => ({
      topic: letter.topic,
      partition: letter.partition,
      offset: letter.offset,
      timestamp: letter.timestamp,
      reason: letter.reason,
      valueLength: letter.valueLength,
      ...(isAdmin ? payloadOf(letter) : {}),
    }));
    return okDocument({ total: deadLetters.total, evicted: deadLetters.evicted, letters });
  };
}

function payloadOf({ headers, value }: ReturnType<DeadLetterView['list']>[number]) {
  return {
    headers: headers.map(([name, content]) => ({ name: name.toString('latin1'), value: content.toString('base64') })),
    value: value === null ? null : value.toString('base64'),
  };
}
