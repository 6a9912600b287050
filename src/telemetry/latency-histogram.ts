/** Upper bounds of the buckets in ms: from a read answered out of memory to an upstream service that hangs. */
const BOUNDS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] as const;

/** One combination of label values. */
export interface LatencySeries {
  /** Counts one duration in ms; negative ones (clocks that disagree) count as 0. A few additions, no allocation. */
  observe(ms: number): void;
}

export interface LatencyHistogram {
  /** The series with these label values, made when asked for first. To be kept by callers on hot paths. */
  series(...labelValues: readonly string[]): LatencySeries;
  /** The Prometheus text format, in seconds; to be appended to what the registry gives. */
  expose(): string;
}

/**
 * A histogram for hot paths. prom-client's looks its labels up by a hash of their text at every observation; here that is
 * done once per series.
 */
export function createLatencyHistogram(name: string, help: string, labelNames: readonly string[]): LatencyHistogram {
  const all = new Map<string, LatencySeries & { lines(): string[] }>();
  return {
    series(...labelValues) {
      const labels = labelNames.map((label, index) => `${label}="${escaped(labelValues[index] ?? '')}"`);
      const key = labels.join(',');
      let series = all.get(key);
      if (series === undefined) {
        series = createSeries(name, labels);
        all.set(key, series);
      }
      return series;
    },
    expose() {
      const lines = [...all.values()].flatMap((series) => series.lines());
      return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines].join('\n');
    },
  };
}

function createSeries(name: string, labels: readonly string[]) {
  const counts = BOUNDS_MS.map(() => 0);
  let beyond = 0;
  let sum = 0;
  return {
    observe(ms: number) {
      if (ms > 0) sum += ms;
      for (let index = 0; index < counts.length; index += 1) {
        if (ms > (BOUNDS_MS[index] ?? 0)) continue;
        counts[index] = (counts[index] ?? 0) + 1;
        return;
      }
      beyond += 1;
    },
    lines() {
      const text = (extra: readonly string[]): string => {
        const list = [...labels, ...extra];
        return list.length === 0 ? '' : `{${list.join(',')}}`;
      };
      let total = 0;
      const buckets = BOUNDS_MS.map((bound, index) => {
        total += counts[index] ?? 0;
        return `${name}_bucket${text([`le="${bound / 1_000}"`])} ${total}`;
      });
      total += beyond;
      return [
        ...buckets,
        `${name}_bucket${text(['le="+Inf"'])} ${total}`,
        `${name}_sum${text([])} ${sum / 1_000}`,
        `${name}_count${text([])} ${total}`,
      ];
    },
  };
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
