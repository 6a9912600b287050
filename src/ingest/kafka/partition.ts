import type { PartitionPosition, Stream } from '../feed.ts';

export function partitionName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** Where following of a partition begins. */
export interface Start {
  readonly offset: number;
  /** Leader epoch of the record there, -1 when there is none. */
  readonly epoch: number;
  /** End of the log at that time. */
  readonly end: number;
}

/** Records before an offset were in the log at a monotonic time (ms). */
export interface Seen {
  readonly until: number;
  readonly at: number;
}

/**
 * One partition from where following begins until the log has lost what comes next: then another object takes its place,
 * which tells late answers apart. Offsets are plain numbers: they stay far below 2^53.
 */
export interface PartitionState {
  /** `topic/partition` */
  readonly name: string;
  readonly topic: string;
  /** Of the topic that it began with: one that was created anew under the same name has another log. */
  readonly topicId: string;
  readonly partition: number;
  readonly streams: readonly Stream[];
  /** Next offset to ask the broker for. */
  fetchFrom: number;
  /** Leader epoch of what was fetched last, -1 when it is not known: the broker tells when its log has another one there. */
  lastEpoch: number;
  /** Next offset that the handler has not finished. */
  done: number;
  /** Sessions are replayed up to this offset; undefined: nothing is, or not any more. */
  replayUntil: number | undefined;
  /** High watermark seen last. */
  end: number | undefined;
  /** What the log held at a look; the next one comes when all of that was fetched. */
  seen: Seen;
  /** Monotonic ms at which the last fetch that was answered for this partition was sent. */
  fetchedAt: number | undefined;
  /** Monotonic ms before which it is not fetched, after an error of its own. */
  retryAt: number;
  /** Number of the fetch that brought records of it last: whoever has waited the longest goes first. */
  servedIn: number;
  /** True while we have no right to its records. */
  forbidden: boolean;
  /** True while the last batch was cut short by its size limit. */
  behind: boolean;
  /** Ends that were seen and not reached yet, with the time since which they may have stood; oldest first, one per second. */
  unreached: { readonly at: number; readonly end: number }[];
}

/** `at`: monotonic ms at which the log's end was known. */
export function newPartition(
  identity: Pick<PartitionState, 'topic' | 'topicId' | 'partition' | 'streams'>,
  { offset, epoch, end }: Start,
  at: number,
): PartitionState {
  return {
    ...identity,
    name: partitionName(identity.topic, identity.partition),
    fetchFrom: offset,
    lastEpoch: epoch,
    done: offset,
    replayUntil: undefined,
    end: undefined,
    seen: { until: end, at },
    fetchedAt: undefined,
    retryAt: 0,
    servedIn: 0,
    forbidden: false,
    behind: false,
    unreached: [],
  };
}

const MARK_EVERY_MS = 1_000;

/** Notes the answer, for one partition, to a fetch that was sent at monotonic time `sentAt`. */
export function noteFetched(state: PartitionState, sentAt: number): void {
  // The end may have stood there since the last look: after a pause of the process that is long ago.
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
 * Why what was consumed from this partition is not current (how-state-works, rule 7), undefined when it is.
 *
 * @param limit milliseconds that the last fetch and an unreached end may be old
 */
export function whyNotCurrent(state: PartitionState, now: number, limit: number): string | undefined {
  if (state.fetchedAt === undefined) return `${state.name} was not fetched yet`;
  if (now - state.fetchedAt > limit) return `${state.name} was last fetched ${seconds(now - state.fetchedAt)} ago`;
  const oldest = state.unreached.find((mark) => mark.end > state.done);
  if (oldest !== undefined && now - oldest.at > limit) {
    const since = Number.isFinite(oldest.at) ? `for ${seconds(now - oldest.at)}` : 'since it is followed';
    return `${state.name} is ${(state.end ?? oldest.end) - state.done} records behind, ${since}`;
  }
  return undefined;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}

export function positionsOf(state: PartitionState, committed: number | undefined): PartitionPosition[] {
  const { topic, partition, done: position, end = position } = state;
  return state.streams.map((stream) => ({ stream, topic, partition, position, committed, end }));
}
