/** Reads the Prometheus text format as far as this service writes it: `name{label="value"} number`. */
export function readMetrics(text) {
  const samples = new Map();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match === null) continue;
    const [, name, labels = '', value] = match;
    const list = samples.get(name) ?? [];
    list.push({ labels: readLabels(labels), value: Number(value) });
    samples.set(name, list);
  }
  return samples;
}

function readLabels(text) {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, key, value]) => [key, value.replace(/\\(.)/g, '$1')]));
}

/** The sum of all samples of a metric that have these labels. */
export function sum(samples, name, wanted = {}) {
  let total = 0;
  for (const { labels, value } of samples.get(name) ?? []) {
    if (Object.entries(wanted).every(([key, expected]) => labels[key] === expected)) total += value;
  }
  return total;
}

/** The sums of a metric by the values of a label. */
export function sumsBy(samples, name, label) {
  const sums = new Map();
  for (const { labels, value } of samples.get(name) ?? [])
    sums.set(labels[label], (sums.get(labels[label]) ?? 0) + value);
  return sums;
}

/** What share of the requests between two readings took at most so long: the bound in seconds; undefined: there were none. */
export function quantile(before, now, name, wanted, share) {
  const counts = [...sumsBy(filtered(now, `${name}_bucket`, wanted), `${name}_bucket`, 'le')].map(([le, count]) => [
    le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
    count - sum(before, `${name}_bucket`, { ...wanted, le }),
  ]);
  counts.sort(([a], [b]) => a - b);
  const total = counts.at(-1)?.[1] ?? 0;
  return total === 0 ? undefined : counts.find(([, count]) => count >= total * share)?.[0];
}

function filtered(samples, name, wanted) {
  const fitting = (samples.get(name) ?? []).filter(({ labels }) =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value),
  );
  return new Map([[name, fitting]]);
}
