import { mergeSnapshot } from '../domain/merge.ts';
import { PARTS, type Part } from '../domain/part.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import type { PartSnapshot } from '../domain/snapshot.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { RETRY_MAX_MS, UNKNOWN_MS } from '../domain/timing.ts';
import type { Clock } from '../lib/clock.ts';
import { type CacheCounts, createExpiringSet } from '../lib/expiring-set.ts';
import { settledWithin } from '../lib/settled-within.ts';
import type { Claim, StateStore } from '../state/store.ts';
import { SERVICE_OF_PART, type Upstream } from '../upstream/port.ts';
import { createRefreshCounts, type RefreshCounts } from './counts.ts';

export interface RefresherOptions {
  readonly store: StateStore;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly rulesetOf: (tenant: Tenant) => Ruleset;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Reads in flight per service at most. */
  readonly concurrency: number;
  /** Ms after expiresAt for which a buff still counts. */
  readonly expiryGrace: number;
  readonly checkRequirements: boolean;
  /** Ms in which everything held is re-read once. */
  readonly auditPeriod: number;
  /** Told of each read that was merged. */
  readonly onMerged: (claim: Claim) => void;
  /** Told of each character and part whose drift an audit has repaired. */
  readonly onDrift: (claim: Claim) => void;
  /** Told of each failed read. */
  readonly onFailure: (claim: Claim, error: unknown) => void;
}

/** Runs the reads that are due, the most urgent first, within each service's budget (architecture §3). */
export interface Refresher {
  start(): void;
  /** Starts no more reads and waits for those in flight, `within` ms at most. */
  stop(within: number): Promise<void>;
  /** To be called after anything that may have made a read due. */
  wake(): void;
  /** Resolves when the next read of this character ends, however, or after `within` ms. */
  nextRead(tenant: Tenant, characterId: CharacterId, within: number): Promise<void>;
  /** True for ids that the character service has lately said it does not know. */
  isUnknown(tenant: Tenant, characterId: CharacterId): boolean;
  readonly unknownIds: CacheCounts;
  readonly counts: RefreshCounts;
  readonly inFlight: Readonly<Record<Part, number>>;
}

/**
 * How long a merge waits for static data that is not cached yet: a slow data service delays no one, and holds no place in
 * another service's budget. What is missing then is named as degraded, and counted as soon as it has come.
 */
const REQUIREMENTS_WAIT_MS = 300;
const SKILL_DATA_WAIT_MS = 1_000;
const RETRY_FIRST_MS = 250;
const SWEEP_MS = 1_000;
const UNKNOWN_IDS_MAX = 10_000;

