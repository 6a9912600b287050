import type { CharacterView, Moment } from '../../domain/character.ts';
import type { EventContext } from '../../domain/event.ts';
import { PARTS, type Part } from '../../domain/part.ts';
import {
  beginRead,
  caughtUp,
  completeRead,
  dueAt,
  failRead,
  judgeAudit,
  REPLAY,
  retryNow,
  want,
} from '../../domain/part-state.ts';
import type { IsOurs } from '../../domain/shard.ts';
import type { CharacterId, Tenant } from '../../domain/tenant.ts';
import { SETTLE_MS } from '../../domain/timing.ts';
import { noticeLapses } from '../../domain/transitions/lapse.ts';
import { holdCharacter } from '../../domain/transitions/session.ts';
import type { Clock } from '../../lib/clock.ts';
import { type CacheCounts, createExpiringSet } from '../../lib/expiring-set.ts';
import type { Claim, MergeOutcome, StateStore } from '../store.ts';
import { createDueReads, type DueReads } from './due-reads.ts';
import type { Home } from './home.ts';
import { MemoryCharacter } from './memory-character.ts';
import { createSkillLevels } from './skill-levels.ts';

/** How long and how many ended sessions are remembered. */
const ENDED_SESSION_TTL_MS = 3_600_000;
const ENDED_SESSIONS_MAX = 100_000;

/** Longer than any producer takes to commit what it has announced. */
const TOUCHED_TTL_MS = 5_000;
const TOUCHED_MAX = 100_000;

/** Characters that are released at a time: other work gets its turn in between. */
const AT_ONCE = 1_000;

/** How long a visitor is held at least that cannot be loaded: its VISITOR_TTL begins with its load. */
const UNLOADED_MS = 30_000;

export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Visitors held at the same time, the oldest goes first. */
  readonly visitorMax: number;
  /** Ms after its load that a visitor is held. */
  readonly visitorTtl: number;
  /** Ms without read or event after which a resident becomes a visitor. */
  readonly residentIdleTtl: number;
  /** Ms after expiresAt for which a buff still counts. */
  readonly expiryGrace: number;
  /** Whether sessions make a resident here (shards). Left out: everybody's do. */
  readonly isOurs?: IsOurs;
}

/** State of one process, in place and without I/O: every method answers synchronously. */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  return new MemoryStore(options);
}

