import type { Tenant } from '../domain/tenant.ts';
import { type CacheCounts, createExpiringSet } from '../lib/expiring-set.ts';

/** Sessions whose DESTROYED was seen, so that a CREATED that comes late does not bring one back. */
export interface EndedSessions extends CacheCounts {
  /** `mono`: monotonic ms. `isReplay`: the DESTROYED is of the past, and a replay is under way until it is said to be over. */
  add(tenant: Tenant, sessionId: string, mono: number, isReplay?: boolean): void;
  has(tenant: Tenant, sessionId: string, mono: number): boolean;
  /** The replay of sessions is over: from now on the bounds hold. */
  replayed(mono: number): void;
  sweep(mono: number): void;
}

/** How long and how many are remembered. While the log is replayed it is the log that bounds them. */
const TTL_MS = 3_600_000;
const MAX = 100_000;

export function createEndedSessions(): EndedSessions {
  const lately = createExpiringSet(TTL_MS, MAX);
  /** Of the replay, while one is under way. */
  let replaying: Set<string> | undefined;
  const keyOf = (tenant: Tenant, sessionId: string): string => `${tenant.key}/${sessionId}`;
  return {
    get size() {
      return lately.size + (replaying?.size ?? 0);
    },
    get evicted() {
      return lately.evicted;
    },
    add(tenant, sessionId, mono, isReplay = false) {
      const key = keyOf(tenant, sessionId);
      if (isReplay) {
        replaying ??= new Set();
        replaying.add(key);
      } else lately.add(key, mono);
    },
    has(tenant, sessionId, mono) {
      const key = keyOf(tenant, sessionId);
      return replaying?.has(key) === true || lately.has(key, mono);
    },
    replayed(mono) {
      for (const key of [...(replaying ?? [])].slice(-MAX)) lately.add(key, mono);
      replaying = undefined;
    },
    sweep: (mono) => lately.sweep(mono),
  };
}
