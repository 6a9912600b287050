import { newPartition, type PartitionState } from '../../src/ingest/kafka/partition.ts';

/** A partition that is followed from `start` on; 0 of topic `t` with buffs unless told otherwise. */
export function partitionOf({
  start = 0,
  topic = 't',
  ...rest
}: Partial<PartitionState> & { readonly start?: number }): PartitionState {
  const identity = { topic, topicId: `id-of-${topic}`, partition: 0, streams: ['buff'] as const, ...rest };
  return { ...newPartition(identity, { offset: start, epoch: -1, end: start }, 0), ...rest };
}
