/**
 * Compact rows: what a read answered, without an object per entry. Made once, when a read is merged; never changed.
 */
import type { BuffStat, WornAsset } from './snapshot.ts';
import type { StatRow } from './stat.ts';

/** Four elements per asset: its id, template and slot, and its stats, which equal items share. */
export type AssetRow = readonly (number | StatRow)[];

/** Seven elements per buff, in the order of {@link packBuffs}. */
export type BuffRow = readonly (number | string | undefined)[];

const ASSET_WIDTH = 4;
const BUFF_WIDTH = 7;

export function packAssets(assets: readonly WornAsset[]): AssetRow {
  return trimmed(assets.flatMap(({ assetId, templateId, slot, stats }) => [assetId, templateId, slot, stats]));
}

export function unpackAssets(row: AssetRow): WornAsset[] {
  const assets: WornAsset[] = [];
  for (let at = 0; at < row.length; at += ASSET_WIDTH) {
    const [assetId, templateId, slot, stats] = row.slice(at, at + ASSET_WIDTH);
    assets.push({ assetId, templateId, slot, stats } as WornAsset);
  }
  return assets;
}

export function packBuffs(buffs: readonly BuffStat[]): BuffRow {
  const row = buffs.flatMap(({ sourceId, statType, amount, level, createdAt, expiresAt }) => [
    sourceId,
    statType,
    amount,
    level,
    createdAt.ms,
    createdAt.ns,
    expiresAt,
  ]);
  return trimmed(row);
}

/** All, or those of one source. */
export function unpackBuffs(row: BuffRow, source?: number): BuffStat[] {
  const buffs: BuffStat[] = [];
  for (let at = 0; at < row.length; at += BUFF_WIDTH) {
    if (source !== undefined && row[at] !== source) continue;
    const [sourceId, statType, amount, level, ms, ns, expiresAt] = row.slice(at, at + BUFF_WIDTH);
    buffs.push({ sourceId, statType, amount, level, createdAt: { ms, ns }, expiresAt } as BuffStat);
  }
  return buffs;
}

/** Epoch ms; Infinity: none expires. */
export function firstExpiry(row: BuffRow): number {
  let first = Number.POSITIVE_INFINITY;
  for (let at = BUFF_WIDTH - 1; at < row.length; at += BUFF_WIDTH) {
    const expiresAt = row[at];
    if (typeof expiresAt === 'number' && expiresAt < first) first = expiresAt;
  }
  return first;
}

/** A copy without the room that a list keeps in reserve while it grows: a third of what a row weighs. */
function trimmed<T>(row: readonly T[]): readonly T[] {
  return row.slice();
}
