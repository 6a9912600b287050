import type { CharacterView, CharacterWriter, Moment } from './character.ts';
import { compareInstants, instantNumber } from './instant.ts';
import type { FetchStart } from './part-state.ts';
import { type BuffStat, type PartSnapshot, type SkillLevel, sameStats, type WornAsset } from './snapshot.ts';
import { BASE_FIELDS, type BaseValues } from './stat.ts';
import { FETCH_GRACE_MS, SETTLE_MS } from './timing.ts';
import { tombstoneOf } from './transitions/buff.ts';

export interface MergeContext {
  readonly start: FetchStart;
  readonly moment: Moment;
  /** Ms after expiresAt for which a buff still counts (rules §4). */
  readonly expiryGrace: number;
}

/**
 * Merges what a fetch returned, in its part only: replaces and removes what is not newer than the version noted at its
 * start and keeps what is newer (architecture §3). A newer entry has marked the part stale itself when it was set, unless
 * it was clearly newer than the fetch. Returns whether any value changed.
 */
export function mergeSnapshot(
  view: CharacterView,
  snapshot: PartSnapshot,
  context: MergeContext,
  writer: CharacterWriter,
): boolean {
  switch (snapshot.part) {
    case 'base':
      return mergeBase(view, snapshot.values, context.start.version, writer);
    case 'equipment':
      return mergeEquipment(view, snapshot.assets, context.start.version, writer);
    case 'buffs':
      return mergeBuffs(view, snapshot.buffs, context, writer);
    case 'passives':
      return mergeSkills(view, snapshot.skills, context.start.version, writer);
    default:
      return unreachable(snapshot);
  }
}

function mergeBase(view: CharacterView, values: BaseValues, noted: number, writer: CharacterWriter): boolean {
  let changed = false;
  for (const field of BASE_FIELDS) {
    const held = view.base(field);
    if (held !== undefined && (held.version > noted || held.value === values[field])) continue;
    writer.setBase(field, values[field]);
    changed = true;
  }
  return changed;
}

function mergeEquipment(
  view: CharacterView,
  assets: readonly WornAsset[],
  noted: number,
  writer: CharacterWriter,
): boolean {
  let changed = false;
  const worn = new Set(assets.map((asset) => asset.assetId));
  for (const { asset, version } of [...view.assets()]) {
    if (version > noted || worn.has(asset.assetId)) continue;
    writer.forgetAsset(asset.assetId);
    changed = true;
  }
  writer.forgetTakenOff(noted);
  for (const asset of assets) {
    const held = view.asset(asset.assetId);
    if (view.takenOffAt(asset.assetId) !== undefined) continue;
    if (held !== undefined && (held.version > noted || sameAsset(held.asset, asset))) continue;
    writer.putAsset(asset);
    changed = true;
  }
  return changed;
}

function mergeSkills(
  view: CharacterView,
  skills: readonly SkillLevel[],
  noted: number,
  writer: CharacterWriter,
): boolean {
  let changed = false;
  const learnt = new Set(skills.map((skill) => skill.skillId));
  for (const { skill, version } of [...view.skills()]) {
    if (version > noted || learnt.has(skill.skillId)) continue;
    writer.forgetSkill(skill.skillId);
    changed ||= skill.level > 0;
  }
  for (const { skillId, level } of skills) {
    const held = view.skill(skillId);
    if (held !== undefined && (held.version > noted || held.skill.level === level)) continue;
    writer.putSkill(skillId, level);
    changed = true;
  }
  return changed;
}

function mergeBuffs(
  view: CharacterView,
  buffs: readonly BuffStat[],
  { start, moment, expiryGrace }: MergeContext,
  writer: CharacterWriter,
): boolean {
  let changed = false;
  // What the fetch contradicts may have been announced moments before it, by a producer that had not committed yet, and
  // whose clock says nothing about that.
  const confirm = (): void => writer.settle('buffs', moment.mono + SETTLE_MS);
  writer.dropBuffTombstones(start.mono - FETCH_GRACE_MS);
  const listed = new Set(buffs.map((buff) => `${buff.sourceId}/${buff.statType}`));
  for (const { buff, version } of [...view.buffs()]) {
    if (version > start.version || listed.has(`${buff.sourceId}/${buff.statType}`)) continue;
    confirm();
    writer.removeBuff(buff.sourceId, buff.statType);
    changed = true;
  }
  for (const buff of buffs) {
    const stone = tombstoneOf(view, buff.sourceId, buff.statType, buff.createdAt);
    if (stone !== undefined) {
      // Another instance than the one that ended: this read was behind, or the clock that made it was set back since.
      if (compareInstants(buff.createdAt, stone.createdAt) < 0) {
        writer.markStale('buffs', 'buff out of order', undefined);
      }
      writer.want('buffs', stone.setAt + FETCH_GRACE_MS);
      continue;
    }
    const held = view.buff(buff.sourceId, buff.statType);
    if (held !== undefined && (sameBuff(held.buff, buff) || keeps(held.version > start.version, held.buff, buff))) {
      continue;
    }
    const order = held === undefined ? 1 : compareInstants(buff.createdAt, held.buff.createdAt);
    // Older than what is held, or than something that has ended and may have replaced it.
    if (order < 0 || instantNumber(buff.createdAt) <= view.buffsEndedUntil) confirm();
    // Of the same instance, what came before its newest update is still outdated.
    const updatedAt = order === 0 && held !== undefined ? held.updatedAt : Number.NEGATIVE_INFINITY;
    writer.putBuff(buff, updatedAt, hasLapsed(buff, moment, expiryGrace));
    changed = true;
  }
  return changed;
}

/** What an event brought after the fetch began stays, unless the fetch has seen a later instance. */
function keeps(newer: boolean, held: BuffStat, listed: BuffStat): boolean {
  return newer && compareInstants(listed.createdAt, held.createdAt) <= 0;
}

/** True from the moment on at which a buff no longer counts though nobody ended it (rules §4). */
export function hasLapsed(buff: BuffStat, moment: Moment, expiryGrace: number): boolean {
  return buff.expiresAt !== undefined && moment.now >= buff.expiresAt + expiryGrace;
}

function sameAsset(a: WornAsset, b: WornAsset): boolean {
  return a.templateId === b.templateId && a.slot === b.slot && sameStats(a.stats, b.stats);
}

function sameBuff(a: BuffStat, b: BuffStat): boolean {
  return (
    a.amount === b.amount &&
    a.level === b.level &&
    a.expiresAt === b.expiresAt &&
    compareInstants(a.createdAt, b.createdAt) === 0
  );
}

function unreachable(snapshot: never): never {
  throw new Error(`unknown snapshot ${JSON.stringify(snapshot)}`);
}
