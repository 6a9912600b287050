import type { EventContext } from '../domain/event.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { createHeap } from '../lib/heap.ts';
import type { Gate } from './gate.ts';
import type { GateId } from './port.ts';
import { answerFor } from './static-answer.ts';
import { type AnyEntry, isKnown } from './static-entry.ts';
import { createStaticQueue } from './static-queue.ts';
import type { StaticShelves } from './static-shelves.ts';
import { addWitness } from './static-witness.ts';
import { isDenial, isServiceFailure } from './upstream-errors.ts';

/** Asks the data service for entries: whose turn it is, what an answer makes of them, when they are asked for again. */
export interface StaticAttempts {
  /** Somebody wants it now: it is asked for if it is due, and goes before others when nothing is known of it. */
  want(entry: AnyEntry, context: EventContext | undefined): void;
  /** Begins what there is room for. */
  pump(): void;
  /** Asks again for what is due and was wanted lately. */
  sweep(): void;
  /** The data were replaced: these are due, and what is under way may answer from before. */
  renew(entries: Iterable<AnyEntry>): void;
  /** Takes it out of the queue. False: it is asked for at the moment, and has to stay. */
  withdraw(entry: AnyEntry): boolean;
  /** It is kept no longer. */
  forget(entry: AnyEntry): void;
}

export interface StaticAttemptsOptions {
  readonly gate: Gate;
  readonly clock: Pick<Clock, 'mono'>;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Entries asked for at the same time at most. */
  readonly concurrency: number;
  readonly shelves: Pick<StaticShelves, 'touch'>;
}

const MISSING_MS = 60_000;
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 5_000;
/** What nobody wanted for this long is not asked again until somebody does. The audit wants everything held every 10 min. */
const INTEREST_MS = 3_600_000;

export function createStaticAttempts(options: StaticAttemptsOptions): StaticAttempts {
  const { gate, clock, random, shelves } = options;
  const queue = createStaticQueue();
  const failing = new Set<AnyEntry>();
  /** By the time at which they are due; an entry whose `askAt` has changed since has another place. */
  const schedule = createHeap<AnyEntry>((at, entry) => entry.askAt === at && !entry.evicted);
  let inFlight = 0;
  let renewals = 0;

  function pump(): void {
    while (inFlight < options.concurrency) {
      const entry = queue.take();
      if (entry === undefined) return;
      if (gate.tryEnter(entry.shelf.tenant, gateIdOf(entry))) void ask(entry);
      else {
        fail(entry);
        endAttempt(entry);
      }
    }
  }

  /** Never rejects. */
  async function ask(entry: AnyEntry): Promise<void> {
    const begunAt = renewals;
    inFlight += 1;
    try {
      await gate.run(entry.shelf.tenant, gateIdOf(entry), async (isProbe) => {
        const answer = await answerFor(entry, isProbe, isAnotherFailing);
        if (answer === 'refused') fail(entry);
        else settle(entry, answer);
      });
    } catch (error) {
      entry.refusals = 0;
      if (isServiceFailure(error) && !isDenial(error)) entry.unansweredAt = clock.mono();
      fail(entry);
    }
    inFlight -= 1;
    // An answer from before the data were replaced may be of the old ones.
    if (begunAt !== renewals) setDue(entry, clock.mono());
    endAttempt(entry);
    pump();
  }

  function isAnotherFailing({ shelf }: AnyEntry): boolean {
    const since = clock.mono() - 2 * RETRY_MAX_MS;
    return [...failing].some((entry) => entry.shelf === shelf && entry.unansweredAt >= since);
  }

  function settle(entry: AnyEntry, answer: { readonly value: unknown } | 'missing'): void {
    failing.delete(entry);
    entry.failures = 0;
    entry.refusals = 0;
    if (answer === 'missing') {
      settleMissing(entry);
      return;
    }
    addWitness(entry);
    entry.doubted = false;
    setDue(entry, Number.POSITIVE_INFINITY);
    entry.value = answer.value;
    shelves.touch(entry.shelf);
  }

  /** A value that is known goes only when it is denied a second time. */
  function settleMissing(entry: AnyEntry): void {
    entry.doubted = isKnown(entry) && !entry.doubted;
    setDue(entry, clock.mono() + MISSING_MS);
    if (entry.doubted || entry.value === null) return;
    entry.value = null;
    shelves.touch(entry.shelf);
  }

  function fail(entry: AnyEntry): void {
    entry.failures += 1;
    setDue(entry, clock.mono() + backoff(entry.failures, RETRY_FIRST_MS, RETRY_MAX_MS, random));
    if (!entry.evicted) failing.add(entry);
  }

  function setDue(entry: AnyEntry, at: number): void {
    entry.askAt = at;
    if (at !== Number.POSITIVE_INFINITY && !entry.evicted) schedule.push(at, entry);
  }

  function endAttempt(entry: AnyEntry): void {
    entry.attempt?.resolve();
    entry.attempt = undefined;
  }

  function askAgain(entry: AnyEntry): void {
    const wanted = clock.mono() - entry.wantedAt <= INTEREST_MS;
    if (wanted && entry.attempt === undefined && !entry.evicted) queue.add(entry, false);
  }

  gate.onClose(() => {
    for (const entry of failing) askAgain(entry);
    failing.clear();
    pump();
  });

  return {
    want(entry, context) {
      entry.wantedAt = clock.mono();
      if (entry.attempt === undefined && entry.askAt <= clock.mono()) {
        entry.context = context;
        queue.add(entry, entry.value === undefined);
      } else if (entry.value === undefined) queue.hurry(entry);
    },
    pump,
    sweep() {
      while (schedule.next <= clock.mono()) {
        const entry = schedule.pop();
        if (entry !== undefined && entry.askAt <= clock.mono()) askAgain(entry);
      }
      pump();
    },
    renew(entries) {
      renewals += 1;
      for (const entry of entries) {
        entry.askAt = clock.mono();
        askAgain(entry);
      }
      pump();
    },
    withdraw: (entry) => queue.remove(entry) || entry.attempt === undefined,
    forget(entry) {
      failing.delete(entry);
      endAttempt(entry);
    },
  };
}

function gateIdOf({ kind, id }: AnyEntry): GateId {
  return `${kind} ${id}`;
}
