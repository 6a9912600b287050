import { setTimeout as delay } from 'node:timers/promises';
import { settledWithin } from '../lib/settled-within.ts';
import type { ClampCommand, CommandProducer } from './clamp-command.ts';

/** Commands on their way, in order; a producer that fails delays them and loses none. */
export interface CommandOutbox {
  add(command: ClampCommand): void;
  /** Tries to send what is left, `within` ms at most. */
  stop(within: number): Promise<void>;
  readonly waiting: number;
  readonly sent: number;
  /** Commands given up because the outbox was full. */
  readonly dropped: number;
}

export interface CommandOutboxOptions {
  readonly producer: CommandProducer;
  /** What the command has become since it was added; asked before each attempt. */
  readonly latest: (command: ClampCommand) => ClampCommand;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly onFailure: (error: unknown, waiting: number) => void;
}

/** Beyond it the oldest goes: a maximum that fell long ago has been clamped by the next hit. */
const WAITING_MAX = 10_000;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;

export function createCommandOutbox({ producer, latest, random, onFailure }: CommandOutboxOptions): CommandOutbox {
  const queue: ClampCommand[] = [];
  const stopping = new AbortController();
  let sending: Promise<void> | undefined;
  let sent = 0;
  let dropped = 0;

  async function drain(): Promise<void> {
    for (let failures = 0, [head] = queue; head !== undefined; [head] = queue) {
      try {
        await producer.send(latest(head));
        if (queue[0] === head) queue.shift();
        sent += 1;
        failures = 0;
      } catch (error) {
        failures += 1;
        onFailure(error, queue.length);
        const pause = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
        await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
      }
    }
  }

  return {
    add(command) {
      queue.push(command);
      if (queue.length > WAITING_MAX) {
        queue.shift();
        dropped += 1;
      }
      sending ??= drain().finally(() => {
        sending = undefined;
      });
    },
    async stop(within) {
      stopping.abort();
      if (sending !== undefined) await settledWithin(sending, within);
      await settledWithin(producer.close(), within);
    },
    get waiting() {
      return queue.length;
    },
    get sent() {
      return sent;
    },
    get dropped() {
      return dropped;
    },
  };
}
