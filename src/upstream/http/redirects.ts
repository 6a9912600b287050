import type { HttpAnswer } from './exchange.ts';

/** Redirects that are followed for one request; beyond it is a loop. */
export const REDIRECTS_MAX = 5;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Where a GET of `url` goes on; undefined: the answer is no redirect, or does not say where to. */
export function redirectOf({ status, headers: { location } }: HttpAnswer, url: string): URL | undefined {
  if (!REDIRECTS.includes(status) || typeof location !== 'string') return undefined;
  return URL.parse(location, url) ?? undefined;
}
