import type { FeedListeners, Stream, UnreadableBatch } from '../feed.ts';
import { TIMING } from './kafka-options.ts';
import { partitionName } from './partition.ts';

/**
 * Nobody knows what a batch said that could not be read, so what is held of its stream is doubted. Every replica meets the
 * batch in the same second, and more may follow. So each waits for a moment of its own at first, and for half a minute from
 * then on. Until then the stream is doubtful.
 */
export interface Doubts {
  readonly streams: ReadonlySet<Stream>;
  add(batch: UnreadableBatch): void;
  stop(): void;
}

export function createDoubts(random: () => number, onDoubt: FeedListeners['onMissed']): Doubts {
  const streams = new Set<Stream>();
  const partitions = new Map<Stream, Set<string>>();
  const timers = new Map<Stream, NodeJS.Timeout>();

  const tell = (stream: Stream): void => {
    timers.delete(stream);
    const names = partitions.get(stream);
    if (names === undefined) return;
    partitions.delete(stream);
    streams.delete(stream);
    timers.set(stream, setTimeout(tell, TIMING.doubtInterval, stream).unref());
    onDoubt([stream], [...names], 'records that could not be read');
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
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
