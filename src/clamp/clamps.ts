import type { CacheCounts } from '../lib/expiring-set.ts';
import type { CommandProducer } from './clamp-command.ts';
import { type ClampWatch, type ClampWatchOptions, createClampWatch } from './clamp-watch.ts';
import { type CommandOutboxOptions, createCommandOutbox } from './command-outbox.ts';
import type { Election } from './election.ts';

/** Clamp commands as a whole: falls are noticed here, and sent by the one replica that is elected. */
export interface Clamps extends Pick<ClampWatch, 'check' | 'forget'> {
  start(): void;
  stop(): Promise<void>;
  /** Commands on their way or kept for whoever sends, and those given up because there were too many. */
  readonly waiting: CacheCounts;
}

export interface ClampsOptions
  extends Omit<ClampWatchOptions, 'send'>,
    Omit<CommandOutboxOptions, 'producer' | 'latest' | 'maySend' | 'mono'> {
  readonly producer: CommandProducer;
  readonly election: Election;
}

/** Through whom commands go, and who of all replicas may send them. */
export type ClampSenders = Pick<ClampsOptions, 'producer' | 'election'>;

const SWEEP_MS = 1_000;
/** Commands that cannot be sent within this long at a stop are left to the next one that is elected. */
const STOP_MS = 500;

export function createClamps(options: ClampsOptions): Clamps {
  const { clock, election } = options;
  const outbox = createCommandOutbox({
    ...options,
    latest: (command) => watch.latest(command),
    maySend: election.isElected,
    mono: clock.mono,
  });
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
    forget: watch.forget,
    start() {
      election.start(outbox.turn);
      sweeper = setInterval(() => {
        watch.sweep();
        outbox.turn();
      }, SWEEP_MS);
    },
    async stop() {
      clearInterval(sweeper);
      await outbox.stop(STOP_MS);
      await election.stop();
    },
  };
}
