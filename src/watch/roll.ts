import type { EventContext } from '../domain/event.ts';
import type { Degradable } from '../domain/freshness.ts';
import { STAT_INDEX } from '../domain/stat.ts';
import type { CharacterId, Tenant, TenantCount } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import type { Names } from '../upstream/names.ts';

/** Someone who is held, as far as it costs nothing to tell. */
export interface RollEntry {
  readonly characterId: CharacterId;
  /** False: a visitor, held because somebody asked. */
  readonly resident: boolean;
  /** undefined: no session has told. */
  readonly worldId: number | undefined;
  readonly channelId: number | undefined;
  /** undefined: the base was never loaded. */
  readonly level: number | undefined;
  readonly job: number | undefined;
}

/** What the stats answer of the same moment would say. */
export interface Look {
  /** In the order of STATS. */
  readonly values: readonly number[];
  readonly degraded: readonly Degradable[];
  readonly worldId: number | undefined;
}

/** Who is held now. An implementer owes: no I/O, and that what comes or goes while someone iterates does no harm. */
export interface Roll {
  tenants(): Iterable<TenantCount>;
  list(tenant: Tenant): Iterable<RollEntry>;
  /** undefined: not held, or the base was never loaded. */
  look(tenant: Tenant, characterId: CharacterId): Look | undefined;
}

export interface RollQuestion {
  readonly tenant: Tenant;
  readonly context: EventContext | undefined;
  /** The beginning of an id, or a part of a name whatever its case; undefined: everyone. */
  readonly search: string | undefined;
  readonly worldId: number | undefined;
  readonly channelId: number | undefined;
  readonly degraded: boolean | undefined;
  /** From 1. */
  readonly page: number;
  readonly size: number;
}

export interface RollRow extends RollEntry {
  readonly name: string | undefined;
  readonly maxHp: number | undefined;
  readonly maxMp: number | undefined;
  /** undefined: not known, because the base was never loaded. */
  readonly degraded: readonly Degradable[] | undefined;
}

export interface RollAnswer {
  /** By id. */
  readonly rows: readonly RollRow[];
  readonly total: number;
  /** Held characters whose names were looked for and are not known: a search may have missed them. */
  readonly nameless: number;
}

export interface RollReader {
  read(question: RollQuestion): Promise<RollAnswer>;
}

/** How long a list waits for names, ms: of a page, and of everyone when somebody searches. */
const PAGE_NAMES_WAIT_MS = 250;
const SEARCH_NAMES_WAIT_MS = 1_000;
/** Work without a pause, ms: lists may be long, and events and reads go on meanwhile. */
const TURN_MS = 5;
/** How often the clock is looked at. */
const STRIDE = 64;

/** Lists who is held, a piece of the work per turn of the event loop. */
export function createRollReader(
  roll: Roll,
  names: Pick<Names, 'of' | 'ensure'>,
  clock: Pick<Clock, 'mono'>,
): RollReader {
  async function filtered<T>(all: Iterable<T>, accepts: (one: T) => boolean): Promise<T[]> {
    const found: T[] = [];
    let count = 0;
    let begun = clock.mono();
    for (const one of all) {
      if (accepts(one)) found.push(one);
      count += 1;
      if (count % STRIDE !== 0 || clock.mono() - begun < TURN_MS) continue;
      await new Promise(setImmediate);
      begun = clock.mono();
    }
    return found;
  }

  async function named(question: RollQuestion, held: readonly RollEntry[]): Promise<RollEntry[]> {
    const wanted = question.search?.toLowerCase();
    if (wanted === undefined) return [...held];
    const ids = held.map(({ characterId }) => characterId);
    await names.ensure(question, { character: ids }, SEARCH_NAMES_WAIT_MS);
    return filtered(held, ({ characterId }) => {
      const name = names.of('character', question.tenant, characterId)?.toLowerCase();
      return String(characterId).startsWith(wanted) || name?.includes(wanted) === true;
    });
  }

  function rowOf(question: RollQuestion, held: RollEntry): RollRow {
    const look = roll.look(question.tenant, held.characterId);
    return {
      ...held,
      name: names.of('character', question.tenant, held.characterId),
      maxHp: look?.values[STAT_INDEX.max_hp],
      maxMp: look?.values[STAT_INDEX.max_mp],
      degraded: look?.degraded,
    };
  }

  return {
    async read(question) {
      const { tenant, worldId, channelId, page, size } = question;
      const placed = await filtered(
        roll.list(tenant),
        (held) =>
          (worldId === undefined || held.worldId === worldId) &&
          (channelId === undefined || held.channelId === channelId),
      );
      const found = await named(question, placed);
      const all = await filtered(found, ({ characterId }) => {
        if (question.degraded === undefined) return true;
        return (roll.look(tenant, characterId)?.degraded.length !== 0) === question.degraded;
      });
      all.sort((a, b) => a.characterId - b.characterId);
      const shown = all.slice((page - 1) * size, page * size);
      await names.ensure(question, { character: shown.map(({ characterId }) => characterId) }, PAGE_NAMES_WAIT_MS);
      const rows = shown.map((held) => rowOf(question, held));
      const lookedFor = question.search === undefined ? shown : placed;
      const nameless = lookedFor.filter(({ characterId }) => names.of('character', tenant, characterId) === undefined);
      return { rows, total: all.length, nameless: nameless.length };
    },
  };
}
