import type { Part } from '../../domain/part.ts';
import { newPart, type PartState } from '../../domain/part-state.ts';
import { type CharacterNumbers, numberAt, PART_AT, RESTING } from './character-numbers.ts';

/**
 * A part that is loaded, fresh, and of which nothing is due, owed or under way: three numbers tell all of it. This shows
 * them as the state that they stand for; whatever changes that state rouses the part first.
 */
export class RestingPart implements Readonly<PartState> {
  readonly #numbers: CharacterNumbers;
  readonly #at: number;

  constructor(numbers: CharacterNumbers, part: Part) {
    this.#numbers = numbers;
    this.#at = PART_AT[part];
  }

  get asOf(): number {
    return numberAt(this.#numbers, this.#at + RESTING.asOf);
  }

  get asOfMono(): number {
    return numberAt(this.#numbers, this.#at + RESTING.asOfMono);
  }

  get budgetFullAt(): number {
    return numberAt(this.#numbers, this.#at + RESTING.budgetFullAt);
  }

  get fetch(): undefined {
    return undefined;
  }

  get staleVersion(): number {
    return 0;
  }

  get staleSince(): number {
    return 0;
  }

  get staleReason(): undefined {
    return undefined;
  }

  get settleAt(): undefined {
    return undefined;
  }

  get failures(): number {
    return 0;
  }

  get firstReadBeganAt(): undefined {
    return undefined;
  }

  get wantedAt(): number {
    return Number.POSITIVE_INFINITY;
  }

  get priority(): 'live' {
    return 'live';
  }

  get retryAt(): number {
    return 0;
  }

  get waitsFor(): undefined {
    return undefined;
  }

  get missing(): boolean {
    return false;
  }

  get events(): number {
    return 0;
  }

  get suspectedAt(): undefined {
    return undefined;
  }
}

/** True when three numbers can stand for the state. When its first read began means nothing any more once it is loaded. */
export function canRest(state: Readonly<PartState>): boolean {
  return (
    state.asOf !== undefined &&
    state.asOfMono !== undefined &&
    state.fetch === undefined &&
    state.staleVersion === 0 &&
    state.settleAt === undefined &&
    state.failures === 0 &&
    state.wantedAt === Number.POSITIVE_INFINITY &&
    state.waitsFor === undefined &&
    !state.missing &&
    state.suspectedAt === undefined
  );
}

/** Writes down the numbers of a part that can rest. */
export function layToRest(numbers: CharacterNumbers, part: Part, state: Readonly<PartState>): void {
  const at = PART_AT[part];
  numbers[at + RESTING.asOf] = state.asOf ?? Number.NaN;
  numbers[at + RESTING.asOfMono] = state.asOfMono ?? Number.NaN;
  numbers[at + RESTING.budgetFullAt] = state.budgetFullAt;
}

/** The state of a resting part as one that can be changed. */
export function rouse(numbers: CharacterNumbers, part: Part): PartState {
  const { asOf, asOfMono, budgetFullAt } = new RestingPart(numbers, part);
  return { ...newPart(Number.POSITIVE_INFINITY, 'live'), asOf, asOfMono, budgetFullAt };
}
