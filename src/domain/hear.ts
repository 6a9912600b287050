import type { AnyPart, Parts } from './character.ts';
import type { CharacterEvent, SessionCreated, SessionDestroyed } from './event.ts';
import type { Part } from './part.ts';
import type { HearingContext } from './part-state.ts';
import { hearBaseChanged } from './parts/base.ts';
import { hearBuffApplied, hearBuffExpired, hearBuffUpdated } from './parts/buffs.ts';
import type { PartChange } from './parts/change.ts';
import { hearAsset } from './parts/equipment.ts';
import { hearSkillChanged } from './parts/passives.ts';

/** An event that concerns a part; sessions concern the character as a whole. */
export type PartEvent = Exclude<CharacterEvent, SessionCreated | SessionDestroyed>;

/** The part that an event concerns. */
export function partOf(event: PartEvent): Part {
  switch (event.type) {
    case 'buff-applied':
    case 'buff-expired':
    case 'buff-stat-updated':
      return 'buffs';
    case 'asset-moved':
    case 'asset-updated':
    case 'asset-removed':
    case 'equipment-touched':
      return 'equipment';
    case 'base-changed':
      return 'base';
    case 'skill-changed':
      return 'passives';
    default:
      return unreachable(event);
  }
}

/**
 * What one event makes of the part that it concerns: what it carries counts at once, what it cannot carry or cannot be sure
 * of is doubted. Pure: whoever keeps the part puts the result in its place, or throws it away.
 */
export function hear(parts: Parts, event: PartEvent, context: HearingContext): PartChange<AnyPart> {
  switch (event.type) {
    case 'buff-applied':
      return hearBuffApplied(parts.buffs, event, context);
    case 'buff-expired':
      return hearBuffExpired(parts.buffs, event, context);
    case 'buff-stat-updated':
      return hearBuffUpdated(parts.buffs, event, context);
    case 'asset-moved':
    case 'asset-updated':
    case 'asset-removed':
    case 'equipment-touched':
      return hearAsset(parts.equipment, event, context);
    case 'base-changed':
      return hearBaseChanged(parts.base, event, context);
    case 'skill-changed':
      return hearSkillChanged(parts.passives, event, context);
    default:
      return unreachable(event);
  }
}

function unreachable(event: never): never {
  throw new Error(`unknown event ${JSON.stringify(event)}`);
}
