import type { CharacterEvent } from '../domain/event.ts';
import { PARTS } from '../domain/part.ts';
import type { Moment } from '../domain/part-state.ts';
import type { Outcome } from '../domain/parts/change.ts';
import type { Decoder } from '../events/decoder.ts';
import type { Moments } from '../lib/moments.ts';
import type { Characters } from '../state/characters.ts';
import type { DeadLetters, DeadRecord } from './dead-letters.ts';
import type { EventCounts } from './event-counts.ts';
import type { BatchHandler, FeedRecord } from './feed.ts';

export interface PipelineOptions {
  readonly decoder: Decoder;
  readonly characters: Pick<Characters, 'apply' | 'find' | 'doubt'>;
  readonly deadLetters: DeadLetters;
  readonly eventCounts: EventCounts;
  readonly moments: Moments;
  /** Called for each event after its batch: its effects are in the state. */
  readonly onEvent: (event: CharacterEvent) => void;
  /** Called after each batch: reads may be due. */
  readonly onApplied: () => void;
  /** Told of what was thrown while an event was applied, or by a listener about it. */
  readonly onDefect: (error: unknown, event: CharacterEvent | undefined) => void;
  /** Told how long after its record time (ms) an event of a partition that is not behind became visible. */
  readonly onVisible: (latency: number) => void;
  /** Whether anybody wants to be told of each event; asked once a batch. */
  readonly isWatched: () => boolean;
  /** Told of each event right before it is applied, while somebody watches. */
  readonly onExpected: (event: CharacterEvent) => void;
  /** Told of each event right after it was applied, and of the record that it came in, while somebody watches. */
  readonly onWatched: (event: CharacterEvent, record: FeedRecord) => void;
}

/**
 * Events about nobody who is held that are read to their end, of each batch: one producer's mistakes are told as long as little comes.
 * In a flood, as after a start, the others cost half as much (docs/explanation/performance.md).
 */
const READ_WHOLE = 8;

/** The hot path: bytes → decode → a change, a doubt or nothing; a batch at a time, without I/O. */
export function createPipeline(options: PipelineOptions): BatchHandler {
  const { decoder, characters, deadLetters, eventCounts, moments } = options;

  /** Events of this batch about nobody who is held. */
  let strangers = 0;

  /** The event; undefined: there is none that anybody here has to hear of. */
  const decode = (record: FeedRecord, behind: string | undefined, replayed: boolean): CharacterEvent | undefined => {
    const decoded = decoder.decode(record, behind, replayed, strangers >= READ_WHOLE);
    switch (decoded.type) {
      case 'skip':
        eventCounts.skipped(record.stream, decoded.reason);
        return undefined;
      case 'not-held':
        strangers += 1;
        eventCounts.outcome(decoded.event, 'not-held');
        return undefined;
      case 'dead':
        eventCounts.dead(record.stream, decoded.reason);
        deadLetters.add(deadRecordOf(record, decoded.detail));
        return undefined;
      default:
        return decoded;
    }
  };

  /** A defect costs no stream and leaves no half-changed character: everything about it is read again. */
  const applyOrDoubt = (event: CharacterEvent, now: Moment, seenAt: number | undefined): Outcome => {
    try {
      return characters.apply(event, now, seenAt);
    } catch (error) {
      options.onDefect(error, event);
      const character = characters.find(event.tenant, event.characterId);
      if (character !== undefined) characters.doubt(character, PARTS, 'a defect');
      return 'failed';
    }
  };

  /** Whoever listens cannot reject a batch that is applied: it would come again for ever. */
  const safely = (tell: () => void, event: CharacterEvent | undefined): void => {
    try {
      tell();
    } catch (error) {
      options.onDefect(error, event);
    }
  };

  const observe = (events: readonly CharacterEvent[]): void => {
    const now = moments.now();
    for (const event of events) {
      const { backlog, replayed, recordTime } = event;
      try {
        // A record time of -1 or 0 is none.
        if (backlog === undefined && !replayed && recordTime > 0) options.onVisible(now - recordTime);
        options.onEvent(event);
      } catch (error) {
        options.onDefect(error, event);
      }
    }
    safely(options.onApplied, undefined);
  };

  return ({ records, behind, replaying }) => {
    const events: CharacterEvent[] = [];
    const isWatched = options.isWatched();
    const behindOf = nameAmong(behind);
    const replayOf = nameAmong(replaying);
    // One for all: nothing else gets its turn meanwhile.
    const moment = moments.next();
    strangers = 0;
    for (const record of records) {
      const replayed = record.stream === 'session' && replayOf(record) !== undefined;
      // What is replayed waits for the replay's end, which may take longer than a backlog is waited for.
      const event = decode(record, replayed ? undefined : behindOf(record), replayed);
      if (event === undefined) continue;
      if (isWatched) safely(() => options.onExpected(event), event);
      eventCounts.outcome(event.type, applyOrDoubt(event, moment, record.seenAt));
      events.push(event);
      if (isWatched) safely(() => options.onWatched(event, record), event);
    }
    observe(events);
  };
}

function deadRecordOf({ content, ...where }: FeedRecord, reason: string): DeadRecord {
  return { ...where, reason, headers: content.headers, value: content.value };
}

/** Name of a record's partition when it is among these. It is built once for all records of a partition that follow each other. */
function nameAmong(partitions: ReadonlySet<string>): (record: FeedRecord) => string | undefined {
  let last: FeedRecord | undefined;
  let name: string | undefined;
  return (record) => {
    if (partitions.size === 0) return undefined;
    if (record.topic !== last?.topic || record.partition !== last.partition) {
      const full = `${record.topic}/${record.partition}`;
      name = partitions.has(full) ? full : undefined;
      last = record;
    }
    return name;
  };
}
