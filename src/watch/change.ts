import type { Degradable } from '../domain/freshness.ts';
import type { Part } from '../domain/part.ts';
import type { Stat } from '../domain/stat.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';

/** Why something moved. */
export type ChangeCause =
  | {
      readonly kind: 'event';
      /** E.g. `buff-applied`. */
      readonly type: string;
      /** Epoch ms: Kafka record time. */
      readonly recordTime: number;
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
    }
  /** audit: the read was nobody's wish but the rotation's. */
  | { readonly kind: 'read' | 'audit'; readonly part: Part }
  /** Nothing came: a buff ended by the clock, or game data arrived. */
  | { readonly kind: 'lapse' };

export interface Move {
  readonly stat: Stat;
  readonly from: number;
  readonly to: number;
}

export interface Change {
  /** Unique within this process, and rising. */
  readonly number: number;
  /** Epoch ms. */
  readonly at: number;
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  readonly worldId: number | undefined;
  readonly cause: ChangeCause;
  /** Causes before this one that were too many to look after each of them. */
  readonly merged: number;
  readonly moves: readonly Move[];
  /** As after it. */
  readonly degraded: readonly Degradable[];
}

/** Whose changes somebody wants to see as they come. */
export interface ChangeFilter {
  readonly tenant: Tenant;
  readonly worldId: number | undefined;
  readonly characterId: CharacterId | undefined;
}

export function matches({ tenant, worldId, characterId }: ChangeFilter, change: Change): boolean {
  return (
    change.tenant.key === tenant.key &&
    (worldId === undefined || change.worldId === worldId) &&
    (characterId === undefined || change.characterId === characterId)
  );
}
