import type { CacheCounts } from '../lib/expiring-set.ts';
import type { CommandProducer } from './clamp-command.ts';
import { type ClampWatch, type ClampWatchOptions, createClampWatch } from './clamp-watch.ts';
import { type CommandOutboxOptions, createCommandOutbox } from './command-outbox.ts';

/** Clamp commands as a whole: falls are noticed, commands are sent. */
export interface Clamping extends Pick<ClampWatch, 'check'> {
  start(): void;
  stop(): Promise<void>;
  /** Commands on their way, and those given up because there were too many. */
  readonly waiting: CacheCounts;
}

export interface ClampingOptions
  extends Omit<ClampWatchOptions, 'send'>,
    Omit<CommandOutboxOptions, 'producer' | 'latest'> {
  readonly producer: CommandProducer;
}

const SWEEP_MS = 1_000;
/** Commands that cannot be sent within this long at a stop are lost with the process. */
const STOP_MS = 500;

export function createClamping(options: ClampingOptions): Clamping {
  const outbox = createCommandOutbox({ ...options, latest: (command) => watch.latest(command) });
  const watch = createClampWatch({ ...options, send: outbox.add });
  let sweeper: NodeJS.Timeout | undefined;
  return {
    waiting: {
      get size() {
        return outbox.waiting;
      },
      get evicted() {
        return outbox.dropped;
      },
    },
    check: watch.check,
    start() {
      sweeper = setInterval(watch.sweep, SWEEP_MS);
    },
    async stop() {
      clearInterval(sweeper);
      await outbox.stop(STOP_MS);
    },
  };
}
