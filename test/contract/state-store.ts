import type { StateStore } from '../../src/state/store.ts';
import { createStoreBenches, type StoreSettings } from './state-store/benches.ts';
import { describeBuffs } from './state-store/buffs.ts';
import { describeDeltas } from './state-store/deltas.ts';
import { describeLifetimes } from './state-store/lifetimes.ts';
import { describeReads } from './state-store/reads.ts';
import { describeSessions } from './state-store/sessions.ts';

/**
 * The contract of the StateStore port and the numbered rules of architecture §3, as far as state decides them. Every
 * adapter runs this suite.
 */
export function describeStateStore(name: string, create: (settings: StoreSettings) => StateStore): void {
  const benches = createStoreBenches(create);
  for (const describeRules of [describeSessions, describeLifetimes, describeDeltas, describeBuffs, describeReads]) {
    describeRules(name, benches);
  }
}
