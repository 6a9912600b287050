import type { Character, Who } from '../../world/model.ts';
import type { World } from '../../world/world.ts';
import type { Shipment } from './outbox.ts';

/** What was true of a character for a while. Times are monotonic ms. */
export interface Truth {
  readonly character: Character;
  readonly since: number;
  /** Infinity while it is true. */
  until: number;
  /** What was announced about its end. */
  announcements: readonly Shipment[];
}

/** What was true of everyone, as far back as anybody may still believe it. */
export interface TruthHistory {
  /** To be called after every action with what it announced. */
  note(announcements: readonly Shipment[]): void;
  /** The truths about a character that `mayBeBelieved`, the newest first. */
  of(who: Who, mayBeBelieved: (truth: Truth) => boolean): readonly Truth[];
}

/** Longer than any window in which an answer is judged, and than any outage in which announcements wait. */
const KEPT_MS = 120_000;

export function createTruthHistory(world: World): TruthHistory {
  const histories = new Map<string, Truth[]>();

  const note = (announcements: readonly Shipment[]): void => {
    const now = performance.now();
    for (const character of world.characters()) {
      const key = nameOf(character);
      const history = histories.get(key) ?? [];
      histories.set(key, history);
      const latest = history.at(-1);
      if (latest?.character === character) continue;
      if (latest !== undefined) {
        latest.until = now;
        latest.announcements = announcements.filter(({ characterId }) => characterId === character.characterId);
      }
      history.push({ character, since: now, until: Number.POSITIVE_INFINITY, announcements: [] });
      while ((history[0]?.until ?? now) < now - KEPT_MS) history.shift();
    }
  };

  note([]);
  return {
    note,
    of: (who, mayBeBelieved) => (histories.get(nameOf(who)) ?? []).filter(mayBeBelieved).reverse(),
  };
}

/** When the last announcement of its end stood on its topic; Infinity: one does not yet. */
export function toldAt(truth: Truth): number {
  return truth.announcements.reduce((latest, { arrival }) => Math.max(latest, arrival.at), truth.until);
}

export function nameOf({ tenant, characterId }: Who): string {
  return `${tenant.id.slice(0, 4)}/${characterId}`;
}
