import type { AnyPart } from '../domain/character.ts';
import { hear, type PartEvent, partOf } from '../domain/hear.ts';
import { overridden } from '../domain/merge-read.ts';
import type { Part } from '../domain/part.ts';
import { dueOf, type Moment } from '../domain/part-state.ts';
import type { Outcome } from '../domain/parts/change.ts';
import { GRACE_MS } from '../domain/timing.ts';
import type { Absentees } from './absentees.ts';
import { type HeldCharacter, latestContext } from './held-character.ts';
import type { Keeping } from './keeping.ts';
import type { Register } from './register.ts';
import type { Schedule } from './schedule.ts';

/** What events about buffs, equipment, base and skills do. */
export interface PartEvents {
  /** `heardAt`: when its log was seen to hold it, which may be earlier than now. */
  heard(event: PartEvent, now: Moment, heardAt: Moment): Outcome;
}

export interface PartEventsOptions {
  readonly register: Pick<Register, 'find'>;
  readonly absentees: Pick<Absentees, 'heard'>;
  readonly keeping: Pick<Keeping, 'replace' | 'wantNow'>;
  readonly schedule: Pick<Schedule, 'heard' | 'want'>;
  /** Monotonic ms since which no event that concerns a part was missed. */
  readonly since: Readonly<Record<Part, number>>;
  /** Ms to add to our clock to get that of the service that owns the part. */
  readonly ownerOffset: (part: Part) => number;
}

export function createPartEvents(options: PartEventsOptions): PartEvents {
  const { register, absentees, keeping, schedule, since } = options;

  /** What was heard before the last read began, and came here after it. */
  function overrideBy(character: HeldCharacter, part: Part, heard: AnyPart, now: Moment): Outcome {
    const next = overridden(part, heard, now.now);
    keeping.replace(character, part, next, now);
    const due = dueOf(next);
    if (due !== Number.POSITIVE_INFINITY) schedule.want(character, part, Math.max(due, now.mono), 'backlog');
    return 'outdated';
  }

  return {
    heard(event, now, heardAt) {
      const part = partOf(event);
      const character = register.find(event.tenant, event.characterId);
      if (character === undefined) {
        absentees.heard(event.tenant, event.characterId, part, now.mono);
        return 'not-held';
      }
      const before = character[part];
      character.touchedAt = Math.max(character.touchedAt, now.mono);
      character.context = latestContext(character.context, event.context);
      const reads = schedule.heard(character, part);
      // It tells nothing of what was read so long after, and would be forgotten with that read.
      if (heardAt.mono <= before.began - GRACE_MS) return 'outdated';
      // What was read before is read again, and until then not older values are shown than these.
      if (heardAt.mono <= since[part] && before.began < since[part]) return 'outdated';
      const ownerNow = heardAt.now + options.ownerOffset(part);
      const quiet = before.began >= since[part] && reads === 'quiet';
      const readingSince = typeof reads === 'number' ? reads : undefined;
      const { part: next, outcome } = hear(character, event, {
        now: heardAt.now,
        mono: heardAt.mono,
        takenAt: now.mono,
        ownerNow,
        quiet,
        readingSince,
      });
      if (next === before) return outcome;
      if (heardAt.mono <= before.began) return overrideBy(character, part, next, now);
      keeping.replace(character, part, next, now);
      if (next.doubt !== before.doubt) keeping.wantNow(character, part, now, event.backlog);
      return outcome;
    },
  };
}
