import type { Character } from '../domain/character.ts';
import { PARTS, type Part } from '../domain/part.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import type { PartSnapshot } from '../domain/snapshot.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { RETRY_FIRST_MS, RETRY_MAX_MS, UNKNOWN_MS } from '../domain/timing.ts';
import { AppError } from '../lib/app-error.ts';
import { backoff } from '../lib/backoff.ts';
import { type CacheCounts, createExpiringSet } from '../lib/expiring-set.ts';
import type { Moments } from '../lib/moments.ts';
import { settledWithin } from '../lib/settled-within.ts';
import type { Characters } from '../state/characters.ts';
import { SERVICE_OF_PART, type Upstream } from '../upstream/port.ts';
import { loadGameData } from './game-data.ts';
import { createReadCounts, type ReadCounts } from './read-counts.ts';
import { endRead, failRead, missRead } from './read-ends.ts';
import type { Claim, ReadQueue } from './read-queue.ts';
import { createReadWaiters } from './read-waiters.ts';
import { createReadWidth, type ReadWidth } from './read-width.ts';

export interface RefresherOptions {
  readonly characters: Characters;
  readonly queue: ReadQueue;
  readonly upstream: Upstream;
  readonly moments: Moments;
  readonly rulesetOf: (tenant: Tenant) => Ruleset;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Reads in flight per service at most. */
  readonly concurrency: number;
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

/**
 * Runs the reads that are due, the most urgent first, within each service's budget, fewer while it does not keep up, and none
 * behind an open gate.
 */
export interface Refresher {
  start(): void;
  /** Starts no more reads and waits for those in flight, `within` ms at most. */
  stop(within: number): Promise<void>;
  /** To be called after anything that may have made a read due. */
  wake(): void;
  /** Resolves when the next read of the character ends, however, when a gate opens, or after `within` ms. */
  nextRead(character: Character, within: number): Promise<void>;
  /** True while no read of the part can begin, because its service's gate is open. */
  isBlocked(part: Part): boolean;
  /** True for ids that the character service has lately said it does not know. */
  isUnknown(tenant: Tenant, characterId: CharacterId): boolean;
  readonly unknownIds: CacheCounts;
  readonly counts: ReadCounts;
  readonly inFlight: Readonly<Record<Part, number>>;
}

const SWEEP_MS = 1_000;
const UNKNOWN_IDS_MAX = 10_000;
/** Reads of a long catching up that are wanted ahead of their time, so that a million of them need no million entries. */
const AHEAD = 512;
/** Characters that are looked at for whether they are behind, and how often in one turn of the event loop. */
const LOOKED_AT = 128;
const LOOKS = 16;

export function createRefresher(options: RefresherOptions): Refresher {
  const { characters, queue, upstream, moments, concurrency } = options;
  const counts = createReadCounts();
  const inFlight: Record<Part, number> = { base: 0, equipment: 0, buffs: 0, passives: 0 };
  const newWidth = (): ReadWidth => createReadWidth(concurrency, moments);
  const widths: Readonly<Record<Part, ReadWidth>> = {
    base: newWidth(),
    equipment: newWidth(),
    buffs: newWidth(),
    passives: newWidth(),
  };
  const waiters = createReadWaiters();
  const unknown = createExpiringSet(UNKNOWN_MS, UNKNOWN_IDS_MAX);
  const running = new Set<Promise<void>>();
  const unsubscribe: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sweeper: NodeJS.Timeout | undefined;
  let woken: NodeJS.Immediate | undefined;
  let stopped = false;

  const wake = (): void => {
    if (!stopped) woken ??= setImmediate(pump);
  };

  const gateOf = (part: Part) => upstream.gates[SERVICE_OF_PART[part]];
  const isBlocked = (part: Part): boolean => gateOf(part).state === 'open';

  function pump(): void {
    woken = undefined;
    if (stopped) return;
    catchUp();
    for (const part of PARTS) beginDue(part);
    armTimer();
  }

  /** Some of who is behind, so that nobody waits for a look at everybody. */
  function catchUp(): void {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      if (queue.ready >= AHEAD || !characters.catchUp(LOOKED_AT)) return;
    }
    wake();
  }

