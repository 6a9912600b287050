import type { Character } from '../domain/character.ts';
import { PARTS, type Part } from '../domain/part.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { CacheCounts } from '../lib/expiring-set.ts';
import { settledWithin } from '../lib/settled-within.ts';
import { SERVICE_OF_PART } from '../upstream/port.ts';
import type { ReadCounts } from './read-counts.ts';
import type { Claim } from './read-queue.ts';
import { createReadWaiters } from './read-waiters.ts';
import { createReading, idOf, type ReadingOptions } from './reading.ts';

export interface RefresherOptions extends ReadingOptions {
  /** Ms in which everything held is re-read once. */
  readonly auditPeriod: number;
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
  /** Resolves when the next read of the character ends, however, when any read does whose gate is open, or after `within` ms. */
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
/** Reads of a part in a long catching up that are wanted ahead of their time, so that a million of them need no million entries. */
const AHEAD = 512;
/** Characters that are looked at for whether a part is behind, and how often in one turn of the event loop. */
const LOOKED_AT = 32;
const LOOKS = 16;

export function createRefresher(options: RefresherOptions): Refresher {
  const { characters, queue, upstream, moments } = options;
  const reading = createReading(options, wake);
  const waiters = createReadWaiters();
  const running = new Set<Promise<void>>();
  const unsubscribe: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sweeper: NodeJS.Timeout | undefined;
  let woken: NodeJS.Immediate | undefined;
  let stopped = false;

  function wake(): void {
    if (!stopped) woken ??= setImmediate(pump);
  }

  const gateOf = (part: Part) => upstream.gates[SERVICE_OF_PART[part]];
  const isBlocked = (part: Part): boolean => gateOf(part).state === 'open';

  function pump(): void {
    woken = undefined;
    if (stopped) return;
    for (const part of PARTS) {
      if (!isBlocked(part)) wantBehind(part);
      beginDue(part);
    }
    armTimer();
  }

  /** Some of who is behind, so that nobody waits for a look at everybody. */
  function wantBehind(part: Part): void {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      if (queue.ready(part) >= AHEAD || !characters.catchUp(part, LOOKED_AT)) return;
    }
    wake();
  }

  function beginDue(part: Part): void {
    const free = reading.free(part);
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
    const free = PARTS.filter((part) => reading.free(part) > 0);
    const next = Math.min(...free.map(nextBeginning));
    if (next === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(wake, Math.min(Math.max(next - moments.mono(), 1), SWEEP_MS));
  }

  function nextBeginning(part: Part): number {
    return isBlocked(part) ? Math.max(queue.nextAt(part), gateOf(part).nextProbeAt) : queue.nextAt(part);
  }

  function run(claim: Claim): void {
    const read = reading.read(claim).finally(() => {
      running.delete(read);
      if (isBlocked(claim.part)) waiters.endAll();
      else waiters.end(claim.character);
      wake();
    });
    running.add(read);
  }

  function sweep(): void {
    const { residents, visitors } = characters.population();
    characters.sweep();
    characters.audit(
      moments.mono() - options.auditPeriod / 2,
      Math.ceil(((residents + visitors) * SWEEP_MS) / options.auditPeriod),
    );
    reading.unknown.sweep(moments.mono());
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
    isUnknown: (tenant, characterId) => reading.unknown.has(idOf({ tenant, characterId }), moments.mono()),
    unknownIds: reading.unknown,
    counts: reading.counts,
    inFlight: reading.inFlight,
  };
}
