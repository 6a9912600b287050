import type { Shard } from '../domain/shard.ts';

/** What SHARD says: `auto` takes the shard from the ordinal of a StatefulSet's pod. */
export interface ShardSetting {
  readonly index: number | 'auto';
  readonly count: number;
}

/** The hash that decides has 15 bits: beyond this, shards would differ in size. */
export const SHARDS_MAX = 256;

const SETTING = /^(auto|\d{1,3})\/(\d{1,3})$/;
/** A StatefulSet names its pods `<name>-<ordinal>`. */
const ORDINAL = /-(\d{1,9})$/;

/** Reads `k/n` with 0 ≤ k < n, or `auto/n`; undefined: it is neither. */
export function shardSetting(text: string): ShardSetting | undefined {
  const [, which = '', total = ''] = SETTING.exec(text) ?? [];
  const count = Number(total);
  if (count < 1 || count > SHARDS_MAX) return undefined;
  if (which === 'auto') return { index: 'auto', count };
  return Number(which) < count ? { index: Number(which), count } : undefined;
}

/**
 * The shard of this process. With `auto`, pods beyond `count` are further replicas of the same shards: the ordinal counts
 * modulo `count`. undefined: the name ends in no ordinal.
 */
export function shardOf({ index, count }: ShardSetting, podName: string | undefined): Shard | undefined {
  if (index !== 'auto') return { index, count };
  const [, ordinal] = ORDINAL.exec(podName ?? '') ?? [];
  return ordinal === undefined ? undefined : { index: Number(ordinal) % count, count };
}
