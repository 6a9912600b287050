import { isResident } from '../domain/character.ts';
import type { CharacterId, Tenant, TenantCount } from '../domain/tenant.ts';
import { createHeap } from '../lib/heap.ts';
import { HeldCharacter } from './held-character.ts';

export interface Population {
  readonly residents: number;
  readonly visitors: number;
  /** Visitors let go because VISITOR_MAX was reached. */
  readonly visitorsEvicted: number;
}

export interface RegisterOptions {
  /** Visitors held at the same time, the oldest goes first. */
  readonly visitorMax: number;
  /** Ms after its load that a visitor is held. */
  readonly visitorTtl: number;
  /** Ms without read or event after which a resident becomes a visitor. */
  readonly residentIdleTtl: number;
  /** Called right before a character goes. Monotonic ms. */
  readonly onGone: (character: HeldCharacter, mono: number) => void;
  /** Called right before a resident becomes a visitor. */
  readonly onIdle: (character: HeldCharacter, mono: number) => void;
}

/** Who is held, and until when. All times are monotonic ms. Nobody is looked at before the time that concerns it. */
export interface Register {
  find(tenant: Tenant, characterId: CharacterId): HeldCharacter | undefined;
  /** Everybody, or everybody of a tenant. */
  all(tenant?: Tenant): Iterator<HeldCharacter> & Iterable<HeldCharacter>;
  readonly size: number;
  /** Of whom somebody is held, and how many. */
  tenants(): Iterable<TenantCount>;
  /** Holds an absent character, as a visitor. `now`: epoch ms. */
  admit(tenant: Tenant, characterId: CharacterId, now: number, mono: number): HeldCharacter;
  letGo(character: HeldCharacter, mono: number): void;
  /** To be called when a session was opened. */
  becameResident(character: HeldCharacter): void;
  /** A visitor that is not loaded yet is asked for again: of all visitors it is the last to be evicted. */
  awaited(character: HeldCharacter): void;
  /** A visitor stays until then. */
  visitsUntil(character: HeldCharacter, mono: number): void;
  evictVisitors(mono: number): void;
  /** Lets go whose time is up. */
  sweep(mono: number): void;
  population(): Population;
}

export function createRegister({ visitorMax, visitorTtl, residentIdleTtl, onGone, onIdle }: RegisterOptions): Register {
  const tenants = new Map<string, Map<CharacterId, HeldCharacter>>();
  /** Oldest first; those who are waited for are as old as the last who waits. */
  const visitors = new Set<HeldCharacter>();
  const endings = createHeap<HeldCharacter>((at, character) => character.held && character.endsAt === at);
  let size = 0;
  let visitorsEvicted = 0;
  let lastVersion = 0;

  const find = (tenant: Tenant, characterId: CharacterId): HeldCharacter | undefined =>
    tenants.get(tenant.key)?.get(characterId);

  function* all(tenant?: Tenant): Generator<HeldCharacter> {
    for (const [key, characters] of tenants) if (tenant === undefined || key === tenant.key) yield* characters.values();
  }

  function endAt(character: HeldCharacter, mono: number): void {
    character.endsAt = mono;
    endings.push(mono, character);
  }

  function letGo(character: HeldCharacter, mono: number): void {
    if (!character.held) throw new Error(`character ${character.characterId} is let go a second time`);
    onGone(character, mono);
    const { tenant, characterId } = character;
    character.held = false;
    character.sessions = [];
    lastVersion = Math.max(lastVersion, character.version);
    visitors.delete(character);
    const characters = tenants.get(tenant.key);
    characters?.delete(characterId);
    if (characters?.size === 0) tenants.delete(tenant.key);
    size -= 1;
  }

  function end(character: HeldCharacter, mono: number): void {
    const idleAt = character.touchedAt + residentIdleTtl;
    if (!isResident(character)) letGo(character, mono);
    else if (mono < idleAt) endAt(character, idleAt);
    else {
      onIdle(character, mono);
      character.sessions = [];
      character.version += 1;
      visitors.add(character);
      endAt(character, mono + visitorTtl);
    }
  }

  function evictVisitors(mono: number): void {
    for (const oldest of visitors) {
      if (visitors.size <= visitorMax) return;
      visitorsEvicted += 1;
      letGo(oldest, mono);
    }
  }

  return {
    find,
    all,
    get size() {
      return size;
    },
    *tenants() {
      for (const characters of tenants.values()) {
        const [first] = characters.values();
        if (first !== undefined) yield { tenant: first.tenant, held: characters.size };
      }
    },
    admit(tenant, characterId, now, mono) {
      // Above every version that anybody who went has had.
      lastVersion = Math.max(Math.floor(now), lastVersion + 1);
      const character = new HeldCharacter(tenant, characterId, lastVersion, mono);
      let characters = tenants.get(tenant.key);
      if (characters === undefined) {
        characters = new Map();
        tenants.set(tenant.key, characters);
      }
      characters.set(characterId, character);
      visitors.add(character);
      size += 1;
      return character;
    },
    letGo,
    becameResident(character) {
      visitors.delete(character);
      endAt(character, character.touchedAt + residentIdleTtl);
    },
    awaited(character) {
      if (visitors.delete(character)) visitors.add(character);
    },
    visitsUntil: endAt,
    evictVisitors,
    sweep(mono) {
      while (endings.next <= mono) {
        const at = endings.next;
        const character = endings.pop();
        if (character?.held === true && character.endsAt === at) end(character, mono);
      }
      evictVisitors(mono);
    },
    population: () => ({ residents: size - visitors.size, visitors: visitors.size, visitorsEvicted }),
  };
}
