import type { AnyPart } from '../domain/character.ts';
import type { Part } from '../domain/part.ts';
import { type Moment, questioned } from '../domain/part-state.ts';
import { nextLapseAt, noLapseBefore } from '../domain/parts/buffs.ts';
import { createHeap } from '../lib/heap.ts';
import type { HeldCharacter, UNLOADED } from './held-character.ts';
import type { Schedule } from './schedule.ts';

/** Puts parts in the place of those before, and knows when buffs lapse. */
export interface Keeping {
  /** The one place in which a value, or a doubt about it, changes. */
  replace(character: HeldCharacter, part: Part, next: AnyPart, now: Moment): void;
  /** For a part that shows as the one before. */
  put(character: HeldCharacter, part: Part, next: AnyPart, now: Moment): void;
  /** A read of the part is wanted: at once, or once a partition that is behind has caught up. */
  wantNow(character: HeldCharacter, part: Part, now: Moment, backlog: string | undefined): void;
  /** Doubts the buffs whose time is up, and wants them read. */
  noticeLapses(now: Moment): void;
}

/** `expiryGrace`: ms after expiresAt for which a buff still counts. */
export function createKeeping(schedule: Schedule, expiryGrace: number): Keeping {
  const lapses = createHeap<HeldCharacter>((at, character) => character.held && character.lapsesAt === at);

  function replace(character: HeldCharacter, part: Part, next: AnyPart, now: Moment): void {
    character.version += 1;
    put(character, part, next, now);
  }

  function put(character: HeldCharacter, part: Part, next: AnyPart, now: Moment): void {
    setPart(character, part, next);
    if (part === 'buffs') watchLapses(character, now);
  }

  /** Whose first buff has gone since comes up too early, and is looked at again then: most events change no time in the heap. */
  function watchLapses(character: HeldCharacter, now: Moment): void {
    const soonest = noLapseBefore(character.buffs, expiryGrace);
    const lapsesAt = soonest > now.now ? soonest : nextLapseAt(character.buffs, now, expiryGrace);
    if (lapsesAt >= character.lapsesAt) return;
    character.lapsesAt = lapsesAt;
    lapses.push(lapsesAt, character);
  }

  function wantNow(character: HeldCharacter, part: Part, { mono }: Moment, backlog: string | undefined): void {
    if (backlog === undefined) schedule.want(character, part, mono, 'live');
    else schedule.waitFor(character, part, backlog, mono);
  }

  return {
    replace,
    put,
    wantNow,
    noticeLapses(now) {
      while (lapses.next <= now.now) {
        const at = lapses.next;
        const character = lapses.pop();
        if (character?.held !== true || character.lapsesAt !== at) continue;
        character.lapsesAt = Number.POSITIVE_INFINITY;
        if (nextLapseAt(character.buffs, now, expiryGrace) > now.now) watchLapses(character, now);
        else {
          replace(character, 'buffs', questioned(character.buffs, 'buff lapsed', now), now);
          wantNow(character, 'buffs', now, undefined);
        }
      }
    },
  };
}

export function setPart(character: HeldCharacter, part: Part, next: AnyPart | typeof UNLOADED): void {
  const parts: Record<Part, AnyPart | typeof UNLOADED> = character;
  parts[part] = next;
}
