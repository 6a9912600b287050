/**
 * The characters that are held, in memory. Events and reads change them here: domain/ says what a change is,
 * {@link createRegister} who stays how long, and the {@link Schedule} is told what has to be read.
 */
import { type AnyPart, type Character, isResident } from '../domain/character.ts';
import type { CharacterEvent, EventContext } from '../domain/event.ts';
import { mergeRead } from '../domain/merge-read.ts';
import { PARTS, type Part } from '../domain/part.ts';
import { type DoubtReason, doubted, type Moment, questioned, unloaded } from '../domain/part-state.ts';
import type { Outcome } from '../domain/parts/change.ts';
import type { PartSnapshot } from '../domain/snapshot.ts';
import type { CharacterId, Tenant, TenantCount } from '../domain/tenant.ts';
import { GRACE_MS, SETTLE_MS } from '../domain/timing.ts';
import type { CacheCounts } from '../lib/expiring-set.ts';
import type { Moments } from '../lib/moments.ts';
import { createAbsentees } from './absentees.ts';
import { createEndedSessions } from './ended-sessions.ts';
import { asPart, HeldCharacter } from './held-character.ts';
import { createKeeping, setPart } from './keeping.ts';
import { createPartEvents } from './part-events.ts';
import { createRegister, type Population, type RegisterOptions } from './register.ts';
import { createRounds } from './rounds.ts';
import type { Schedule } from './schedule.ts';
import { createSessionEvents } from './session-events.ts';

export interface CharactersOptions extends Omit<RegisterOptions, 'onGone' | 'onIdle'> {
  /** Shared with the schedule: what is heard and when a read begins are told apart by it. */
  readonly moments: Moments;
  readonly schedule: Schedule;
  /** Ms after expiresAt for which a buff still counts. */
  readonly expiryGrace: number;
  /** Ms to add to our clock to get that of the service that owns the part. */
  readonly ownerOffset: (part: Part) => number;
  /** Whether sessions of the character make a resident here (shards). */
  readonly isOurs: (tenant: Tenant, characterId: CharacterId) => boolean;
  /** Told of each character that is held no longer. */
  readonly onGone: (character: Character) => void;
}

/** What a read did: whether a value shows otherwise than before, and whether it was the part's first. */
export interface Absorption {
  readonly changed: boolean;
  readonly first: boolean;
}

export interface Characters {
  /**
   * Applies an event. A throw is a defect: no part has changed then, and whoever catches it calls `doubt`. The events of a batch
   * may share a moment. `seenAt`: monotonic ms at which its log was seen to hold it, where that was earlier.
   */
  apply(event: CharacterEvent, now: Moment, seenAt?: number): Outcome;
  /** Merges what a read answered that began at this monotonic time. undefined: the character is held no longer. */
  absorb(character: Character, snapshot: PartSnapshot, began: number): Absorption | undefined;
  find(tenant: Tenant, characterId: CharacterId): Character | undefined;
  /**
   * Whether an event about the character changes anything here: it is held, or a session (`part` is undefined) of our shard
   * begins or ends. Of others it is remembered that something was heard of the part.
   */
  concerns(tenant: Tenant, characterId: CharacterId, part: Part | undefined): boolean;
  /** Everybody, or everybody of a tenant. */
  all(tenant?: Tenant): Iterable<Character>;
  tenants(): Iterable<TenantCount>;
  /** Holds the character as a visitor when it is absent, all parts due at a reader's priority. */
  visit(tenant: Tenant, characterId: CharacterId, context: EventContext | undefined): Character;
  /** The character service does not know the character: a visitor goes, a resident stays. */
  dismiss(character: Character): void;
  /** Notes that somebody reads the character, for RESIDENT_IDLE_TTL. */
  touch(character: Character): void;
  /** These parts are doubted until a read that begins from now on. */
  doubt(character: Character, parts: readonly Part[], reason: DoubtReason): void;
  /** Events that concern these parts may have been missed until now. Costs the same however many are held. */
  distrust(parts: readonly Part[]): void;
  /** Monotonic ms since which no event that concerns the part was missed; -Infinity: none ever was. */
  followedSince(part: Part): number;
  /** The replay of sessions is over: whoever is online and was never read is to be. */
  replayed(): void;
  /** Wants reads of a part of who is behind after a replay or missed events; looks at `n` characters. False: nobody is left. */
  catchUp(part: Part, n: number): boolean;
  /** Lets go whose time is up and notices lapses; to be called about once a second. */
  sweep(): void;
  /** Wants reads of the next `n` characters in rotation, of parts that were last read at or before this monotonic time. */
  audit(readBefore: number, n: number): void;
  population(): Population;
  /** What is remembered of those who are not held. */
  readonly caches: Readonly<Record<'ended-sessions' | 'touched-parts', CacheCounts>>;
}

/** How long a visitor is held at least that cannot be loaded: its VISITOR_TTL begins with its load. */
const UNLOADED_MS = 30_000;

