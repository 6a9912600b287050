import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { PARTS } from '../domain/part.ts';
import { createLatencyHistogram } from './latency-histogram.ts';
import type { MetricsSources } from './metrics-sources.ts';

const PREFIX = 'effective_stats_';

/** Counts the answers of one HTTP route. */
export interface HttpRouteObserver {
  /** `ms` is the time from the request's arrival in its handler to its answer. A few additions, no allocation. */
  answered(status: number, ms: number): void;
}

export interface Metrics {
  readonly contentType: string;
  /** Everything, in the Prometheus text format. */
  expose(): Promise<string>;
  /** Adds what the sources know; to be called once. */
  watch(sources: MetricsSources): void;
  /** An event has become visible so many ms after its record time. */
  eventVisible(latency: number): void;
  /** A request to an upstream service has ended after so many ms. */
  upstreamAnswered(service: string, outcome: string, latency: number): void;
  /** The observer of one route; routes are few and known at start. */
  httpRoute(route: string): HttpRouteObserver;
  /** A request was refused because its turn of the event loop had had its share. */
  requestShed(): void;
  /** A connection was refused because as many as may be are open. */
  connectionRefused(): void;
}

type Sample = readonly [labels: Record<string, string | number>, value: number];

/** The service's metrics in a registry of their own. What happens often is pushed into integers, the rest is pulled. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  // Under the names that they have everywhere: dashboards and alerts for Node.js know them.
  collectDefaultMetrics({ register: registry });
  const upstream = createLatencyHistogram(
    `${PREFIX}upstream_request_seconds`,
    'Requests to upstream services: time until their answer, or until they failed.',
    ['service', 'outcome'],
  );
  const visible = createLatencyHistogram(
    `${PREFIX}event_visible_seconds`,
    'Time from the record time of an event to its being visible to reads; without those of partitions that are behind.',
    [],
  );
  const http = createLatencyHistogram(
    `${PREFIX}http_request_seconds`,
    'HTTP requests: time from the handler to the answer.',
    ['route'],
  );
  const visibleSeries = visible.series();
  const statusCounts = new Map<string, Map<number, { n: number }>>();
  exportCounter(registry, 'http_requests', 'HTTP requests answered.', ['route', 'status'], () =>
    [...statusCounts].flatMap(([route, counts]) =>
      [...counts].map(([status, count]): Sample => [{ route, status }, count.n]),
    ),
  );
  let shed = 0;
  let refused = 0;
  exportCounter(registry, 'http_shed', 'HTTP requests refused under overload.', [], () => [[{}, shed]]);
  exportCounter(registry, 'http_connections_refused', 'Connections beyond their bound.', [], () => [[{}, refused]]);

  return {
    contentType: registry.contentType,
    async expose() {
      const histograms = [upstream, visible, http].map((histogram) => histogram.expose());
      return `${await registry.metrics()}\n${histograms.join('\n\n')}\n`;
    },
    watch: (sources) => exportSources(registry, sources),
    eventVisible: (latency) => visibleSeries.observe(latency),
    upstreamAnswered: (service, outcome, latency) => upstream.series(service, outcome).observe(latency),
    requestShed() {
      shed += 1;
    },
    connectionRefused() {
      refused += 1;
    },
    httpRoute(route) {
      const counts = statusCounts.get(route) ?? new Map<number, { n: number }>();
      statusCounts.set(route, counts);
      const series = http.series(route);
      return {
        answered(status, ms) {
          const count = counts.get(status);
          if (count === undefined) counts.set(status, { n: 1 });
          else count.n += 1;
          series.observe(ms);
        },
      };
    },
  };
}

function exportSources(registry: Registry, sources: MetricsSources): void {
  exportFeed(registry, sources);
  exportRefreshes(registry, sources);
  exportGauge(registry, 'build_info', 'Always 1; its labels tell what runs.', ['version', 'mode'], () => [
    [{ ...sources.build }, 1],
  ]);
  const { answers, characters, deadLetters, caches } = sources;
  exportCounter(registry, 'degraded_answers', 'Answers of stats that named it as degraded.', ['what'], () =>
    Object.entries(answers.degradedAnswers).map(([what, count]): Sample => [{ what }, count]),
  );
  exportGauge(registry, 'residents', 'Characters held with an open session.', [], () => [
    [{}, characters.population().residents],
  ]);
  exportGauge(registry, 'visitors', 'Characters held because somebody asked.', [], () => [
    [{}, characters.population().visitors],
  ]);
  exportCounter(registry, 'visitors_evicted', 'Visitors dropped because VISITOR_MAX was reached.', [], () => [
    [{}, characters.population().visitorsEvicted],
  ]);
  exportCounter(registry, 'dead_letters', 'Records that could not be read.', [], () => [[{}, deadLetters.total]]);
  exportCounter(registry, 'dead_letters_evicted', 'Dead letters that are no longer kept.', [], () => [
    [{}, deadLetters.evicted],
  ]);
  exportGauge(registry, 'cache_entries', 'What is remembered, by cache.', ['cache'], () =>
    Object.entries(caches).map(([cache, { size }]): Sample => [{ cache }, size]),
  );
  exportCounter(registry, 'cache_evicted', 'What was forgotten for want of room, by cache.', ['cache'], () =>
    Object.entries(caches).map(([cache, { evicted }]): Sample => [{ cache }, evicted]),
  );
}

function exportFeed(registry: Registry, { events, feed }: MetricsSources): void {
  exportCounter(registry, 'events', 'Events, by what became of them.', ['type', 'outcome', 'reason'], () =>
    events.lines().map(({ type, outcome, reason, count }): Sample => [{ type, outcome, reason }, count]),
  );
  const labelNames = ['topic', 'partition'];
  const perPartition = (
    name: string,
    help: string,
    read: (position: ReturnType<typeof feed.positions>[number]) => number | undefined,
  ): void => {
    exportGauge(registry, `partition_${name}`, help, labelNames, () =>
      feed.positions().flatMap((position): Sample[] => {
        const value = read(position);
        const { topic, partition } = position;
        return value === undefined ? [] : [[{ topic, partition }, value]];
      }),
    );
  };
  perPartition('position', 'Offset that is handled next.', ({ position }) => position);
  perPartition('committed', 'Offset that the group has.', ({ committed }) => committed);
  perPartition('end', 'End offset seen last.', ({ end }) => end);
  perPartition('lag', 'Records not handled yet.', ({ end, position }) => Math.max(0, end - position));
  exportGauge(registry, 'feed_current', '1 while what was consumed is current.', [], () => [
    [{}, feed.health().current ? 1 : 0],
  ]);
  const { counters } = feed;
  const perFeed = (name: string, help: string, read: () => number): void =>
    exportCounter(registry, `feed_${name}`, help, [], () => [[{}, read()]]);
  perFeed('commits', 'Offset commits.', () => counters.commits);
  perFeed('commit_failures', 'Offset commits that failed.', () => counters.commitFailures);
  perFeed('fetch_failures', 'Fetches that failed.', () => counters.fetchFailures);
  perFeed(
    'offset_resets',
    'Partitions whose log had lost what comes next, and that were begun anew.',
    () => counters.offsetResets,
  );
}

function exportRefreshes(registry: Registry, { refreshes, gates }: MetricsSources): void {
  exportCounter(registry, 'refreshes', 'Reads of parts, by how they ended.', ['part', 'outcome'], () =>
    PARTS.flatMap((part) =>
      Object.entries(refreshes.counts[part]).map(([outcome, count]): Sample => [{ part, outcome }, count]),
    ),
  );
  exportGauge(registry, 'refreshes_in_flight', 'Reads of parts under way.', ['part'], () =>
    PARTS.map((part): Sample => [{ part }, refreshes.inFlight[part]]),
  );
  exportCounter(registry, 'drift', 'Differences that an audit found, confirmed and repaired.', ['part'], () =>
    PARTS.map((part): Sample => [{ part }, refreshes.counts[part].drift]),
  );
  exportGauge(registry, 'gate_open', '1 while requests to the service are held back but for probes.', ['service'], () =>
    Object.entries(gates).map(([service, gate]): Sample => [{ service }, gate.state === 'open' ? 1 : 0]),
  );
}

function exportCounter(registry: Registry, name: string, help: string, labelNames: string[], read: () => Sample[]) {
  new Counter({
    name: `${PREFIX}${name}_total`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}

function exportGauge(registry: Registry, name: string, help: string, labelNames: string[], read: () => Sample[]) {
  new Gauge({
    name: `${PREFIX}${name}`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
}
