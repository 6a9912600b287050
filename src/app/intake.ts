import type { Clamps } from '../clamp/clamps.ts';
import type { Config } from '../config/config.ts';
import { PARTS } from '../domain/part.ts';
import { createDecoder } from '../events/decoder.ts';
import { createDeadLetters, type DeadLetters } from '../ingest/dead-letters.ts';
import { createEventCounts, type EventCounts } from '../ingest/event-counts.ts';
import { type BatchHandler, type FeedListeners, STREAM_OF_PART } from '../ingest/feed.ts';
import { createPipeline } from '../ingest/pipeline.ts';
import { tracedHandler } from '../ingest/traced-handler.ts';
import type { Moments } from '../lib/moments.ts';
import type { ReadQueue } from '../refresh/read-queue.ts';
import type { Refresher } from '../refresh/refresher.ts';
import type { Characters } from '../state/characters.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createToldOnce, type ToldOnce } from '../telemetry/told-once.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { eventCause } from '../watch/causes.ts';
import type { ChangeLog } from '../watch/change-log.ts';
import type { Surroundings } from './ports.ts';

const DEAD_LETTERS = { maxLetters: 1_000, maxBytes: 8 * 1024 * 1024 };

interface IntakeOptions extends Surroundings {
  readonly characters: Characters;
  readonly queue: ReadQueue;
  readonly refresher: Refresher;
  readonly moments: Moments;
  readonly clamps: Clamps | undefined;
  readonly changes: ChangeLog;
  readonly metrics: Pick<Metrics, 'eventVisible'>;
  readonly defects: ToldOnce;
  readonly tracing?: Tracing | undefined;
}

/** What becomes of what the feed brings. */
export interface Intake {
  readonly handle: BatchHandler;
  readonly listeners: FeedListeners;
  readonly deadLetters: DeadLetters;
  readonly eventCounts: EventCounts;
}

export function createIntake(config: Config, options: IntakeOptions): Intake {
  const { clock, logger, tracing } = options;
  const eventCounts = createEventCounts();
  const deadRecords = createToldOnce({ clock, log: (details, message) => logger.warn(details, message) });
  const deadLetters = createDeadLetters({
    ...DEAD_LETTERS,
    onAdded({ topic, partition, offset, reason }, code) {
      deadRecords.tell(`${topic} ${code}`, { topic, partition, offset, reason }, 'a record could not be read');
    },
  });
  const pipeline = pipelineOf(config, options, deadLetters, eventCounts);
  return {
    handle: tracedHandler(pipeline, tracing),
    listeners: listenersOf(options, deadLetters, eventCounts),
    deadLetters,
    eventCounts,
  };
}

function pipelineOf(
  config: Config,
  { characters, moments, refresher, clamps, changes, metrics, defects }: IntakeOptions,
  deadLetters: DeadLetters,
  eventCounts: EventCounts,
): BatchHandler {
  return createPipeline({
    decoder: createDecoder({
      ...(config.atlasEnvironment === undefined ? {} : { environment: config.atlasEnvironment }),
      isConcerned: characters.concerns,
      onDefect: (err) => defects.tell(String(err), { err }, 'a defect: a record could not be read'),
    }),
    characters,
    deadLetters,
    eventCounts,
    moments,
    onEvent: (event) => clamps?.check(event),
    onApplied: refresher.wake,
    onDefect(err, event) {
      const about = event && { type: event.type, tenant: event.tenant.key, characterId: event.characterId };
      defects.tell(String(err), { err, ...about }, 'a defect: an event could not be applied or followed up');
    },
    onVisible: metrics.eventVisible,
    isWatched: () => changes.watching,
    onExpected: changes.expect,
    onWatched: (event, record) => changes.record(event, eventCause(event, record)),
  });
}

function listenersOf(
  { characters, queue, refresher, logger }: IntakeOptions,
  deadLetters: DeadLetters,
  eventCounts: EventCounts,
): FeedListeners {
  return {
    onCaughtUp(partition) {
      queue.caughtUp(partition);
      refresher.wake();
    },
    onReplayed() {
      characters.replayed();
      refresher.wake();
    },
    onMissed(streams, partitions, reason) {
      // Who is there may have changed, and with that everything about them.
      const parts = PARTS.filter((part) => streams.includes('session') || streams.includes(STREAM_OF_PART[part]));
      const { residents, visitors } = characters.population();
      if (residents + visitors > 0)
        logger.warn({ partitions, parts, reason }, 'events may have been missed: all held are re-read');
      characters.distrust(parts);
      refresher.wake();
    },
    onUnreadable({ streams, reason, detail, bytes, ...where }) {
      for (const stream of streams) {
        eventCounts.dead(stream, reason);
        deadLetters.add({ ...where, stream, reason: detail, headers: [], value: bytes, isBatch: true });
      }
    },
  };
}
