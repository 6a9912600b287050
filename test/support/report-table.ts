/** Figures by name, as a table in Markdown that reads well as text. */
export function reportTable(rows: readonly (readonly [name: string, value: string | number])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `| ${name.padEnd(width)} | ${value} |`);
  return [`| ${'Figure'.padEnd(width)} | Value |`, `|${'-'.repeat(width + 2)}|---|`, ...lines].join('\n');
}

/** `3 × kill, 1 × broker restart` */
export function listed(counts: Iterable<readonly [name: string | number, count: number]>): string {
  return Array.from(counts, ([name, count]) => `${count} × ${name}`).join(', ');
}

/** Milliseconds, as people read them. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Number(ms.toPrecision(3))} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

export function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
