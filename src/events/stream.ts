/** Which stream of events a record belongs to; decides how its value is read. One per consumed topic. */
export const STREAMS = ['session', 'buff', 'asset', 'character', 'skill'] as const;

export type Stream = (typeof STREAMS)[number];
