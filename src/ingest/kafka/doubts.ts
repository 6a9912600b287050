import type { FeedListeners, Stream, UnreadableBatch } from '../feed.ts';
import { partitionName } from './cluster.ts';
import { TIMING } from './kafka-options.ts';

/**
 * What a batch has said that could not be read, nobody knows: what is held of its stream is doubted. Every replica meets
 * it in the same second, and more may follow: so each waits for a moment of its own at first, and for half a minute from
 * then on. Until then the stream is doubtful.
 */
export interface Doubts {
  readonly streams: ReadonlySet<Stream>;
  add(batch: UnreadableBatch): void;
  stop(): void;
}

export interface DoubtsOptions {
  readonly random: () => number;
  readonly onDoubt: FeedListeners['onMissed'];
  /** `streams` has changed. */
  readonly onChange: () => void;
}

export function createDoubts({ random, onDoubt, onChange }: DoubtsOptions): Doubts {
  const streams = new Set<Stream>();
  const partitions = new Map<Stream, Set<string>>();
  const timers = new Map<Stream, NodeJS.Timeout>();

  const rest = (stream: Stream): void => {
    timers.delete(stream);
    if (streams.has(stream)) tell(stream);
  };
  const tell = (stream: Stream): void => {
    const names = [...(partitions.get(stream) ?? [])];
    partitions.delete(stream);
    streams.delete(stream);
    timers.set(stream, setTimeout(rest, TIMING.doubtInterval, stream).unref());
    onDoubt([stream], names, 'records that could not be read');
    onChange();
  };

  return {
    streams,
    add(batch) {
      for (const stream of batch.streams) {
        const names = partitions.get(stream) ?? new Set();
        partitions.set(stream, names.add(partitionName(batch.topic, batch.partition)));
        streams.add(stream);
        if (!timers.has(stream)) timers.set(stream, setTimeout(tell, random() * TIMING.doubtJitter, stream).unref());
      }
      onChange();
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
