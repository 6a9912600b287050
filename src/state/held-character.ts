import type { AnyPart, Character } from '../domain/character.ts';
import type { EventContext } from '../domain/event.ts';
import { unloaded } from '../domain/part-state.ts';
import type { BasePart } from '../domain/parts/base.ts';
import type { BuffsPart } from '../domain/parts/buffs.ts';
import type { EquipmentPart } from '../domain/parts/equipment.ts';
import type { PassivesPart } from '../domain/parts/passives.ts';
import type { OpenSession } from '../domain/sessions.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';

const NO_SESSIONS: readonly OpenSession[] = [];
/** One object for all: most parts of most characters begin like this. */
export const UNLOADED = unloaded<never, never>(undefined);

/** A character as its keeper has it. Nobody else changes one. */
export class HeldCharacter implements Character {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  held = true;
  version: number;
  context: EventContext | undefined;
  sessions = NO_SESSIONS;
  base: BasePart = UNLOADED;
  equipment: EquipmentPart = UNLOADED;
  buffs: BuffsPart = UNLOADED;
  passives: PassivesPart = UNLOADED;
  /** The session of another shard that it was last read for. */
  readFor: string | undefined = undefined;
  /** Monotonic ms of the last read or event. */
  touchedAt: number;
  /** Monotonic ms at which it is looked whether its time is up. */
  endsAt = Number.POSITIVE_INFINITY;
  /** Epoch ms at which it is looked whether the time of a buff is up; Infinity: none has one. */
  lapsesAt = Number.POSITIVE_INFINITY;

  constructor(tenant: Tenant, characterId: CharacterId, version: number, touchedAt: number) {
    this.tenant = tenant;
    this.characterId = characterId;
    this.version = version;
    this.touchedAt = touchedAt;
  }
}

/** Any part, for what treats all of them alike and looks at no value. */
export function asPart(part: AnyPart): BasePart {
  return part as BasePart;
}

/** The newest event's, with the environment that an earlier one named when it names none. */
export function latestContext(
  known: EventContext | undefined,
  newest: EventContext | undefined,
): EventContext | undefined {
  if (newest === undefined) return known;
  if (known?.environment === undefined || newest.environment !== undefined) return newest;
  return { ...newest, environment: known.environment };
}
