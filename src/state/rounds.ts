import { PARTS, type Part } from '../domain/part.ts';
import type { HeldCharacter } from './held-character.ts';
import type { Register } from './register.ts';
import type { Schedule } from './schedule.ts';

/** Looks at everybody, a few at a time, and wants read what is to be read without an event. */
export interface Rounds {
  /** Everybody is to be looked at for whether they are behind. */
  begin(): void;
  /** Looks at `n` of them: whose part was never read, or not since events were missed, has it wanted. False: nobody is left. */
  catchUp(part: Part, n: number, mono: number): boolean;
  /** Wants reads of the next `n` characters in rotation, of parts that were last read at or before this monotonic time. */
  audit(readBefore: number, n: number, mono: number): void;
}

export interface RoundsOptions {
  readonly register: Pick<Register, 'all' | 'size'>;
  readonly schedule: Pick<Schedule, 'want' | 'isQuiet'>;
  /** Monotonic ms since which no event that concerns a part was missed. */
  readonly since: Readonly<Record<Part, number>>;
}

export function createRounds({ register, schedule, since }: RoundsOptions): Rounds {
  const behind: Record<Part, Iterator<HeldCharacter> | undefined> = {
    base: undefined,
    equipment: undefined,
    buffs: undefined,
    passives: undefined,
  };
  let rotation: Iterator<HeldCharacter> | undefined;

  return {
    begin() {
      for (const part of PARTS) behind[part] = register.all();
    },
    catchUp(part, n, mono) {
      const left = behind[part];
      for (let looked = 0; looked < n; looked += 1) {
        const next = left?.next();
        if (next === undefined || next.done === true) {
          behind[part] = undefined;
          return false;
        }
        const { read, began } = next.value[part];
        if (read === undefined || began < since[part]) schedule.want(next.value, part, mono, 'backlog');
      }
      return true;
    },
    audit(readBefore, n, mono) {
      for (let looked = 0; looked < Math.min(n, register.size); looked += 1) {
        rotation ??= register.all();
        const next = rotation.next();
        if (next.done === true) {
          rotation = undefined;
          continue;
        }
        for (const part of PARTS) {
          const { read, began } = next.value[part];
          const isDue = read !== undefined && began <= readBefore && schedule.isQuiet(next.value, part);
          if (isDue) schedule.want(next.value, part, mono, 'audit');
        }
      }
    },
  };
}
