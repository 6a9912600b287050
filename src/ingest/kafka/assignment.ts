import type { PartitionPosition, Stream } from '../feed.ts';

/** One partition for as long as it is ours. Offsets are plain numbers: they stay far below 2^53. */
export interface PartitionState {
  /** `topic/partition` */
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  readonly streams: readonly Stream[];
  /** Next offset to ask the broker for. */
  fetchFrom: number;
  /** Next offset that the handler has not finished. */
  done: number;
  /** What the group's committed offset is known to be. */
  committed: number | undefined;
  /** `done` as of the last commit or of the assignment: a difference is what a commit has to tell. */
  told: number;
  /** High watermark seen last. */
  end: number | undefined;
  /** Monotonic ms at which the last fetch that was answered for this partition was sent. */
  fetchedAt: number | undefined;
  /** Monotonic ms before which it is not fetched, after an error of its own. */
  retryAt: number;
  /** True while the last batch was cut short by its size limit. */
  behind: boolean;
  /** Ends that were seen and not reached yet, with the time since which they may have stood; oldest first, one per second. */
  unreached: { readonly at: number; readonly end: number }[];
}

/** What a join gave us. A new join makes a new object, so that late answers for an old one are told by identity. */
export interface Assignment {
  readonly partitions: ReadonlyMap<string, PartitionState>;
}

export function partitionName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

export function newPartition(
  topic: string,
  partition: number,
  streams: readonly Stream[],
  start: number,
  committed: number | undefined,
): PartitionState {
  return {
    name: partitionName(topic, partition),
    topic,
    partition,
    streams,
    fetchFrom: start,
    done: start,
    committed,
    told: start,
    end: undefined,
    fetchedAt: undefined,
    retryAt: 0,
    behind: false,
    unreached: [],
  };
}

const MARK_EVERY_MS = 1_000;

/** Notes the answer, for one partition, to a fetch that was sent at monotonic time `sentAt`. */
export function noteFetched(state: PartitionState, sentAt: number): void {
  // The end may have stood there since the last look: after a pause, or another member's turn, that is long ago.
  const lastLook = state.fetchedAt ?? Number.NEGATIVE_INFINITY;
  state.fetchedAt = sentAt;
  forgetReached(state);
  if (state.end === undefined || state.done >= state.end) return;
  const last = state.unreached.at(-1);
  if (last === undefined || lastLook - last.at >= MARK_EVERY_MS) state.unreached.push({ at: lastLook, end: state.end });
}

function forgetReached(state: PartitionState): void {
  const { unreached, done } = state;
  let reached = 0;
  for (const mark of unreached) {
    if (mark.end > done) break;
    reached += 1;
  }
  if (reached > 0) unreached.splice(0, reached);
}

/**
 * Why what was consumed from this partition is not current (architecture §3 rule 8), undefined when it is.
 *
 * @param limit milliseconds that the last fetch and an unreached end may be old
 */
export function whyNotCurrent(state: PartitionState, now: number, limit: number): string | undefined {
  if (state.fetchedAt === undefined) return `${state.name} was not fetched yet`;
  if (now - state.fetchedAt > limit) return `${state.name} was last fetched ${seconds(now - state.fetchedAt)} ago`;
  const oldest = state.unreached.find((mark) => mark.end > state.done);
  if (oldest !== undefined && now - oldest.at > limit) {
    const since = Number.isFinite(oldest.at) ? `for ${seconds(now - oldest.at)}` : 'since it was assigned';
    return `${state.name} is ${(state.end ?? oldest.end) - state.done} records behind, ${since}`;
  }
  return undefined;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}

export function positionsOf(assignment: Assignment): PartitionPosition[] {
  const positions: PartitionPosition[] = [];
  for (const state of assignment.partitions.values()) {
    for (const stream of state.streams) {
      positions.push({
        stream,
        topic: state.topic,
        partition: state.partition,
        position: state.done,
        committed: state.committed,
        end: state.end ?? state.done,
      });
    }
  }
  return positions;
}
