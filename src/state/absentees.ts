import type { Part } from '../domain/part.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { GRACE_MS } from '../domain/timing.ts';
import type { CacheCounts } from '../lib/expiring-set.ts';

/**
 * Of whom something was heard while they were not held, by part: a load that begins moments later may be ahead of the
 * producer's commit. Remembered for {@link GRACE_MS} at least and twice that at most, in two generations. The older one goes
 * as a whole, so that an event about nobody who is held costs next to nothing.
 */
export interface Absentees extends CacheCounts {
  /** `mono`: monotonic ms. */
  heard(tenant: Tenant, characterId: CharacterId, part: Part, mono: number): void;
  wasHeard(tenant: Tenant, characterId: CharacterId, part: Part, mono: number): boolean;
  /** Forgets what is too old; to be called now and then, for when nothing is heard. */
  sweep(mono: number): void;
}

interface Generation {
  /** One bit per part, by character, by tenant. */
  readonly heard: Map<string, Map<CharacterId, number>>;
  readonly began: number;
  size: number;
}

/** Characters in one generation; beyond it, something counts as heard of everybody until the generation goes. */
const GENERATION_MAX = 100_000;
const EVERY_PART = ~0;

const BIT: Readonly<Record<Part, number>> = { base: 1, equipment: 2, buffs: 4, passives: 8 };

export function createAbsentees(): Absentees {
  let younger = newGeneration(Number.NEGATIVE_INFINITY);
  let older = younger;
  let evicted = 0;

  const age = (mono: number): void => {
    if (mono < younger.began + GRACE_MS) return;
    // Nothing was heard for so long that the younger one is too old as well.
    const isGone = mono >= younger.began + 2 * GRACE_MS;
    const next = newGeneration(mono);
    older = isGone ? next : younger;
    younger = next;
  };

  const bitsIn = ({ heard, size }: Generation, tenant: Tenant, characterId: CharacterId): number => {
    if (size >= GENERATION_MAX) return EVERY_PART;
    return heard.get(tenant.key)?.get(characterId) ?? 0;
  };

  return {
    get size() {
      return older === younger ? younger.size : older.size + younger.size;
    },
    get evicted() {
      return evicted;
    },
    heard(tenant, characterId, part, mono) {
      age(mono);
      let characters = younger.heard.get(tenant.key);
      if (characters === undefined) {
        characters = new Map();
        younger.heard.set(tenant.key, characters);
      }
      const known = characters.get(characterId);
      if (known === undefined && younger.size >= GENERATION_MAX) {
        evicted += 1;
        return;
      }
      if (known === undefined) younger.size += 1;
      const bits = (known ?? 0) | BIT[part];
      if (bits !== known) characters.set(characterId, bits);
    },
    wasHeard(tenant, characterId, part, mono) {
      age(mono);
      const bits = bitsIn(younger, tenant, characterId) | bitsIn(older, tenant, characterId);
      return (bits & BIT[part]) !== 0;
    },
    sweep: age,
  };
}

function newGeneration(began: number): Generation {
  return { heard: new Map(), began, size: 0 };
}
