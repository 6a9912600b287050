import type { Moment } from '../../domain/character.ts';
import type { Part } from '../../domain/part.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { MemoryCharacter } from './memory-character.ts';
import type { SkillLevels } from './skill-levels.ts';

/** What a character needs of the store that holds it. */
export interface Home {
  /** Of the transition that runs now. */
  readonly moment: Moment;
  /** Hands out the object that stands for a skill of a level. */
  readonly skillLevels: SkillLevels;
  /** A first version that no earlier holding of the character has reached. */
  firstVersion(now: number): number;
  hasEnded(tenant: Tenant, sessionId: string): boolean;
  rememberEnded(tenant: Tenant, sessionId: string, mono: number): void;
  wasTouchedAbsent(character: MemoryCharacter, part: Part): boolean;
  rememberTouched(character: MemoryCharacter, part: Part): void;
  /** The character became held, gone, resident or visitor. */
  moved(character: MemoryCharacter): void;
  /** The part's next read may be due at another time. */
  rescheduled(character: MemoryCharacter, part: Part): void;
}
