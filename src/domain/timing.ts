/** Constants of the state model, in milliseconds. */

/** A producer has committed what it announced when this long has passed: a read that began sooner is confirmed by another. */
export const SETTLE_MS = 2_000;

/** A confirming read that is this late has not come: what it was to confirm counts no longer as true. Reads end within 2 s. */
export const UNCONFIRMED_MS = 2_000;

/** Allowance for clocks that differ and for what travels: an event this much older than a read tells that read nothing new. */
export const GRACE_MS = 5_000;

/** A take-off shows after this long even if no read has confirmed it: what replaces the item may be announced next. */
export const TAKE_OFF_MS = 250;

/** Sessions whose CREATEDs lie further apart than this are ordered by their record times, others by arrival. */
export const SESSION_ORDER_MS = 60_000;

/** How old a read may be and still count as fresh while the feed is not current. */
export const FRESH_WITHOUT_FEED_MS = 5_000;

/** Events of a partition that is behind wait this long at most before they start reads. */
export const BACKLOG_WAIT_MS = 30_000;

/** One read per part and second with a burst of 3. */
export const READ_INTERVAL_MS = 1_000;
export const READ_BURST = 3;

/** The first and the longest pause before a failed read is tried again. */
export const RETRY_FIRST_MS = 250;
export const RETRY_MAX_MS = 5_000;

/** An id that the character service does not know is cached as unknown for this long. */
export const UNKNOWN_MS = 5_000;

/** What the buff service still lists after its time is asked for again after this long, then after twice as long, and so on. */
export const LAPSED_AGAIN_MS = 10_000;
