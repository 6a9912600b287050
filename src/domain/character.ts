/**
 * One held character: its sessions, and four parts of which each is what was read and what was heard since.
 *
 * Modes: visitor (someone asked) → resident (at least one open session) → gone (the last session ended), and resident →
 * visitor (idle for too long) → gone (its time is up). A visitor becomes a resident in place.
 */
import type { EventContext } from './event.ts';
import type { Part } from './part.ts';
import type { BasePart } from './parts/base.ts';
import type { BuffsPart } from './parts/buffs.ts';
import type { EquipmentPart } from './parts/equipment.ts';
import type { PassivesPart } from './parts/passives.ts';
import type { OpenSession } from './sessions.ts';
import type { CharacterId, Tenant } from './tenant.ts';

export interface Parts {
  readonly base: BasePart;
  readonly equipment: EquipmentPart;
  readonly buffs: BuffsPart;
  readonly passives: PassivesPart;
}

/** Any part, for what concerns all of them alike. */
export type AnyPart = Parts[Part];

/** As everybody but its keeper (state/) sees it. The same object as long as the character is held. */
export interface Character extends Parts {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  /** False for good once it is let go. */
  readonly held: boolean;
  /** Rises with every change of a value, a doubt or a session; never repeats for the same character in one process. */
  readonly version: number;
  /** In the order of their arrival; none: a visitor. */
  readonly sessions: readonly OpenSession[];
  /** What to hand on to requests on this character's behalf: from the newest event. */
  readonly context: EventContext | undefined;
}

export function isResident({ sessions }: Pick<Character, 'sessions'>): boolean {
  return sessions.length > 0;
}
