import type { BuffChange } from '../src/domain/event.ts';
import type { Instant } from '../src/domain/instant.ts';
import type { BaseValues } from '../src/domain/stat.ts';
import type { CharacterId, Tenant } from '../src/domain/tenant.ts';

/** Which Atlas is played: that of February 2026 (S) or of summer 2026 (T); see docs/reference/events.md. */
export type Format = 'S' | 'T';

export interface Who {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
}

/** The stats of an item by their names on the wire, in the wire's order. */
export const ASSET_STATS = [
  'strength',
  'dexterity',
  'intelligence',
  'luck',
  'hp',
  'mp',
  'weaponAttack',
  'magicAttack',
  'weaponDefense',
  'magicDefense',
  'accuracy',
  'avoidability',
  'hands',
  'speed',
  'jump',
] as const;

export type AssetStat = (typeof ASSET_STATS)[number];

/** Integers from 0. */
export type AssetStats = Readonly<Record<AssetStat, number>>;

/** An item's stats begin with this, so that they always stand in the wire's order. */
export const NO_STATS: AssetStats = {
  strength: 0,
  dexterity: 0,
  intelligence: 0,
  luck: 0,
  hp: 0,
  mp: 0,
  weaponAttack: 0,
  magicAttack: 0,
  weaponDefense: 0,
  magicDefense: 0,
  accuracy: 0,
  avoidability: 0,
  hands: 0,
  speed: 0,
  jump: 0,
};

export interface Asset {
  readonly assetId: number;
  readonly templateId: number;
  /** Below 0: worn. From 1: in the bag. */
  readonly slot: number;
  readonly stats: AssetStats;
  /** When the item was made. */
  readonly createdAt: Instant;
  /** Scrolls that may still be used on it. */
  readonly upgrades: number;
  /** Scrolls that worked. */
  readonly level: number;
}

export interface Buff {
  /** UUID */
  readonly id: string;
  /** Skill id, or the negative id of a consumed item. */
  readonly sourceId: number;
  readonly level: number;
  /** Ms; 0 when it never expires. */
  readonly duration: number;
  readonly changes: readonly BuffChange[];
  readonly createdAt: Instant;
  /** undefined: never. */
  readonly expiresAt: Instant | undefined;
}

export interface LearntSkill {
  readonly skillId: number;
  readonly level: number;
  readonly masterLevel: number;
}

export interface Session {
  readonly sessionId: string;
  readonly worldId: number;
  readonly channelId: number;
}

/** All that is true of one character at one moment. Never mutated: every change makes a new one. */
export interface Character extends Who {
  readonly accountId: number;
  readonly name: string;
  readonly worldId: number;
  readonly base: BaseValues;
  readonly hp: number;
  readonly mp: number;
  /** Ability points not spent yet. */
  readonly ap: number;
  readonly compartmentId: string;
  readonly assets: readonly Asset[];
  readonly skills: readonly LearntSkill[];
  /** As the buff service lists them: lapsed ones stay until they are swept. */
  readonly buffs: readonly Buff[];
  /** False: the buff service has never heard of the character and answers 404. */
  readonly everBuffed: boolean;
  /** Open channel sessions. */
  readonly sessions: readonly Session[];
}

export function isOnline(character: Character): boolean {
  return character.sessions.length > 0;
}

export function wornAssets(character: Character): readonly Asset[] {
  return character.assets.filter((asset) => asset.slot < 0);
}

export function baggedAssets(character: Character): readonly Asset[] {
  return character.assets.filter((asset) => asset.slot > 0);
}
