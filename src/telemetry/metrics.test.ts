import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './metrics.ts';
import type { MetricsSources } from './metrics-sources.ts';

const NO_READS = { unchanged: 0, changed: 0, drift: 0, dropped: 0, missing: 0, failed: 0 };

function sources(): MetricsSources & { readonly feed: { counters: { commits: number } } } {
  return {
    build: { version: '1.2.3', mode: 'kafka' },
    events: {
      lines: () => [
        { type: 'buff-applied', outcome: 'applied', reason: '', count: 3 },
        { type: 'skill', outcome: 'skipped', reason: 'other-type', count: 2 },
      ],
    },
    feed: {
      health: () => ({ current: true }),
      positions: () => [
        { topic: 'T', partition: 0, position: 5, committed: 4, end: 9 },
        { topic: 'T', partition: 1, position: 1, committed: undefined, end: 1 },
      ],
      counters: { commits: 2, commitFailures: 3, fetchFailures: 4, offsetResets: 5 },
    },
    answers: { degradedAnswers: { base: 0, buffs: 11 } },
    refreshes: {
      counts: {
        base: { ...NO_READS, changed: 7 },
        equipment: { ...NO_READS, drift: 1 },
        buffs: NO_READS,
        passives: NO_READS,
      },
      inFlight: { base: 0, equipment: 2, buffs: 0, passives: 0 },
    },
    gates: { characters: { state: 'open' }, buffs: { state: 'closed' } },
    characters: { population: () => ({ residents: 12, visitors: 3, visitorsEvicted: 1 }) },
    deadLetters: { total: 6, evicted: 2 },
    caches: { 'static-data': { size: 8, evicted: 9 } },
  };
}

async function linesOf(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  return (await metrics.expose()).split('\n');
}

test('given sources, when metrics are asked for, then their numbers at that moment are shown', async () => {
  const metrics = createMetrics();
  const watched = sources();
  metrics.watch(watched);
  await metrics.expose();
  watched.feed.counters.commits = 20;
  const lines = await linesOf(metrics);
  for (const line of [
    'effective_stats_build_info{version="1.2.3",mode="kafka"} 1',
    'effective_stats_events_total{type="buff-applied",outcome="applied",reason=""} 3',
    'effective_stats_events_total{type="skill",outcome="skipped",reason="other-type"} 2',
    'effective_stats_partition_position{topic="T",partition="0"} 5',
    'effective_stats_partition_committed{topic="T",partition="0"} 4',
    'effective_stats_partition_end{topic="T",partition="0"} 9',
    'effective_stats_partition_lag{topic="T",partition="0"} 4',
    'effective_stats_partition_lag{topic="T",partition="1"} 0',
    'effective_stats_feed_current 1',
    'effective_stats_feed_commits_total 20',
    'effective_stats_feed_commit_failures_total 3',
    'effective_stats_degraded_answers_total{what="base"} 0',
    'effective_stats_degraded_answers_total{what="buffs"} 11',
    'effective_stats_refreshes_total{part="base",outcome="changed"} 7',
    'effective_stats_refreshes_in_flight{part="equipment"} 2',
    'effective_stats_drift_total{part="equipment"} 1',
    'effective_stats_gate_open{service="characters"} 1',
    'effective_stats_gate_open{service="buffs"} 0',
    'effective_stats_residents 12',
    'effective_stats_visitors 3',
    'effective_stats_visitors_evicted_total 1',
    'effective_stats_dead_letters_total 6',
    'effective_stats_dead_letters_evicted_total 2',
    'effective_stats_cache_entries{cache="static-data"} 8',
    'effective_stats_cache_evicted_total{cache="static-data"} 9',
  ]) {
    assert.ok(lines.includes(line), line);
  }
  assert.ok(!lines.some((line) => line.startsWith('effective_stats_partition_committed{topic="T",partition="1"}')));
  // As prom-client's own dashboards ask for them.
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_open_fds',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_heap_size_used_bytes',
    'nodejs_active_handles_total',
  ]) {
    assert.ok(
      lines.some((line) => line.startsWith(`${name} `)),
      name,
    );
  }
});

test('given latencies, when metrics are asked for, then they are cumulative histograms in seconds', async () => {
  const metrics = createMetrics();
  for (const ms of [-3, 1, 1.5, 20_000]) metrics.eventVisible(ms);
  metrics.upstreamAnswered('buffs', 'ok', 7);
  const lines = await linesOf(metrics);
  for (const line of [
    '# TYPE effective_stats_event_visible_seconds histogram',
    'effective_stats_event_visible_seconds_bucket{le="0.0001"} 1',
    'effective_stats_event_visible_seconds_bucket{le="0.001"} 2',
    'effective_stats_event_visible_seconds_bucket{le="0.0025"} 3',
    'effective_stats_event_visible_seconds_bucket{le="10"} 3',
    'effective_stats_event_visible_seconds_bucket{le="+Inf"} 4',
    'effective_stats_event_visible_seconds_sum 20.0025',
    'effective_stats_event_visible_seconds_count 4',
    'effective_stats_upstream_request_seconds_bucket{service="buffs",outcome="ok",le="0.01"} 1',
    'effective_stats_upstream_request_seconds_sum{service="buffs",outcome="ok"} 0.007',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test('given answered requests, when metrics are asked for, then they are counted by route and status', async () => {
  const metrics = createMetrics();
  const route = metrics.httpRoute('/api/readyz');
  route.answered(200, 1);
  route.answered(200, 1);
  route.answered(503, 1);
  metrics.httpRoute('odd "\\\n').answered(404, 1);
  const lines = await linesOf(metrics);
  assert.ok(lines.includes('effective_stats_http_requests_total{route="/api/readyz",status="200"} 2'));
  assert.ok(lines.includes('effective_stats_http_requests_total{route="/api/readyz",status="503"} 1'));
  assert.ok(lines.includes('effective_stats_http_request_seconds_count{route="/api/readyz"} 3'));
  assert.ok(lines.includes('effective_stats_http_request_seconds_count{route="odd \\"\\\\\\n"} 1'));
});

test('given all metrics, when they are asked for, then every line is of the text format and every name has one type', async () => {
  const metrics = createMetrics();
  metrics.watch(sources());
  metrics.httpRoute('/api/readyz').answered(200, 1);
  const lines = (await linesOf(metrics)).filter((line) => line !== '');
  const sample = /^[a-z0-9_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})? (?:[\d.e+-]+|Nan|[+-]Inf)$/i;
  for (const line of lines) assert.match(line, /^# (?:HELP|TYPE) /.test(line) ? /./ : sample);
  const types = lines.filter((line) => line.startsWith('# TYPE '));
  assert.equal(new Set(types).size, types.length);
  assert.ok(types.every((line) => /^# TYPE (effective_stats|process|nodejs)_/.test(line)));
});

test('given two services in one process, when both have metrics, then neither sees the other', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.httpRoute('/x').answered(200, 1);
  assert.doesNotMatch(await other.expose(), /route="\/x"/);
});

test('given all metrics of ours, when their types are read, then only counters end in _total', async () => {
  const metrics = createMetrics();
  metrics.watch(sources());
  const types = (await linesOf(metrics)).filter((line) => line.startsWith('# TYPE effective_stats_'));
  assert.ok(types.length > 20);
  for (const line of types) {
    const [, , name = '', type] = line.split(' ');
    assert.equal(name.endsWith('_total'), type === 'counter', line);
  }
});
