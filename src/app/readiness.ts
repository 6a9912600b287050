import type { Degradation, Readiness } from '../api/operations-routes.ts';
import type { Feed } from '../ingest/feed.ts';
import { SERVICES } from '../upstream/port.ts';
import type { Atlas } from './atlas.ts';
import type { Life } from './lifecycle.ts';

/** Ready from start to stop, whatever is away: what is degraded is told, for people. */
export function createReadiness(
  life: Readonly<Life>,
  feed: Pick<Feed, 'health'>,
  { isShut, outages }: Pick<Atlas, 'isShut' | 'outages'>,
): Readiness {
  const degradations = (): Degradation[] => {
    const reasons = new Set(Object.values(feed.health().streams).flatMap(({ reason }) => reason ?? []));
    const feedTrouble = [...reasons].map((reason) => ({ what: 'feed', reason }));
    const failing = SERVICES.filter(isShut).map((what) => {
      return { what, reason: `most requests fail; it is being probed: ${outages.reason(what) ?? 'it may be back'}` };
    });
    const silent = outages.now().filter(({ service }) => !isShut(service));
    return [...feedTrouble, ...failing, ...silent.map(({ service, reason }) => ({ what: service, reason }))];
  };
  return () => {
    if (life.phase !== 'started') return { ready: false, reason: `The service is ${life.phase}.` };
    return { ready: true, degraded: degradations() };
  };
}
