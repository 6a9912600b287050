import { setTimeout as delay } from 'node:timers/promises';
import { backoff } from '../lib/backoff.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { settledWithin } from '../lib/settled-within.ts';
import type { ClampCommand, CommandProducer } from './clamp-command.ts';

/**
 * Commands on their way, the newest one for each character and type. Every replica notices every fall; one of them sends. Modes:
 * - sending: what waits goes out in batches, in order; a producer that fails delays it and loses nothing;
 * - standing by: a command is kept for a minute, for whoever sends may fail before it has.
 */
export interface CommandOutbox {
  add(command: ClampCommand): void;
  /** To be called once a second, and when this process has become the one that sends. */
  turn(): void;
  /** Tries to send what is left, `within` ms at most. */
  stop(within: number): Promise<void>;
  readonly waiting: number;
  /** Commands given up because the outbox was full. */
  readonly dropped: number;
}

export interface CommandOutboxOptions {
  readonly producer: CommandProducer;
  /** What the command has become since it was added; asked before each attempt. */
  readonly latest: (command: ClampCommand) => ClampCommand;
  /** Whether this process is the one that sends, asked before each batch. */
  readonly maySend: () => boolean;
  /** Monotonic ms. */
  readonly mono: () => number;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly onFailure: (error: unknown, waiting: number) => void;
}

/** Two for each of 100,000 residents, whose buffs may all end at once. Beyond it the oldest goes: the next hit has clamped it. */
const WAITING_MAX = 200_000;
/** About 170 KB: a broker takes 1 MB. */
const BATCH = 500;
/** Longer than it takes to notice that the one that sends is gone, and to elect another one. */
const STANDBY_MS = 60_000;
const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 5_000;

interface Waiting {
  readonly command: ClampCommand;
  /** Monotonic ms. */
  readonly since: number;
}

export function createCommandOutbox(options: CommandOutboxOptions): CommandOutbox {
  const { producer, latest, maySend, mono } = options;
  /** By character and type, in the order in which they were added last. */
  const waiting = new BoundedMap<string, Waiting>(WAITING_MAX);
  const stopping = new AbortController();
  let sending: Promise<void> | undefined;

  async function drain(): Promise<void> {
    let failures = 0;
    while (waiting.size > 0 && maySend()) {
      const batch = firstOf(waiting);
      try {
        await producer.send(batch.map(([, { command }]) => latest(command)));
        for (const [key, entry] of batch) {
          // What was added meanwhile may be newer than what was sent.
          if (waiting.get(key) === entry) waiting.delete(key);
        }
        failures = 0;
      } catch (error) {
        failures += 1;
        options.onFailure(error, waiting.size);
        const pause = backoff(failures, RETRY_FIRST_MS, RETRY_MAX_MS, options.random);
        await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
      }
    }
  }

  function turn(): void {
    if (maySend()) {
      sending ??= drain().finally(() => {
        sending = undefined;
      });
      return;
    }
    const oldest = mono() - STANDBY_MS;
    for (const [key, { since }] of waiting) {
      if (since > oldest) break;
      waiting.delete(key);
    }
  }

  return {
    add(command) {
      const { tenant, characterId, type } = command;
      const key = `${type}/${characterId}/${tenant.key}`;
      waiting.renew(key, { command, since: mono() });
      if (sending === undefined && maySend()) turn();
    },
    turn,
    async stop(within) {
      stopping.abort();
      if (sending !== undefined) await settledWithin(sending, within);
      await settledWithin(producer.close(), within);
    },
    get waiting() {
      return waiting.size;
    },
    get dropped() {
      return waiting.evicted;
    },
  };
}

function firstOf(waiting: ReadonlyMap<string, Waiting>): [string, Waiting][] {
  const batch: [string, Waiting][] = [];
  for (const entry of waiting) {
    batch.push(entry);
    if (batch.length === BATCH) break;
  }
  return batch;
}
