import { PARTS, type Part } from '../../domain/part.ts';
import { BASE_FIELDS, type BaseField } from '../../domain/stat.ts';

/**
 * One character's numbers, side by side in one array of doubles: 8 bytes each, where a property holds a reference to a
 * boxed number of 16 more. Layout: {@link AT}, then one per base field, then {@link RESTING} for each part. NaN: there is none.
 */
export type CharacterNumbers = number[];

/** Positions of the numbers that every character has. Times as in `MemoryCharacter`. */
export const AT = {
  version: 0,
  firstVersion: 1,
  touchedAt: 2,
  visitorUntil: 3,
  worldId: 4,
  channelId: 5,
  placeSince: 6,
  buffsEndedUntil: 7,
} as const;

/** What is left of a part at rest, from the part's own position on. */
export const RESTING = { asOf: 0, asOfMono: 1, budgetFullAt: 2 } as const;

const BASE_FROM = Object.keys(AT).length;
const PARTS_FROM = BASE_FROM + BASE_FIELDS.length;
const NUMBERS = PARTS_FROM + PARTS.length * Object.keys(RESTING).length;

/** Position of each base field's value. */
export const BASE_AT = positions(BASE_FIELDS, BASE_FROM, 1);

/** Position of each part's first number. */
export const PART_AT = positions(PARTS, PARTS_FROM, Object.keys(RESTING).length);

const BLANK: readonly number[] = Array.from({ length: NUMBERS }, () => Number.NaN);

/** No version, place, value or time; a copy, because that has no room to spare. */
export function newNumbers(): CharacterNumbers {
  return BLANK.slice();
}

/** The number at a position; NaN: there is none. */
export function numberAt(numbers: readonly number[], position: number): number {
  return numbers[position] ?? Number.NaN;
}

function positions<Name extends BaseField | Part>(
  names: readonly Name[],
  from: number,
  width: number,
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, from + index * width])) as Record<Name, number>;
}