export function createRefresher(options: RefresherOptions): Refresher {
  const { store, upstream, clock, concurrency } = options;
  const counts = createRefreshCounts();
  const inFlight: Record<Part, number> = { base: 0, equipment: 0, buffs: 0, passives: 0 };
  const waiters = new Map<string, Set<() => void>>();
  const unknown = createExpiringSet(UNKNOWN_MS, UNKNOWN_IDS_MAX);
  const running = new Set<Promise<void>>();
  const unsubscribe: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sweeper: NodeJS.Timeout | undefined;
  let woken = false;
  let pumping = false;
  let stopped = false;

  const wake = (): void => {
    if (woken || stopped) return;
    woken = true;
    if (!pumping) setImmediate(pump);
  };

  /** One at a time: the free places are counted before claims are handed out. */
  async function pump(): Promise<void> {
    pumping = true;
    while (woken && !stopped) {
      woken = false;
      for (const part of PARTS) await beginDue(part);
    }
    pumping = false;
    armTimer();
  }

  async function beginDue(part: Part): Promise<void> {
    for (let free = concurrency - inFlight[part]; free > 0 && !stopped; free = concurrency - inFlight[part]) {
      const claims = await store.claimDue(part, free);
      if (claims.length === 0) return;
      for (const claim of claims) begin(claim);
    }
  }

  /** Wakes up when the next read is due; parts without a free place are woken by a read that ends. */
  function armTimer(): void {
    clearTimeout(timer);
    const free = PARTS.filter((part) => inFlight[part] < concurrency);
    const next = Math.min(...free.map((part) => store.nextDueAt(part)));
    if (stopped || next === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(wake, Math.min(Math.max(next - clock.mono(), 1), SWEEP_MS));
  }

  function begin(claim: Claim): void {
    const service = SERVICE_OF_PART[claim.part];
    if (!upstream.gates[service].tryEnter(claim.tenant, claim.characterId)) {
      counts[claim.part].gated += 1;
      void store.failRead(claim, retryAt(claim));
      notify(claim);
      return;
    }
    inFlight[claim.part] += 1;
    const run = read(claim).finally(() => {
      inFlight[claim.part] -= 1;
      running.delete(run);
      notify(claim);
      wake();
    });
    running.add(run);
  }

  async function read(claim: Claim): Promise<void> {
    try {
      const snapshot = await upstream.fetch(claim.part, claim);
      if (snapshot === 'missing') {
        counts[claim.part].missing += 1;
        unknown.add(keyOf(claim), clock.mono());
        await store.missRead(claim, clock.mono() + UNKNOWN_MS);
        return;
      }
      if (claim.part === 'base') unknown.delete(keyOf(claim));
      await prepareStaticData(claim, snapshot);
      const { start } = claim;
      const { expiryGrace } = options;
      const outcome = await store.mergeSnapshot(claim, (view, moment, writer) =>
        mergeSnapshot(view, snapshot, { start, moment, expiryGrace }, writer),
      );
      counts[claim.part][outcome] += 1;
      if (outcome === 'drift') options.onDrift(claim);
      if (outcome !== 'dropped') options.onMerged(claim);
    } catch (error) {
      counts[claim.part].failed += 1;
      options.onFailure(claim, error);
      await store.failRead(claim, retryAt(claim));
    }
  }

  /** So that the first answer after a load is computed with the game data that it needs. */
  async function prepareStaticData(claim: Claim, snapshot: PartSnapshot): Promise<void> {
    const { tenant, context } = claim;
    const skillIds = skillsNeeded(tenant, snapshot);
    const gear = snapshot.part === 'equipment' && options.checkRequirements ? snapshot.assets : [];
    if (skillIds.length === 0 && gear.length === 0) return;
    const templateIds = gear.map((asset) => asset.templateId);
    const loaded = upstream.ensureStaticData({ tenant, context, skillIds, templateIds });
    await settledWithin(loaded, gear.length > 0 ? REQUIREMENTS_WAIT_MS : SKILL_DATA_WAIT_MS);
  }

  function skillsNeeded(tenant: Tenant, snapshot: PartSnapshot): readonly number[] {
    if (snapshot.part === 'passives') return snapshot.skills.map((skill) => skill.skillId);
    return snapshot.part === 'buffs' ? options.rulesetOf(tenant).skillsOfBuffs(snapshot.buffs) : [];
  }

  function retryAt(claim: Claim): number {
    const failures = store.find(claim.tenant, claim.characterId)?.part(claim.part).failures ?? 0;
    const pause = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** failures);
    return clock.mono() + pause * (0.5 + options.random() / 2);
  }

  /** A service is back: whatever could not be read of it is read now, within the budget. */
  function retryNow(part: Part): void {
    store.retryNow(part);
    wake();
  }

  function notify(claim: Claim): void {
    for (const end of [...(waiters.get(keyOf(claim)) ?? [])]) end();
  }

  function sweep(): void {
    const { residents, visitors } = store.population();
    const perSweep = Math.ceil(((residents + visitors) * PARTS.length * SWEEP_MS) / options.auditPeriod);
    store.sweep();
    store.audit(clock.mono() - options.auditPeriod, perSweep);
    unknown.sweep(clock.mono());
    wake();
  }

  return {
    start() {
      for (const part of PARTS) {
        unsubscribe.push(upstream.gates[SERVICE_OF_PART[part]].onClose(() => retryNow(part)));
      }
      sweeper = setInterval(sweep, SWEEP_MS);
      wake();
    },
    async stop(within) {
      stopped = true;
      clearTimeout(timer);
      clearInterval(sweeper);
      for (const off of unsubscribe) off();
      await settledWithin(Promise.allSettled(running), within);
    },
    wake,
    nextRead(tenant, characterId, within) {
      const key = keyOf({ tenant, characterId });
      const waiting = waiters.get(key) ?? new Set();
      waiters.set(key, waiting);
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(deadline);
          waiting.delete(end);
          if (waiting.size === 0 && waiters.get(key) === waiting) waiters.delete(key);
          resolve();
        };
        const deadline = setTimeout(end, within);
        waiting.add(end);
      });
    },
    isUnknown: (tenant, characterId) => unknown.has(keyOf({ tenant, characterId }), clock.mono()),
    unknownIds: unknown,
    counts,
    inFlight,
  };
}

function keyOf({ tenant, characterId }: { tenant: Tenant; characterId: CharacterId }): string {
  return `${tenant.key}/${characterId}`;
}