  function beginDue(part: Part): void {
    const free = widths[part].now - inFlight[part];
    if (free <= 0) return;
    const begin = (): number => moments.next().mono;
    if (!isBlocked(part)) {
      for (const claim of queue.take(part, free, begin)) run(claim);
      return;
    }
    // One probe at a time, for the most urgent that the gate lets in: after a failure, for another id if there is one.
    if (moments.mono() < gateOf(part).nextProbeAt) return;
    const mayProbe = ({ tenant, characterId }: Character): boolean => gateOf(part).tryEnter(tenant, characterId);
    for (const claim of queue.take(part, 1, begin, mayProbe)) run(claim);
  }

  /** Wakes up when the next read is due; parts without a free place are woken by a read that ends. */
  function armTimer(): void {
    clearTimeout(timer);
    const free = PARTS.filter((part) => inFlight[part] < widths[part].now);
    const next = Math.min(...free.map(nextBeginning));
    if (next === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(wake, Math.min(Math.max(next - moments.mono(), 1), SWEEP_MS));
  }

  function nextBeginning(part: Part): number {
    return isBlocked(part) ? Math.max(queue.nextAt(part), gateOf(part).nextProbeAt) : queue.nextAt(part);
  }

  function run(claim: Claim): void {
    inFlight[claim.part] += 1;
    const reading = read(claim).finally(() => {
      running.delete(reading);
      if (isBlocked(claim.part)) waiters.endAll();
      else waiters.end(claim.character);
      wake();
    });
    running.add(reading);
  }

  async function read(claim: Claim): Promise<void> {
    const { character, part } = claim;
    try {
      const snapshot = await fetch(claim);
      if (snapshot === 'missing') {
        miss(claim);
        return;
      }
      if (part === 'base') unknown.delete(keyOf(character));
      await loadGameData(options, character, snapshot);
      const outcome = endRead(options, claim, snapshot);
      counts[part][outcome] += 1;
      if (outcome === 'drift') options.onDrift(claim);
      if (outcome === 'dropped') return;
      options.onMerged(claim);
    } catch (error) {
      counts[part].failed += 1;
      options.onFailure(claim, error);
      failRead(options, claim, retryAt(claim));
    }
  }

  /** The place among the requests is free as soon as the answer is there, whatever the merge waits for. */
  async function fetch({ character, part, began }: Claim): Promise<PartSnapshot | 'missing'> {
    const { tenant, characterId, context } = character;
    try {
      const snapshot = await upstream.fetch(part, { tenant, characterId, context });
      widths[part].answered();
      return snapshot;
    } catch (error) {
      if (error instanceof AppError && error.code === 'UPSTREAM_TIMEOUT') widths[part].timedOut(began);
      throw error;
    } finally {
      inFlight[part] -= 1;
      wake();
    }
  }

  function miss(claim: Claim): void {
    counts[claim.part].missing += 1;
    unknown.add(keyOf(claim.character), moments.mono());
    missRead(options, claim, moments.mono() + UNKNOWN_MS);
  }

  function retryAt({ character, part }: Claim): number {
    const { failures } = queue.status(character, part);
    return moments.mono() + backoff(failures + 1, RETRY_FIRST_MS, RETRY_MAX_MS, options.random);
  }

  function sweep(): void {
    const { residents, visitors } = characters.population();
    characters.sweep();
    characters.audit(
      moments.mono() - options.auditPeriod / 2,
      Math.ceil(((residents + visitors) * SWEEP_MS) / options.auditPeriod),
    );
    unknown.sweep(moments.mono());
    wake();
  }

  return {
    start() {
      for (const part of PARTS) {
        // The service is back: whatever could not be read of it is read now, within the budget.
        const off = gateOf(part).onClose(() => {
          queue.retryNow(part);
          wake();
        });
        unsubscribe.push(off);
      }
      sweeper = setInterval(sweep, SWEEP_MS);
      wake();
    },
    async stop(within) {
      stopped = true;
      clearTimeout(timer);
      clearInterval(sweeper);
      clearImmediate(woken);
      for (const off of unsubscribe) off();
      await settledWithin(Promise.allSettled(running), within);
    },
    wake,
    nextRead: waiters.next,
    isBlocked,
    isUnknown: (tenant, characterId) => unknown.has(keyOf({ tenant, characterId }), moments.mono()),
    unknownIds: unknown,
    counts,
    inFlight,
  };
}

function keyOf({ tenant, characterId }: Pick<Character, 'tenant' | 'characterId'>): string {
  return `${tenant.key}/${characterId}`;
}
