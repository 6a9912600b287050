import type {
  AssetEntry,
  BaseEntry,
  BuffEntry,
  BuffTombstone,
  CharacterView,
  CharacterWriter,
  Moment,
  OpenSession,
  Place,
  SkillEntry,
  StaleReason,
} from '../../domain/character.ts';
import type { EventContext } from '../../domain/event.ts';
import { compareInstants, type Instant } from '../../domain/instant.ts';
import { PARTS, type Part } from '../../domain/part.ts';
import { markStale, newPart, type PartState, settle, waitForBacklog, want } from '../../domain/part-state.ts';
import type { BuffStat, WornAsset } from '../../domain/snapshot.ts';
import { BASE_FIELDS, type BaseField } from '../../domain/stat.ts';
import type { CharacterId, Tenant } from '../../domain/tenant.ts';

/** What a character needs of the store that holds it. */
export interface Home {
  /** A first version that no earlier holding of any character has reached. */
  firstVersion(now: number): number;
  hasEnded(tenant: Tenant, sessionId: string): boolean;
  rememberEnded(tenant: Tenant, sessionId: string, mono: number): void;
  wasTouchedAbsent(character: MemoryCharacter, part: Part): boolean;
  rememberTouched(character: MemoryCharacter, part: Part): void;
  /** The character became held, gone, resident or visitor. */
  moved(character: MemoryCharacter): void;
  /** The part's next read may be due at another time. */
  rescheduled(character: MemoryCharacter, part: Part): void;
}

/** Entries of one kind kept per character; the oldest goes first beyond this. A game master knows about a thousand skills. */
const ENTRIES_MAX = 4_096;

/** One character's state, changed in place; both view and writer. Small lists are searched: they hold a few dozen entries. */
export class MemoryCharacter implements CharacterView, CharacterWriter {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  held = false;
  firstVersion = 0;
  version = 0;
  place: Place | undefined;
  context: EventContext | undefined;
  /** Monotonic ms of the last read or event. */
  touchedAt = 0;
  /** Monotonic ms at which a visitor goes; meaningless for a resident. */
  visitorUntil = 0;
  /** Epoch ms of the earliest expiry whose lapse has not been noticed; Infinity: none. */
  nextExpiry = Number.POSITIVE_INFINITY;
  readonly #home: Home;
  #moment: Moment = { now: 0, mono: 0 };
  #stamped = false;
  #sessions: OpenSession[] = [];
  #base: (BaseEntry | undefined)[] = [];
  #assets: AssetEntry[] = [];
  #takenOff: { assetId: number; version: number }[] = [];
  #buffs: BuffEntry[] = [];
  #tombstones: BuffTombstone[] = [];
  #skills: SkillEntry[] = [];
  #parts: Record<Part, PartState>;

  constructor(tenant: Tenant, characterId: CharacterId, home: Home) {
    this.tenant = tenant;
    this.characterId = characterId;
    this.#home = home;
    this.#parts = newParts(0, 'live');
  }

  /** Opens a transition: whatever it changes gets one new version. */
  begin(moment: Moment): this {
    this.#moment = moment;
    this.#stamped = false;
    return this;
  }

  get resident(): boolean {
    return this.#sessions.length > 0;
  }

  sessions(): readonly OpenSession[] {
    return this.#sessions;
  }

  hasEnded(sessionId: string): boolean {
    return this.#home.hasEnded(this.tenant, sessionId);
  }

  wasTouchedAbsent(part: Part): boolean {
    return this.#home.wasTouchedAbsent(this, part);
  }

  base(field: BaseField): BaseEntry | undefined {
    return this.#base[BASE_INDEX[field]];
  }

  assets(): readonly AssetEntry[] {
    return this.#assets;
  }

  asset(assetId: number): AssetEntry | undefined {
    return this.#assets.find((entry) => entry.asset.assetId === assetId);
  }

  takenOffAt(assetId: number): number | undefined {
    return this.#takenOff.find((entry) => entry.assetId === assetId)?.version;
  }

  buffs(): readonly BuffEntry[] {
    return this.#buffs;
  }

  buff(sourceId: number, statType: string): BuffEntry | undefined {
    return this.#buffs.find(({ buff }) => buff.sourceId === sourceId && buff.statType === statType);
  }

  buffTombstones(): readonly BuffTombstone[] {
    return this.#tombstones;
  }

  skills(): readonly SkillEntry[] {
    return this.#skills;
  }

  skill(skillId: number): SkillEntry | undefined {
    return this.#skills.find(({ skill }) => skill.skillId === skillId);
  }

  part(part: Part): PartState {
    return this.#parts[part];
  }

