/** One line of the table. */
export interface Figure {
  readonly name: string;
  /** events/s, req/s, ms, µs of CPU, bytes or a plain count. */
  readonly unit: string;
  readonly service: number;
  /** The same measured without the service's own work, in the same run. */
  readonly ceiling?: { readonly name: string; readonly value: number };
  /** `met` is judged by the case, because aims differ in kind. */
  readonly aim?: { readonly text: string; readonly met: boolean };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank. `share` is 0–1; NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
