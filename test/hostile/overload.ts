import { Consumer } from '@platformatic/kafka';
import { uniqueName } from '../support/kafka-client.ts';
import { type Bed, TENANTS } from './bed.ts';
import { unchanged } from './generator.ts';
import { consumed } from './message-campaign.ts';
import { bytesOf, type Mutant, plainOf, replaced } from './mutant.ts';
import { inUse, observe, observeCollected } from './observed.ts';

/** Records that take the service much longer than they take the broker. */
export interface OverloadReport {
  readonly records: number;
  readonly bytes: number;
  /** Bytes a second that the broker delivers to a client that does nothing with them. */
  readonly offered: number;
  /** Bytes a second that the service applied. */
  readonly applied: number;
  /** What it held at most beyond what it held before, in the heap and outside, garbage not counted. */
  readonly heldBytes: number;
  readonly stallMs: number;
}

/** As many as the decoder takes in one event, each of a stat type of its own. */
const CHANGES = 128;
const TYPE_LENGTH = 60;
/** So that with all their changes the character has as many entries as are kept of one kind (4,096), and each is looked for among them. */
const SOURCES = 40;
const CHARACTER_ID = 4_000_000;
const FETCH_BYTES = 1_048_576;
const DRAINED_MS = 300_000;

/**
 * As in the burst all records stand on the topic before the frozen service may take the first; but each costs it
 * milliseconds. What it holds while it works them off is looked at again and again.
 */
export async function overload(bed: Bed, records: number): Promise<OverloadReport> {
  const { service, world, topics } = bed;
  const [tenant] = TENANTS;
  if (tenant === undefined) throw new Error('there are no tenants');
  const who = { tenant, characterId: CHARACTER_ID };
  world.makeUp(who);
  world.login(who, 1);
  await bed.send(bed.takeEmitted().map(unchanged));
  await consumed(bed);
  const heavy = heavyRecords(bed, records);
  await bed.send(heavy.slice(0, SOURCES));
  await consumed(bed);
  const before = inUse(await observeCollected(service));

  service.signal('SIGSTOP');
  const from = bed.sent.buff;
  await bed.send(heavy);
  const bytes = heavy.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  service.signal('SIGCONT');
  const began = performance.now();
  let [heldBytes, stallMs, draining] = [0, 0, true];
  const watch = async (): Promise<void> => {
    while (draining) {
      const seen = await observeCollected(service);
      heldBytes = Math.max(heldBytes, inUse(seen) - before);
      stallMs = Math.max(stallMs, seen.stallMs);
    }
  };
  const watching = watch();
  await consumed(bed, DRAINED_MS).finally(() => {
    draining = false;
  });
  const applied = bytes / ((performance.now() - began) / 1_000);
  await watching;
  const offered = bytes / (await secondsToFetch(bed.broker.brokers, topics.buff, from, from + records));
  world.logout(who);
  await bed.send(bed.takeEmitted().map(unchanged));
  await consumed(bed);
  await observe(service);
  return { records, bytes, offered, applied, heldBytes, stallMs };
}

function heavyRecords(bed: Bed, count: number): Mutant[] {
  const [tenant] = TENANTS;
  if (tenant === undefined) return [];
  bed.world.applyBuff({ tenant, characterId: CHARACTER_ID }, { sourceId: 1, level: 1, duration: 600_000, changes: [] });
  const template = bed.takeEmitted().find(({ stream }) => stream === 'buff');
  if (template === undefined) throw new Error('the world emits no buff');
  const now = Date.now();
  return Array.from({ length: count }, (_, nth) => {
    const sourceId = 5_000_000 + (nth % SOURCES);
    const changes = Array.from({ length: CHANGES }, (_change, at) => ({
      type: `T${String(at).padStart(TYPE_LENGTH, '0')}`,
      amount: nth,
    }));
    const createdAt = new Date(now + nth).toISOString();
    const event = Object.entries({ sourceId, changes, createdAt }).reduce(
      (json, [field, value]) => replaced(json, ['body', field], value),
      plainOf(template),
    );
    return { ...unchanged(template), value: bytesOf(event), timestamp: now };
  });
}

/** How long a client takes to fetch these offsets when it does nothing else. */
async function secondsToFetch(brokers: readonly string[], name: string, from: number, to: number): Promise<number> {
  const consumer = new Consumer({
    clientId: 'taker',
    groupId: uniqueName('taker'),
    bootstrapBrokers: [...brokers],
  });
  try {
    const metadata = await consumer.metadata({ topics: [name] });
    const topic = metadata.topics.get(name);
    const node = topic?.partitions[0]?.leader;
    if (topic === undefined || node === undefined) throw new Error(`topic ${name} is not there`);
    const began = performance.now();
    for (let offset = BigInt(from); offset < to; ) {
      const wanted = {
        partition: 0,
        fetchOffset: offset,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        partitionMaxBytes: FETCH_BYTES,
      };
      const answer = await consumer.fetch({
        node,
        topics: [{ topicId: topic.id, partitions: [wanted] }],
        maxBytes: FETCH_BYTES,
        minBytes: 1,
        maxWaitTime: 500,
      });
      for (const batch of answer.responses[0]?.partitions[0]?.records ?? []) {
        offset = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
      }
    }
    return (performance.now() - began) / 1_000;
  } finally {
    await consumer.close();
  }
}