  hold(backlog: string | undefined): void {
    this.held = true;
    this.firstVersion = this.#home.firstVersion(this.#moment.now);
    this.version = this.firstVersion;
    this.#stamped = true;
    this.touchedAt = this.#moment.mono;
    this.#parts = newParts(backlog === undefined ? this.#moment.mono : Number.POSITIVE_INFINITY, 'live');
    this.#home.moved(this);
    for (const part of PARTS) {
      if (backlog !== undefined) waitForBacklog(this.#parts[part], this.#moment.mono, backlog);
      this.#home.rescheduled(this, part);
    }
  }

  drop(): void {
    this.held = false;
    this.#sessions = [];
    this.#home.moved(this);
  }

  openSession(session: OpenSession): void {
    this.#stamp();
    this.#sessions.push(session);
    this.touchedAt = this.#moment.mono;
    if (this.#sessions.length > ENTRIES_MAX) this.#sessions.shift();
    this.#home.moved(this);
  }

  closeSession(sessionId: string): void {
    this.#stamp();
    this.#sessions = this.#sessions.filter((session) => session.sessionId !== sessionId);
  }

  rememberEnded(sessionId: string): void {
    this.#home.rememberEnded(this.tenant, sessionId, this.#moment.mono);
  }

  setPlace(place: Place): void {
    this.#stamp();
    this.place = place;
  }

  setContext(context: EventContext | undefined): void {
    this.context = context;
  }

  becomeVisitor(): void {
    this.#stamp();
    this.#sessions = [];
    this.#home.moved(this);
  }

  setBase(field: BaseField, value: number): void {
    this.#base[BASE_INDEX[field]] = { value, version: this.#stamp() };
  }

  putAsset(asset: WornAsset): void {
    const entry = { asset, version: this.#stamp() };
    put(this.#assets, entry, (other) => other.asset.assetId === asset.assetId);
  }

  takeOffAsset(assetId: number): void {
    this.forgetAsset(assetId);
    put(this.#takenOff, { assetId, version: this.#stamp() }, (other) => other.assetId === assetId);
  }

  forgetAsset(assetId: number): void {
    this.#stamp();
    this.#assets = this.#assets.filter((entry) => entry.asset.assetId !== assetId);
  }

  forgetTakenOff(untilVersion: number): void {
    if (this.#takenOff.length > 0) this.#takenOff = this.#takenOff.filter((entry) => entry.version > untilVersion);
  }

  putBuff(buff: BuffStat, updatedAt: number, lapseNoticed: boolean): void {
    const entry = { buff, updatedAt, lapseNoticed, version: this.#stamp() };
    put(this.#buffs, entry, (other) => other.buff.sourceId === buff.sourceId && other.buff.statType === buff.statType);
    this.#findNextExpiry();
  }

  removeBuff(sourceId: number, statType: string): void {
    this.#stamp();
    this.#buffs = this.#buffs.filter(({ buff }) => buff.sourceId !== sourceId || buff.statType !== statType);
    this.#findNextExpiry();
  }

  putBuffTombstone(sourceId: number, statType: string | undefined, createdAt: Instant): void {
    const held = this.#tombstones.find((stone) => stone.sourceId === sourceId && stone.statType === statType);
    if (held !== undefined && compareInstants(createdAt, held.createdAt) <= 0) return;
    const stone = { sourceId, statType, createdAt, setAt: this.#moment.mono, version: this.#stamp() };
    put(this.#tombstones, stone, (other) => other === held);
  }

  dropBuffTombstones(setUntil: number): void {
    if (this.#tombstones.length > 0) this.#tombstones = this.#tombstones.filter((stone) => stone.setAt > setUntil);
  }

  putSkill(skillId: number, level: number): void {
    const entry = { skill: { skillId, level }, version: this.#stamp() };
    put(this.#skills, entry, (other) => other.skill.skillId === skillId);
  }

  forgetSkill(skillId: number): void {
    this.#stamp();
    this.#skills = this.#skills.filter(({ skill }) => skill.skillId !== skillId);
  }

  markStale(part: Part, reason: StaleReason, backlog: string | undefined): void {
    markStale(this.#parts[part], this.#stamp(), reason, this.#moment, backlog);
    this.#home.rescheduled(this, part);
  }

  settle(part: Part, at: number): void {
    settle(this.#parts[part], at);
    this.#home.rescheduled(this, part);
  }

  want(part: Part, at: number): void {
    want(this.#parts[part], at, 'live');
    this.#home.rescheduled(this, part);
  }

  touch(part: Part): void {
    if (!this.held) {
      this.#home.rememberTouched(this, part);
      return;
    }
    const state = this.#parts[part];
    state.events += 1;
    state.suspectedAt = undefined;
    this.touchedAt = this.#moment.mono;
  }

  #stamp(): number {
    if (!this.#stamped) this.version += 1;
    this.#stamped = true;
    return this.version;
  }

  #findNextExpiry(): void {
    this.nextExpiry = Number.POSITIVE_INFINITY;
    for (const { buff, lapseNoticed } of this.#buffs) {
      if (!lapseNoticed && buff.expiresAt !== undefined && buff.expiresAt < this.nextExpiry) {
        this.nextExpiry = buff.expiresAt;
      }
    }
  }
}

const BASE_INDEX = Object.fromEntries(BASE_FIELDS.map((field, index) => [field, index])) as Record<BaseField, number>;

function newParts(mono: number, priority: 'live' | 'reader'): Record<Part, PartState> {
  return {
    base: newPart(mono, priority),
    equipment: newPart(mono, priority),
    buffs: newPart(mono, priority),
    passives: newPart(mono, priority),
  };
}

/** Replaces the entry that matches, else appends; bounded. */
function put<Entry>(entries: Entry[], entry: Entry, matches: (other: Entry) => boolean): void {
  const index = entries.findIndex(matches);
  if (index >= 0) {
    entries[index] = entry;
    return;
  }
  entries.push(entry);
  if (entries.length > ENTRIES_MAX) entries.shift();
}
