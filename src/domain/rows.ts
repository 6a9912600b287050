/**
 * Compact rows: what a read answered, packed into a text of bytes, without an object per entry. Made once, when a read is
 * merged; never changed.
 */
import { Packer, Unpacker } from './packed.ts';
import type { BuffStat, SkillLevel, WornAsset } from './snapshot.ts';
import { BASE_FIELDS, type BaseField, type BaseValues, STATS, type Stat, type StatRow } from './stat.ts';

declare const packs: unique symbol;

/** What it is a row of is known to the compiler alone. */
export type Row<What> = string & { readonly [packs]: What };

export type BaseRow = Row<BaseValues>;
export type AssetRow = Row<readonly WornAsset[]>;
/** Begins with the first expiry of all. */
export type BuffRow = Row<readonly BuffStat[]>;
export type SkillRow = Row<readonly SkillLevel[]>;

function pack<What>(write: (to: Packer) => void): Row<What> {
  const packer = new Packer();
  write(packer);
  return packer.packed() as Row<What>;
}

export function packBase(values: BaseValues): BaseRow {
  return pack((to) => {
    for (const field of BASE_FIELDS) to.integer(values[field]);
  });
}

export function unpackBase(row: BaseRow): BaseValues {
  const from = new Unpacker(row);
  const values: Partial<Record<BaseField, number>> = {};
  for (const field of BASE_FIELDS) values[field] = from.integer();
  return values as BaseValues;
}

export function packAssets(assets: readonly WornAsset[]): AssetRow {
  return pack((to) => {
    for (const { assetId, templateId, slot, stats } of assets) {
      to.integer(assetId);
      to.integer(templateId);
      to.integer(slot);
      packStats(to, stats);
    }
  });
}

export function unpackAssets(row: AssetRow): WornAsset[] {
  const from = new Unpacker(row);
  const assets: WornAsset[] = [];
  while (!from.isAtEnd) {
    const [assetId, templateId, slot] = [from.integer(), from.integer(), from.integer()];
    assets.push({ assetId, templateId, slot, stats: unpackStats(from) });
  }
  return assets;
}

/** A bit for each stat that follows. */
function packStats(to: Packer, stats: StatRow): void {
  to.integer(STATS.reduce((bits, stat, index) => (stats[stat] ? bits | (1 << index) : bits), 0));
  for (const stat of STATS) if (stats[stat]) to.integer(stats[stat]);
}

function unpackStats(from: Unpacker): StatRow {
  const stats: Partial<Record<Stat, number>> = {};
  for (let bits = from.integer(), index = 0; bits !== 0; bits >>= 1, index += 1) {
    const stat = STATS[index];
    if (bits & 1 && stat !== undefined) stats[stat] = from.integer();
  }
  return stats;
}

export function packBuffs(buffs: readonly BuffStat[]): BuffRow {
  return pack((to) => {
    const first = buffs.reduce(
      (soonest, { expiresAt }) => Math.min(soonest, expiresAt ?? soonest),
      Number.POSITIVE_INFINITY,
    );
    to.optional(first === Number.POSITIVE_INFINITY ? undefined : first);
    for (const { sourceId, statType, amount, level, createdAt, expiresAt } of buffs) {
      to.integer(sourceId);
      packStatType(to, statType);
      to.integer(amount);
      to.optional(level);
      to.integer(createdAt.ms);
      to.integer(createdAt.ns);
      to.optional(expiresAt);
    }
  });
}

/** All, or those of one source. */
export function unpackBuffs(row: BuffRow, source?: number): BuffStat[] {
  const from = new Unpacker(row);
  const buffs: BuffStat[] = [];
  from.optional();
  while (!from.isAtEnd) {
    const sourceId = from.integer();
    const statType = unpackStatType(from);
    const [amount, level] = [from.integer(), from.optional()];
    const [ms, ns, expiresAt] = [from.integer(), from.integer(), from.optional()];
    if (source !== undefined && sourceId !== source) continue;
    buffs.push({ sourceId, statType, amount, level, createdAt: { ms, ns }, expiresAt });
  }
  return buffs;
}

/** Epoch ms; Infinity: none expires. */
export function firstExpiry(row: BuffRow): number {
  return new Unpacker(row).optional() ?? Number.POSITIVE_INFINITY;
}

/**
 * Stat types are packed as numbers, in the order in which they were met: a game has some hundred short ones. Longer ones, and those
 * beyond so many, are written out where they occur, so that a service that answers nonsense leaves little behind.
 */
const STAT_TYPES_MAX = 1_024;
const STAT_TYPE_LENGTH_MAX = 64;
const WRITTEN_OUT = 0;
const statTypes: string[] = [];
const statTypeNumbers = new Map<string, number>();

function packStatType(to: Packer, statType: string): void {
  let number = statTypeNumbers.get(statType);
  if (number === undefined && statTypes.length < STAT_TYPES_MAX && statType.length <= STAT_TYPE_LENGTH_MAX) {
    number = statTypes.push(statType);
    statTypeNumbers.set(statType, number);
  }
  to.integer(number ?? WRITTEN_OUT);
  if (number === undefined) to.text(statType);
}

function unpackStatType(from: Unpacker): string {
  const number = from.integer();
  return number === WRITTEN_OUT ? from.text() : (statTypes[number - 1] ?? '');
}

export function packSkills(skills: readonly SkillLevel[]): SkillRow {
  return pack((to) => {
    for (const { skillId, level } of skills) {
      to.integer(skillId);
      to.integer(level);
    }
  });
}

export function unpackSkills(row: SkillRow): SkillLevel[] {
  const from = new Unpacker(row);
  const skills: SkillLevel[] = [];
  while (!from.isAtEnd) skills.push({ skillId: from.integer(), level: from.integer() });
  return skills;
}
