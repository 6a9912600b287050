import type { CharacterView, CharacterWriter, Moment } from '../character.ts';
import type { CharacterEvent, SessionCreated, SessionDestroyed } from '../event.ts';
import type { Part } from '../part.ts';
import { moveAsset, removeAsset, touchEquipment, updateAsset } from './asset.ts';
import { changeBase } from './base.ts';
import { applyBuff, expireBuff, updateBuff } from './buff.ts';
import type { Outcome } from './outcome.ts';
import { createSession, destroySession } from './session.ts';
import { changeSkill } from './skill.ts';

/**
 * Applies one event to one character: what it carries at once, what it cannot carry or cannot be sure of as a stale mark
 * (architecture §3). Pure apart from the writer; may be run again on a fresh view when a store loses a race.
 */
export function step(view: CharacterView, event: CharacterEvent, moment: Moment, writer: CharacterWriter): Outcome {
  if (event.type === 'session-created') return createSession(view, event, moment, writer);
  if (event.type === 'session-destroyed') return destroySession(view, event, writer);
  writer.touch(partOf(event));
  // Rule 4: the first read or CREATED loads the truth.
  if (!view.held) return 'not-held';
  switch (event.type) {
    case 'buff-applied':
      return applyBuff(view, event, moment, writer);
    case 'buff-expired':
      return expireBuff(view, event, moment, writer);
    case 'buff-stat-updated':
      return updateBuff(view, event, moment, writer);
    case 'asset-moved':
      return moveAsset(view, event, moment, writer);
    case 'asset-updated':
      return updateAsset(view, event, moment, writer);
    case 'asset-removed':
      return removeAsset(view, event, moment, writer);
    case 'equipment-touched':
      return touchEquipment(event, moment, writer);
    case 'base-changed':
      return changeBase(view, event, moment, writer);
    case 'skill-changed':
      return changeSkill(view, event, moment, writer);
    default:
      return unreachable(event);
  }
}

/** The part that an event concerns. */
export function partOf(event: Exclude<CharacterEvent, SessionCreated | SessionDestroyed>): Part {
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

function unreachable(event: never): never {
  throw new Error(`unknown event ${JSON.stringify(event)}`);
}
