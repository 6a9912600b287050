const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const DURATION = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const TERM = /([\d.]+)([^\d.]+)/g;

/**
 * Milliseconds of a duration as Go writes it (`time.ParseDuration`): `250ms`, `1m30s`, `1.5h`, `0`. Without a sign, because
 * none of ours may be negative. Exact to the nanosecond. undefined: not such a text.
 */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  let ms = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(TERM)) ms += Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
  return Math.round(ms * 1e6) / 1e6;
}
