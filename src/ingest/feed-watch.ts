import type { Watch } from '../domain/freshness.ts';
import { PARTS, type Part } from '../domain/part.ts';
import type { Clock } from '../lib/clock.ts';
import { type Feed, type FeedHealth, STREAM_OF_PART } from './feed.ts';

/** How old a look at the feed's health may be, ms: it tells of seconds, and every answer asks. */
const LOOK_MS = 50;

/**
 * How well the events of each part are followed: one object for each part, whose fields tell it as of now.
 * `followedSince`: monotonic ms since which none of the part's events was missed.
 */
export function createFeedWatch(
  feed: Pick<Feed, 'health'>,
  clock: Pick<Clock, 'mono'>,
  followedSince: (part: Part) => number,
): Readonly<Record<Part, Watch>> {
  let health: FeedHealth | undefined;
  let lookAgainAt = Number.NEGATIVE_INFINITY;

  const look = (): FeedHealth => {
    const mono = clock.mono();
    if (health === undefined || mono >= lookAgainAt) {
      health = feed.health();
      lookAgainAt = mono + LOOK_MS;
    }
    return health;
  };

  const watchOf = (part: Part): Watch => ({
    get current() {
      return look().streams[STREAM_OF_PART[part]].current;
    },
    get since() {
      return followedSince(part);
    },
  });
  return Object.fromEntries(PARTS.map((part) => [part, watchOf(part)])) as Record<Part, Watch>;
}
