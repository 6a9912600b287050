import type { Part } from '../domain/part.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';

/** A difference between what was held and the truth that an audit found, confirmed and repaired (how-state-works, rule 8). */
export interface Drift {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  readonly part: Part;
  /** Epoch ms. */
  readonly at: number;
}

/** The last drifts, newest first; bounded. */
export interface DriftLog {
  add(drift: Drift): void;
  list(): readonly Drift[];
}

const DRIFTS_MAX = 1_000;

export function createDriftLog(): DriftLog {
  const drifts: Drift[] = [];
  return {
    add(drift) {
      drifts.unshift(drift);
      if (drifts.length > DRIFTS_MAX) drifts.pop();
    },
    list: () => drifts,
  };
}
