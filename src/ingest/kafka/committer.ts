import type { Clock } from '../../lib/clock.ts';
import type { Assignment, PartitionState } from './assignment.ts';
import { TIMING } from './kafka-options.ts';
import type { PartitionOffset } from './membership.ts';
import type { TroubleLog } from './trouble-log.ts';

/** Tells the group how far the handler has come: at once when the last commit is an interval ago, else then. */
export interface Committer {
  /** Something was handled in the current assignment. */
  schedule(): void;
  /** Commits what this assignment has left to tell, after a commit in flight. Never rejects. */
  flush(assignment: Assignment): Promise<void>;
  stop(): void;
}

export interface CommitterOptions {
  readonly clock: Clock;
  readonly trouble: TroubleLog;
  readonly current: () => Assignment | undefined;
  readonly commit: (offsets: readonly PartitionOffset[]) => Promise<void>;
  readonly onCommitted: () => void;
  readonly onFailed: () => void;
}

const RETRY_MS = 1_000;

export function createCommitter(options: CommitterOptions): Committer {
  const { clock, trouble, current, commit, onCommitted, onFailed } = options;
  let notBefore = 0;
  let timer: NodeJS.Timeout | undefined;
  let inFlight: Promise<void> | undefined;

  const send = async (states: readonly PartitionState[]): Promise<void> => {
    const offsets = states.map(({ topic, partition, done }) => ({ topic, partition, offset: done }));
    notBefore = clock.mono() + TIMING.commitInterval;
    try {
      await commit(offsets);
      states.forEach((state, index) => {
        const offset = offsets[index]?.offset;
        if (offset === undefined) return;
        state.told = offset;
        state.committed = offset;
      });
      onCommitted();
      trouble.ended('committing offsets');
    } catch (error) {
      notBefore = clock.mono() + RETRY_MS;
      onFailed();
      trouble.began('committing offsets', error);
    }
  };

  // One commit at a time: two in flight could arrive in the wrong order after a reconnect, and the offset would rewind.
  const sendAll = async (assignment: Assignment): Promise<void> => {
    while (inFlight !== undefined) await inFlight;
    const untold = [...assignment.partitions.values()].filter((state) => state.done !== state.told);
    if (untold.length === 0) return;
    inFlight = send(untold).finally(() => {
      inFlight = undefined;
    });
    await inFlight;
  };

  const schedule = (): void => {
    if (timer !== undefined) return;
    timer = setTimeout(
      async () => {
        const assignment = current();
        if (assignment !== undefined) await sendAll(assignment);
        timer = undefined;
        const now = current();
        if (now !== undefined && hasUntold(now)) schedule();
      },
      Math.max(0, notBefore - clock.mono()),
    );
  };

  return {
    schedule,
    flush: sendAll,
    stop() {
      clearTimeout(timer);
    },
  };
}

function hasUntold(assignment: Assignment): boolean {
  for (const state of assignment.partitions.values()) {
    if (state.done !== state.told) return true;
  }
  return false;
}