export function createCharacters(options: CharactersOptions): Characters {
  const { moments, schedule, expiryGrace, visitorTtl } = options;
  const ended = createEndedSessions();
  const absentees = createAbsentees();
  const keeping = createKeeping(schedule, expiryGrace);
  const never = Number.NEGATIVE_INFINITY;
  const since: Record<Part, number> = { base: never, equipment: never, buffs: never, passives: never };

  const register = createRegister({
    ...options,
    onGone(character, mono) {
      const { tenant, characterId } = character;
      const unconfirmed = PARTS.filter((part) => isUnconfirmed(character[part], mono));
      for (const part of unconfirmed) absentees.heard(tenant, characterId, part, mono);
      schedule.forget(character);
      options.onGone(character);
    },
    onIdle({ tenant, sessions }, mono) {
      for (const { sessionId } of sessions) ended.add(tenant, sessionId, mono);
    },
  });

  const rounds = createRounds({ register, schedule, since });
  const sessions = createSessionEvents({ ...options, register, ended, keeping, hold });
  const partEvents = createPartEvents({ ...options, register, absentees, keeping, since });

  /** Where something was heard moments ago, its producer may not have committed yet: the first load is confirmed. */
  function hold(tenant: Tenant, characterId: CharacterId, { now, mono }: Moment): HeldCharacter {
    const character = register.admit(tenant, characterId, now, mono);
    for (const part of PARTS) {
      const isRecent = mono < since[part] + SETTLE_MS || absentees.wasHeard(tenant, characterId, part, mono);
      if (isRecent) setPart(character, part, unloaded<never, never>(mono + SETTLE_MS));
    }
    return character;
  }

  function keptOf(character: Character): HeldCharacter | undefined {
    return character instanceof HeldCharacter && character.held ? character : undefined;
  }

  return {
    caches: { 'ended-sessions': ended, 'touched-parts': absentees },
    apply(event, now, seenAt = now.mono) {
      if (event.type === 'session-destroyed') return sessions.destroyed(event, now);
      const heard = seenAt < now.mono ? { now: now.now - (now.mono - seenAt), mono: seenAt } : now;
      return event.type === 'session-created'
        ? sessions.created(event, now, heard)
        : partEvents.heard(event, now, heard);
    },
    absorb(known, snapshot, began) {
      const character = keptOf(known);
      if (character === undefined) return undefined;
      const { part: name } = snapshot;
      const now = { now: moments.now(), mono: moments.mono() };
      const before = character[name];
      const { part, changed } = mergeRead(character, snapshot, began, now);
      // What was missed may have been announced moments ago, like anything that is heard.
      const missedUntil = began > since[name] && began < since[name] + SETTLE_MS ? since[name] + SETTLE_MS : undefined;
      const next =
        missedUntil === undefined ? part : { ...part, confirmAt: Math.max(part.confirmAt ?? 0, missedUntil) };
      if (changed || before.doubt !== next.doubt) keeping.replace(character, name, next, now);
      else keeping.put(character, name, next, now);
      const first = before.read === undefined;
      if (first && name === 'base' && !isResident(character)) register.visitsUntil(character, now.mono + visitorTtl);
      return { changed, first };
    },
    find: register.find,
    concerns(tenant, characterId, part) {
      if (register.find(tenant, characterId) !== undefined) return true;
      if (part === undefined) return options.isOurs(tenant, characterId);
      absentees.heard(tenant, characterId, part, moments.latest);
      return false;
    },
    all: register.all,
    tenants: register.tenants,
    visit(tenant, characterId, context) {
      const found = register.find(tenant, characterId);
      const now = moments.next();
      const outlived = found !== undefined && !isResident(found) && now.mono >= found.endsAt;
      if (found !== undefined && !outlived) {
        if (!isLoaded(found)) register.awaited(found);
        return found;
      }
      if (outlived) register.letGo(found, now.mono);
      const character = hold(tenant, characterId, now);
      character.context = context;
      register.visitsUntil(character, now.mono + Math.max(visitorTtl, UNLOADED_MS));
      for (const part of PARTS) schedule.want(character, part, now.mono, 'reader');
      register.evictVisitors(now.mono);
      return character;
    },
    dismiss(known) {
      const character = keptOf(known);
      if (character !== undefined && !isResident(character)) register.letGo(character, moments.mono());
    },
    touch(known) {
      const character = keptOf(known);
      if (character !== undefined) character.touchedAt = moments.mono();
    },
    doubt(known, parts, reason) {
      const character = keptOf(known);
      if (character === undefined) return;
      const now = moments.next();
      // What met a defect was announced: its producer may not have committed yet.
      const inDoubt = reason === 'a defect' ? doubted : questioned;
      for (const part of parts) {
        keeping.replace(character, part, inDoubt(asPart(character[part]), reason, now), now);
        keeping.wantNow(character, part, now, undefined);
      }
    },
    distrust(parts) {
      const { mono } = moments.next();
      for (const part of parts) since[part] = mono;
      rounds.begin();
    },
    followedSince: (part) => since[part],
    replayed() {
      ended.replayed(moments.mono());
      rounds.begin();
    },
    catchUp: (part, n) => rounds.catchUp(part, n, moments.mono()),
    sweep() {
      const now = moments.next();
      ended.sweep(now.mono);
      absentees.sweep(now.mono);
      register.sweep(now.mono);
      keeping.noticeLapses(now);
    },
    audit: (readBefore, n) => rounds.audit(readBefore, n, moments.mono()),
    population: register.population,
  };
}

function isLoaded({ base, equipment, buffs, passives }: Character): boolean {
  return (
    base.read !== undefined && equipment.read !== undefined && buffs.read !== undefined && passives.read !== undefined
  );
}

/** True while its producer may not have committed, or no read has confirmed it: a load that begins soon is confirmed then. */
function isUnconfirmed({ doubt, confirmAt, heard }: AnyPart, mono: number): boolean {
  return doubt !== undefined || confirmAt !== undefined || heard.some(({ heardAt }) => heardAt > mono - GRACE_MS);
}
