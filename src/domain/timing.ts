/** Constants of architecture §3, in milliseconds. */

/** Allowance for clocks that differ and for reads that overlap an event (rules 1, 2, 8). */
export const FETCH_GRACE_MS = 5_000;

/** A read caused by a hint is repeated once after this long (rule 5): some producers announce before they commit. */
export const SETTLE_MS = 2_000;

/** A session whose CREATED is this much older than that of one that ended has lost its DESTROYED (§2). */
export const LOST_SESSION_MS = 60_000;

/**
 * By its createdAt, a buff may have been cast just now: a generous allowance for a producer's clock that is behind, since all
 * that it costs is one read for who changes channels.
 */
export const RECENT_BUFF_MS = 60_000;

/** How old a part may be and still count as fresh while the feed is not current (rule 8). */
export const FRESH_WITHOUT_FEED_MS = 5_000;

/** Events of a partition that is behind wait this long at most before they start reads (rule 7). */
export const BACKLOG_WAIT_MS = 30_000;

/** One read per part and second with a burst of 3 (rule 7). */
export const READ_INTERVAL_MS = 1_000;
export const READ_BURST = 3;

/** The longest pause before a failed read is tried again (rule 6). */
export const RETRY_MAX_MS = 5_000;

/** An id that the character service does not know is cached as unknown for this long (rule 7). */
export const UNKNOWN_MS = 5_000;
