import { setTimeout as delay } from 'node:timers/promises';
import { STREAMS, type Stream } from '../../src/events/stream.ts';
import type { Prng } from '../../src/lib/prng.ts';
import { parseInstant } from '../../src/wire/rfc3339.ts';
import { formatInstant, ZERO_TIME } from '../../world/go-time.ts';
import type { WorldRecord } from '../../world/producer.ts';
import type { KafkaClient } from '../support/kafka-client.ts';

/** When the broker had a record, monotonic ms; Infinity: not yet. */
export interface Arrival {
  at: number;
}

/** A record on its way to its topic. Times are monotonic ms. */
export interface Shipment {
  readonly record: WorldRecord;
  readonly characterId: number;
  readonly partition: number;
  readonly emittedAt: number;
  /** Before this it is held back. */
  readonly releaseAt: number;
  /** Outlives the record for those who only have to know this. */
  readonly arrival: Arrival;
}

export interface OutboxCounts {
  /** Records that stand on topics, repetitions included. */
  sent: number;
  duplicates: number;
  replays: number;
}

/**
 * Brings the world's records to Kafka with the habits of the real producers: order only within a partition, keys that do
 * not group by character, a delay per topic, duplicates soon after, replays of what was sent long ago.
 */
export interface Outbox {
  send(record: WorldRecord): Shipment;
  /** Ms for which records of the topic are held back from now on. */
  readonly delays: Record<Stream, number>;
  readonly counts: Readonly<OutboxCounts>;
  /** Records that wait. */
  readonly waiting: number;
  /** Resolves once everything is on its topic; nothing is held back any longer. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export interface OutboxOptions {
  readonly kafka: Pick<KafkaClient, 'produce'>;
  readonly topics: Readonly<Record<Stream, string>>;
  readonly partitions: Readonly<Record<Stream, number>>;
  readonly prng: Prng;
  /** Told of each record that is sent again. */
  readonly onRepeated: (shipment: Shipment) => void;
}

const TICK_MS = 25;
const RETRY_MS = 250;
const REQUEST_RECORDS_MAX = 500;
const DUPLICATE_SHARE = 0.04;
const DUPLICATE_WITHIN_MS = 3_000;
const REPLAY_SHARE = 0.02;
const HOUR_MS = 3_600_000;
const ARCHIVE_MAX = 20_000;

export function createOutbox({ kafka, topics, partitions, prng, onRepeated }: OutboxOptions): Outbox {
  const delays: Record<Stream, number> = { session: 0, buff: 0, asset: 0, character: 0, skill: 0 };
  const queues: Record<Stream, Shipment[]> = { session: [], buff: [], asset: [], character: [], skill: [] };
  const repetitions: { readonly at: number; readonly record: WorldRecord }[] = [];
  const archive: WorldRecord[] = [];
  const counts: OutboxCounts = { sent: 0, duplicates: 0, replays: 0 };
  let flushing = false;
  let stopped = false;

  const enqueue = (record: WorldRecord): Shipment => {
    const queue = queues[record.stream];
    const { stream } = record;
    const now = performance.now();
    const shipment: Shipment = {
      record,
      characterId: characterIn(record),
      partition: prng.between(0, partitions[stream] - 1),
      emittedAt: now,
      // One producer: what it sends later never overtakes.
      releaseAt: Math.max(now + delays[stream], queue.at(-1)?.releaseAt ?? 0),
      arrival: { at: Number.POSITIVE_INFINITY },
    };
    queue.push(shipment);
    return shipment;
  };

  const drawRepetitions = (record: WorldRecord): void => {
    const now = performance.now();
    if (prng.chance(DUPLICATE_SHARE)) {
      counts.duplicates += 1;
      // The transactional outbox publishes again: now and then with a new record time.
      const timestamp = prng.chance(0.5) ? record.timestamp : Date.now();
      repetitions.push({ at: now + prng.between(0, DUPLICATE_WITHIN_MS), record: { ...record, timestamp } });
    }
    if (!prng.chance(REPLAY_SHARE)) return;
    const old = prng.pick(archive);
    if (old === undefined) return;
    counts.replays += 1;
    repetitions.push({ at: now, record: aged(old, prng.between(0, 5) * HOUR_MS) });
  };

  const take = (stream: Stream): Shipment[] => {
    const queue = queues[stream];
    const now = performance.now();
    let count = 0;
    while (count < Math.min(queue.length, REQUEST_RECORDS_MAX)) {
      const next = queue[count];
      if (next === undefined || (!flushing && next.releaseAt > now)) break;
      count += 1;
    }
    return queue.slice(0, count);
  };

  const ship = async (stream: Stream): Promise<void> => {
    const shipments = take(stream);
    if (shipments.length === 0) return delay(TICK_MS);
    try {
      const records = shipments.map(({ record, partition }) => ({ ...record, partition }));
      await kafka.produce(topics[stream], records);
    } catch {
      return delay(RETRY_MS);
    }
    const now = performance.now();
    for (const { arrival } of shipments) arrival.at = now;
    queues[stream].splice(0, shipments.length);
    counts.sent += shipments.length;
  };

  const repeatDue = (): void => {
    const now = performance.now();
    for (const { record } of repetitions.filter(({ at }) => flushing || at <= now)) onRepeated(enqueue(record));
    repetitions.splice(0, repetitions.length, ...repetitions.filter(({ at }) => !flushing && at > now));
  };

  const waiting = (): number => STREAMS.reduce((sum, stream) => sum + queues[stream].length, repetitions.length);

  const loops = STREAMS.map(async (stream) => {
    while (!stopped) await ship(stream);
  });
  const repeater = setInterval(repeatDue, TICK_MS);

  return {
    delays,
    counts,
    get waiting() {
      return waiting();
    },
    send(record) {
      const shipment = enqueue(record);
      drawRepetitions(record);
      if (archive.length < ARCHIVE_MAX) archive.push(record);
      else archive[prng.between(0, ARCHIVE_MAX - 1)] = record;
      return shipment;
    },
    async flush() {
      flushing = true;
      repeatDue();
      while (waiting() > 0 && !stopped) await delay(TICK_MS);
      flushing = false;
    },
    async stop() {
      stopped = true;
      clearInterval(repeater);
      await Promise.all(loops);
    },
  };
}

/** The record of so many ms before, and the buff that it tells of as well. */
function aged(record: WorldRecord, ms: number): WorldRecord {
  const timestamp = record.timestamp - ms;
  if (record.stream !== 'buff') return { ...record, timestamp };
  const text = record.value.toString().replace(/(?<="(?:createdAt|expiresAt)":")[^"]+/g, (time) => {
    const instant = time === ZERO_TIME ? undefined : parseInstant(time);
    return instant === undefined ? time : formatInstant({ ...instant, ms: instant.ms - ms });
  });
  return { ...record, timestamp, value: Buffer.from(text) };
}

/** 0 for events about no character. */
function characterIn({ value }: WorldRecord): number {
  const event: unknown = JSON.parse(value.toString());
  if (typeof event !== 'object' || event === null || !('characterId' in event)) return 0;
  return typeof event.characterId === 'number' ? event.characterId : 0;
}
