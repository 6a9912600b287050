/** The farthest from the epoch that a Date goes, in ms (ECMAScript, Time Values). */
const DATE_MAX_MS = 8.64e15;

/** RFC 3339 in UTC, to the millisecond; undefined: not a time, or too far away for one (a hostile producer's). */
export function timeText(epochMs: number | undefined): string | undefined {
  if (epochMs === undefined || !(Math.abs(epochMs) <= DATE_MAX_MS)) return undefined;
  return new Date(epochMs).toISOString();
}
