import type { Character } from '../domain/character.ts';
import type { Part } from '../domain/part.ts';
import type { PartSnapshot } from '../domain/snapshot.ts';
import { RETRY_FIRST_MS, RETRY_MAX_MS, UNKNOWN_MS } from '../domain/timing.ts';
import { AppError } from '../lib/app-error.ts';
import { backoff } from '../lib/backoff.ts';
import { createExpiringSet, type ExpiringSet } from '../lib/expiring-set.ts';
import type { Moments } from '../lib/moments.ts';
import type { Upstream } from '../upstream/port.ts';
import { type GameDataOptions, loadGameData } from './game-data.ts';
import { createReadCounts, type ReadCounts } from './read-counts.ts';
import { endRead, failRead, missRead, type ReadEnds } from './read-ends.ts';
import type { Claim } from './read-queue.ts';
import { createReadWidth, type ReadWidth } from './read-width.ts';

export interface ReadingOptions extends ReadEnds, GameDataOptions {
  readonly upstream: Upstream;
  readonly moments: Moments;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Reads in flight per service at most. */
  readonly concurrency: number;
  /** Told of each read that was merged. */
  readonly onMerged: (claim: Claim) => void;
  /** Told of each character and part whose drift an audit has repaired. */
  readonly onDrift: (claim: Claim) => void;
  /** Told of each failed read. */
  readonly onFailure: (claim: Claim, error: unknown) => void;
}

/** Reads, each from its request to its merge. */
export interface Reading {
  /** How many more reads of the part may begin now. */
  free(part: Part): number;
  /** Resolves when it has ended, however. */
  read(claim: Claim): Promise<void>;
  /** Ids that the character service has lately said it does not know, as {@link idOf} names them. */
  readonly unknown: ExpiringSet;
  readonly counts: ReadCounts;
  readonly inFlight: Readonly<Record<Part, number>>;
}

const UNKNOWN_IDS_MAX = 10_000;

/** `onAnswered`: a place among the requests is free. */
export function createReading(options: ReadingOptions, onAnswered: () => void): Reading {
  const { queue, upstream, moments } = options;
  const counts = createReadCounts();
  const inFlight: Record<Part, number> = { base: 0, equipment: 0, buffs: 0, passives: 0 };
  const newWidth = (): ReadWidth => createReadWidth(options.concurrency, moments);
  const widths: Readonly<Record<Part, ReadWidth>> = {
    base: newWidth(),
    equipment: newWidth(),
    buffs: newWidth(),
    passives: newWidth(),
  };
  const unknown = createExpiringSet(UNKNOWN_MS, UNKNOWN_IDS_MAX);

  /** The place among the requests is free as soon as the answer is there, whatever the merge waits for. */
  async function fetch({ character, part, began }: Claim): Promise<PartSnapshot | 'missing'> {
    const { tenant, characterId, context } = character;
    inFlight[part] += 1;
    try {
      const snapshot = await upstream.fetch(part, { tenant, characterId, context });
      widths[part].answered();
      return snapshot;
    } catch (error) {
      if (error instanceof AppError && error.code === 'UPSTREAM_TIMEOUT') widths[part].timedOut(began);
      throw error;
    } finally {
      inFlight[part] -= 1;
      onAnswered();
    }
  }

  function miss(claim: Claim): void {
    counts[claim.part].missing += 1;
    unknown.add(idOf(claim.character), moments.mono());
    missRead(options, claim, moments.mono() + UNKNOWN_MS);
  }

  function retryAt({ character, part }: Claim): number {
    const { failures } = queue.status(character, part);
    return moments.mono() + backoff(failures + 1, RETRY_FIRST_MS, RETRY_MAX_MS, options.random);
  }

  return {
    free: (part) => widths[part].now - inFlight[part],
    unknown,
    counts,
    inFlight,
    async read(claim) {
      const { character, part } = claim;
      try {
        const snapshot = await fetch(claim);
        if (snapshot === 'missing') {
          miss(claim);
          return;
        }
        if (part === 'base') unknown.delete(idOf(character));
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
    },
  };
}

export function idOf({ tenant, characterId }: Pick<Character, 'tenant' | 'characterId'>): string {
  return `${tenant.key}/${characterId}`;
}
