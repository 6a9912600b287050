import type { CharacterEvent } from '../domain/event.ts';
import { step } from '../domain/transitions/step.ts';
import type { Decoder } from '../events/decoder.ts';
import type { Clock } from '../lib/clock.ts';
import type { StateStore, Step } from '../state/store.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { BatchHandler, FeedBatch, FeedRecord } from './feed.ts';
import type { Tally } from './tally.ts';

export interface PipelineOptions {
  readonly decoder: Decoder;
  readonly store: StateStore;
  readonly deadLetters: DeadLetters;
  readonly tally: Tally;
  readonly clock: Clock;
  /** Called after each batch: its effects are in the store, reads may be due. */
  readonly onApplied: (events: readonly CharacterEvent[]) => void;
  /** Told of what was thrown while an event was applied. */
  readonly onDefect: (error: unknown, event: CharacterEvent) => void;
  /** Told how long after its record time (ms) an event of a partition that is not behind became visible. */
  readonly onVisible: (latency: number) => void;
}

/** The hot path: bytes → decode → transition, a batch at a time, without I/O of its own (architecture §3). */
export function createPipeline(options: PipelineOptions): BatchHandler {
  const { decoder, store, deadLetters, tally, clock } = options;

  /** A defect costs the event that met it, not the stream: a batch that is rejected would come again for ever. */
  const stepOrFail: Step = (view, event, moment, writer) => {
    try {
      return step(view, event, moment, writer);
    } catch (error) {
      options.onDefect(error, event);
      return 'failed';
    }
  };

  const counted: Step = (view, event, moment, writer) => {
    const outcome = stepOrFail(view, event, moment, writer);
    tally.outcome(event.type, outcome);
    return outcome;
  };

  const decode = (record: FeedRecord, { behind, replaying }: FeedBatch): CharacterEvent | undefined => {
    const replayed = record.stream === 'session' && partitionIn(replaying, record) !== undefined;
    const decoded = decoder.decode(record, partitionIn(behind, record), replayed);
    if (decoded.type === 'skip') {
      tally.skipped(record.stream, decoded.reason);
      return undefined;
    }
    if (decoded.type === 'dead') {
      tally.dead(record.stream, decoded.reason);
      deadLetters.add({ ...record, reason: decoded.detail });
      return undefined;
    }
    return decoded;
  };

  const observe = (events: readonly CharacterEvent[]): void => {
    const now = clock.now();
    for (const event of events) {
      if (event.backlog === undefined && !event.replayed) options.onVisible(now - event.recordTime);
    }
    options.onApplied(events);
  };

  return (batch) => {
    const events: CharacterEvent[] = [];
    for (const record of batch.records) {
      const event = decode(record, batch);
      if (event !== undefined) events.push(event);
    }
    const applied = store.applyBatch(events, counted);
    if (applied instanceof Promise) return applied.then(() => observe(events));
    observe(events);
    return undefined;
  };
}

/** Name of the record's partition when that is among them. Of most batches none is, and no name is built. */
function partitionIn(names: ReadonlySet<string>, { topic, partition }: FeedRecord): string | undefined {
  if (names.size === 0) return undefined;
  const name = `${topic}/${partition}`;
  return names.has(name) ? name : undefined;
}