class MemoryStore implements StateStore, Home {
  moment: Moment = { now: 0, mono: 0 };
  readonly skillLevels = createSkillLevels();
  readonly #options: MemoryStoreOptions;
  readonly #clock: Clock;
  readonly #tenants = new Map<string, Map<CharacterId, MemoryCharacter>>();
  /** Held characters without a session, oldest first. */
  readonly #visitors = new Set<MemoryCharacter>();
  /** Sessions whose DESTROYED was seen, so that a CREATED that arrives late does not resurrect one. */
  readonly #ended = createExpiringSet(ENDED_SESSION_TTL_MS, ENDED_SESSIONS_MAX);
  readonly #due: Readonly<Record<Part, DueReads>> = {
    base: createDueReads('base'),
    equipment: createDueReads('equipment'),
    buffs: createDueReads('buffs'),
    passives: createDueReads('passives'),
  };
  readonly #waiting = new Map<string, Set<MemoryCharacter>>();
  /** Parts of absent characters that an event concerned moments ago, or that were not confirmed when they went. */
  readonly #touched = createExpiringSet(TOUCHED_TTL_MS, TOUCHED_MAX);
  /** Monotonic ms at which events may have been missed last, also of absent characters. */
  #distrustedAt = Number.NEGATIVE_INFINITY;
  #held = 0;
  #visitorsEvicted = 0;
  #lastVersion = 0;
  #auditing: Iterator<MemoryCharacter> | undefined;

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** What is remembered of absent characters. */
  readonly caches: Readonly<Record<'ended-sessions' | 'touched-parts', CacheCounts>> = {
    'ended-sessions': this.#ended,
    'touched-parts': this.#touched,
  };

  // --- StateStore

  applyBatch: StateStore['applyBatch'] = (events, step) => {
    const moment = this.#read();
    for (const event of events) {
      // What ended may begin only later on, on another partition: nothing of it may be forgotten before all was read.
      if (event.replayed) this.#ended.keepAll = true;
      if (event.type === 'session-created' && !this.#isOurs(event)) {
        this.doubt(event.tenant, event.characterId);
        continue;
      }
      const found = this.#find(event.tenant, event.characterId);
      const character = found ?? new MemoryCharacter(event.tenant, event.characterId, this);
      character.begin();
      step(character, event, moment, character);
      if (character.held) character.context = latestContext(character.context, event.context);
    }
  };

  mergeSnapshot = (claim: Claim, merge: Parameters<StateStore['mergeSnapshot']>[1]): MergeOutcome => {
    const moment = this.#read();
    const character = this.#claimed(claim);
    if (character === undefined) return 'dropped';
    const part = character.stir(claim.part);
    const changed = merge(character.begin(), moment, character);
    const first = part.asOf === undefined;
    completeRead(part, claim.start, moment.mono);
    if (first && claim.part === 'base' && !character.resident) {
      character.visitorUntil = moment.mono + this.#options.visitorTtl;
    }
    const drifted = !first && judgeAudit(part, claim, changed, moment.mono);
    character.rest(claim.part);
    this.rescheduled(character, claim.part);
    if (drifted) return 'drift';
    return changed ? 'changed' : 'unchanged';
  };

  failRead = (claim: Claim, retryAt: number): void => {
    const character = this.#claimed(claim);
    if (character === undefined) return;
    const moment = this.#read();
    character.begin();
    if (failRead(character.stir(claim.part), moment, retryAt)) {
      character.markStale(claim.part, 'read failed', undefined);
    }
    this.rescheduled(character, claim.part);
  };

  missRead = (claim: Claim, retryAt: number): void => {
    const character = this.#claimed(claim);
    if (character === undefined) return;
    const part = character.stir(claim.part);
    if (!character.resident && part.asOf === undefined) {
      this.#read();
      character.begin().drop();
      return;
    }
    part.missing = true;
    this.failRead(claim, retryAt);
    if (part.asOf !== undefined && part.staleVersion === 0) {
      character.begin().markStale(claim.part, 'unknown to its service', undefined);
    }
  };

  claimDue = (part: Part, n: number): Claim[] => {
    const moment = this.#read();
    return this.#due[part].take(moment.mono, n).map((character) => {
      const state = character.stir(part);
      const { tenant, characterId, context } = character;
      const start = { version: character.version, now: moment.now, mono: moment.mono };
      beginRead(state, start);
      return { tenant, characterId, part, start, context, priority: state.priority, events: state.events };
    });
  };

  nextDueAt = (part: Part): number => this.#due[part].nextAt();

  find = (tenant: Tenant, characterId: CharacterId): CharacterView | undefined => this.#find(tenant, characterId);

  /** Everyone who is held, by the tenant's key and the id; as it is at each moment, not a copy. */
  held = (): ReadonlyMap<string, ReadonlyMap<CharacterId, CharacterView>> => this.#tenants;

  visit: StateStore['visit'] = (tenant, characterId, context) => {
    const moment = this.#read();
    const found = this.#find(tenant, characterId);
    const outlived = found !== undefined && !found.resident && moment.mono >= found.visitorUntil;
    if (found !== undefined && !outlived) return found;
    if (outlived) found.begin().drop();
    const character = new MemoryCharacter(tenant, characterId, this).begin();
    character.context = context;
    holdCharacter(character, undefined, moment, character);
    character.visitorUntil = moment.mono + Math.max(this.#options.visitorTtl, UNLOADED_MS);
    for (const part of PARTS) this.#want(character, part, moment.mono, 'reader');
    this.#evictVisitors();
    return character;
  };

  request: StateStore['request'] = (tenant, characterId, part, priority) => {
    const character = this.#find(tenant, characterId);
    // The read in flight is the one that is asked for; what it cannot know yet has marked the part stale.
    if (character?.part(part).fetch !== undefined) return;
    if (character !== undefined) this.#want(character, part, this.#clock.mono(), priority);
  };

  doubt: StateStore['doubt'] = (tenant, characterId) => {
    this.#read();
    const character = this.#find(tenant, characterId);
    if (character === undefined) return false;
    character.begin();
    for (const part of PARTS) character.markStale(part, 'an operator asked', undefined);
    return true;
  };

  retryNow = (part: Part): void => {
    const mono = this.#clock.mono();
    for (const character of this.#all()) {
      if (character.part(part).failures === 0) continue;
      retryNow(character.stir(part), mono);
      this.#due[part].note(character, mono);
    }
  };

  distrust = (parts: readonly Part[]): number => {
    const { mono } = this.#read();
    this.#distrustedAt = mono;
    for (const character of this.#all()) {
      character.begin();
      for (const part of parts) {
        character.markStale(part, 'events missed', undefined);
        character.settle(part, mono + SETTLE_MS);
      }
    }
    return this.#held;
  };

  caughtUp = (partition: string): boolean => {
    const mono = this.#clock.mono();
    if (partition === REPLAY) this.#ended.keepAll = false;
    const waiting = this.#waiting.get(partition) ?? new Set();
    let left = AT_ONCE;
    for (const character of waiting) {
      if (left === 0) return true;
      left -= 1;
      waiting.delete(character);
      for (const part of PARTS) {
        if (character.part(part).waitsFor !== partition) continue;
        caughtUp(character.stir(part), partition, mono);
        this.rescheduled(character, part);
      }
    }
    this.#waiting.delete(partition);
    return false;
  };

  touch = (view: CharacterView): void => {
    const character = this.#find(view.tenant, view.characterId);
    if (character !== undefined) character.touchedAt = this.#clock.mono();
  };

  sweep = (): void => {
    const moment = this.#read();
    const { expiryGrace, residentIdleTtl } = this.#options;
    this.#ended.sweep(moment.mono);
    this.#touched.sweep(moment.mono);
    this.#endLongWaits(moment.mono);
    for (const visitor of [...this.#visitors]) {
      if (moment.mono >= visitor.visitorUntil) visitor.begin().drop();
    }
    for (const character of this.#all()) {
      if (moment.now >= character.nextExpiry + expiryGrace) {
        noticeLapses(character.begin(), moment, expiryGrace, character);
      }
      if (character.resident && moment.mono >= character.touchedAt + residentIdleTtl) {
        character.visitorUntil = moment.mono + this.#options.visitorTtl;
        character.begin().becomeVisitor();
      }
    }
    this.#evictVisitors();
  };

  audit: StateStore['audit'] = (readBefore, n) => {
    const mono = this.#clock.mono();
    let started = 0;
    for (let looked = 0; looked < this.#held && started < n; looked += 1) {
      const character = this.#nextToAudit();
      if (character === undefined) return;
      for (const part of PARTS) {
        const state = character.part(part);
        const idle = dueAt(state) === Number.POSITIVE_INFINITY && state.fetch === undefined;
        if (!idle || state.asOfMono === undefined || state.asOfMono > readBefore) continue;
        this.#want(character, part, mono, 'audit');
        started += 1;
      }
    }
  };

  population: StateStore['population'] = () => ({
    residents: this.#held - this.#visitors.size,
    visitors: this.#visitors.size,
    visitorsEvicted: this.#visitorsEvicted,
  });

  // --- Home

  firstVersion(now: number): number {
    this.#lastVersion = Math.max(Math.floor(now), this.#lastVersion + 1);
    return this.#lastVersion;
  }

  hasEnded(tenant: Tenant, sessionId: string): boolean {
    return this.#ended.has(`${tenant.key}/${sessionId}`, this.moment.mono);
  }

  rememberEnded(tenant: Tenant, sessionId: string, mono: number): void {
    this.#ended.add(`${tenant.key}/${sessionId}`, mono);
  }

  #isOurs({ tenant, characterId }: { readonly tenant: Tenant; readonly characterId: CharacterId }): boolean {
    return this.#options.isOurs?.(tenant, characterId) !== false;
  }

  wasTouchedAbsent(character: MemoryCharacter, part: Part): boolean {
    // What is heard of others is not remembered: their loads are all confirmed.
    if (!this.#isOurs(character)) return true;
    const { mono } = this.moment;
    return mono < this.#distrustedAt + TOUCHED_TTL_MS || this.#touched.has(touchKey(character, part), mono);
  }

  rememberTouched(character: MemoryCharacter, part: Part): void {
    this.#touched.add(touchKey(character, part), this.moment.mono);
  }

  moved(character: MemoryCharacter): void {
    let characters = this.#tenants.get(character.tenant.key);
    if (characters === undefined) {
      characters = new Map();
      this.#tenants.set(character.tenant.key, characters);
    }
    const known = characters.get(character.characterId) === character;
    if (character.held && !known) {
      characters.set(character.characterId, character);
      this.#held += 1;
    } else if (!character.held && known) {
      this.#forget(character);
      characters.delete(character.characterId);
      if (characters.size === 0) this.#tenants.delete(character.tenant.key);
      this.#held -= 1;
    }
    if (character.held && !character.resident) this.#visitors.add(character);
    else this.#visitors.delete(character);
  }

  rescheduled(character: MemoryCharacter, part: Part): void {
    const { waitsFor } = character.part(part);
    if (waitsFor !== undefined) {
      let waiting = this.#waiting.get(waitsFor);
      if (waiting === undefined) {
        waiting = new Set();
        this.#waiting.set(waitsFor, waiting);
      }
      waiting.add(character);
    }
    this.#due[part].note(character, this.moment.mono);
  }

  // --- inside

  #read(): Moment {
    this.moment = { now: this.#clock.now(), mono: this.#clock.mono() };
    return this.moment;
  }

  #find(tenant: Tenant, characterId: CharacterId): MemoryCharacter | undefined {
    return this.#tenants.get(tenant.key)?.get(characterId);
  }

  *#all(): Generator<MemoryCharacter> {
    for (const characters of this.#tenants.values()) yield* characters.values();
  }

  /** The character that a claim was made for, if it is still that one and still being read by that claim. */
  #claimed(claim: Claim): MemoryCharacter | undefined {
    const character = this.#find(claim.tenant, claim.characterId);
    const valid = character !== undefined && claim.start.version >= character.firstVersion;
    return valid && character.part(claim.part).fetch === claim.start ? character : undefined;
  }

  /**
   * Nothing of an absent character stays in the schedules: in a backlog, thousands come and go in a second. What stays is how
   * far its versions went.
   */
  #forget(character: MemoryCharacter): void {
    this.#lastVersion = Math.max(this.#lastVersion, character.version);
    for (const part of PARTS) {
      this.#due[part].forget(character);
    }
    for (const characters of this.#waiting.values()) characters.delete(character);
  }

  /** Reads that have waited for their backlog for too long are due all the same. */
  #endLongWaits(mono: number): void {
    for (const [partition, characters] of this.#waiting) {
      if (partition === REPLAY) continue;
      for (const character of characters) {
        const waiting = PARTS.filter((part) => character.part(part).waitsFor !== undefined);
        for (const part of waiting) this.#due[part].note(character, mono);
        if (waiting.length === 0) characters.delete(character);
      }
    }
  }

  #want(character: MemoryCharacter, part: Part, at: number, priority: Claim['priority']): void {
    want(character.stir(part), at, priority);
    this.#due[part].note(character, this.#clock.mono());
  }

  #evictVisitors(): void {
    for (const oldest of this.#visitors) {
      if (this.#visitors.size <= this.#options.visitorMax) return;
      this.#visitorsEvicted += 1;
      oldest.begin().drop();
    }
  }

  #nextToAudit(): MemoryCharacter | undefined {
    const next = this.#auditing?.next();
    if (next !== undefined && next.done !== true) return next.value;
    this.#auditing = this.#all();
    const again = this.#auditing.next();
    return again.done === true ? undefined : again.value;
  }
}

function touchKey({ tenant, characterId }: MemoryCharacter, part: Part): string {
  return `${tenant.key}/${characterId}/${part}`;
}

/** The newest event's, with the environment that an earlier one named when it names none. */
function latestContext(known: EventContext | undefined, newest: EventContext | undefined): EventContext | undefined {
  if (newest === undefined) return known;
  if (known?.environment === undefined || newest.environment !== undefined) return newest;
  return { ...newest, environment: known.environment };
}
