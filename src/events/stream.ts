import type { Part } from '../domain/part.ts';

/** Which stream of events a record belongs to; decides how its value is read. One per consumed topic. */
export const STREAMS = ['session', 'buff', 'asset', 'character', 'skill'] as const;

export type Stream = (typeof STREAMS)[number];

/** The part that the events of a stream concern; sessions concern the character as a whole. */
export const PART_OF_STREAM = {
  session: undefined,
  buff: 'buffs',
  asset: 'equipment',
  character: 'base',
  skill: 'passives',
} as const satisfies Record<Stream, Part | undefined>;
