import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceProcess } from '../support/service-process.ts';
import { until } from '../support/wait.ts';

/** What the service says about itself. */
export interface Observed {
  /** Outcomes, skips and dead letters together. */
  readonly events: number;
  readonly deadByReason: Readonly<Record<string, number>>;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly rssBytes: number;
  /** The longest delay of its event loop since the last look, ms. */
  readonly stallMs: number;
  readonly answered500: number;
  /** As it came. */
  readonly text: string;
}

/** Bytes in the heap and outside. */
export function inUse({ heapBytes, externalBytes }: Pick<Observed, 'heapBytes' | 'externalBytes'>): number {
  return heapBytes + externalBytes;
}

export async function observe(service: ServiceProcess): Promise<Observed> {
  const text = await (await service.get('/api/metrics')).text();
  const sum = (pattern: RegExp): number =>
    [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
  const gauge = (name: string): number => {
    const [, value] = new RegExp(`^${name} (\\S+)$`, 'm').exec(text) ?? [];
    if (value === undefined) throw new Error(`the service tells no ${name}`);
    return Number(value);
  };
  const deadByReason: Record<string, number> = {};
  for (const [, reason = '', count] of text.matchAll(
    /^effective_stats_events_total\{[^}]*outcome="dead",reason="([^"]*)"\} (\d+)$/gm,
  )) {
    deadByReason[reason] = (deadByReason[reason] ?? 0) + Number(count);
  }
  return {
    events: sum(/^effective_stats_events_total\{[^}]*\} (\d+)$/gm),
    deadByReason,
    heapBytes: gauge('nodejs_heap_size_used_bytes'),
    externalBytes: gauge('nodejs_external_memory_bytes'),
    rssBytes: gauge('process_resident_memory_bytes'),
    stallMs: gauge('nodejs_eventloop_lag_max_seconds') * 1_000,
    answered500: sum(/^effective_stats_http_requests_total\{[^}]*status="500"\} (\d+)$/gm),
    text,
  };
}

/** Its memory as it is right after a collection: a busy service has new garbage before it answers. */
export async function observeCollected(service: ServiceProcess): Promise<Observed> {
  await collect(service);
  await delay(200);
  // This one takes what finalizers of the first one let go.
  const memory = await collect(service);
  return { ...(await observe(service)), ...memory };
}

/** What `collect-garbage.ts` tells. */
async function collect(service: ServiceProcess): Promise<Pick<Observed, 'heapBytes' | 'externalBytes'>> {
  const told = (): RegExpExecArray[] => [...service.output().matchAll(/^collected (\d+) (\d+)$/gm)];
  const before = told().length;
  service.signal('SIGUSR2');
  const [, heap, external] = await until('garbage is collected', () => told()[before]);
  return { heapBytes: Number(heap), externalBytes: Number(external) };
}

interface Partition {
  readonly topic: string;
  readonly position: number;
}

/** Next offset per topic. */
export async function positionsOf(service: ServiceProcess): Promise<Map<string, number>> {
  const { partitions }: { partitions: Partition[] } = JSON.parse(
    await (await service.get('/api/debug/consumers')).text(),
  );
  return new Map(partitions.map(({ topic, position }) => [topic, position]));
}

export interface Letter {
  readonly topic: string;
  readonly offset: number;
  readonly reason: string;
}

export async function deadLettersOf(service: ServiceProcess): Promise<{ total: number; letters: Letter[] }> {
  return JSON.parse(await (await service.get('/api/debug/dead-letters')).text());
}
