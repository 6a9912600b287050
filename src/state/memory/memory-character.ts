import type {
  AssetEntry,
  BaseEntry,
  BuffEntry,
  BuffTombstone,
  CharacterView,
  CharacterWriter,
  OpenSession,
  Place,
  SkillEntry,
  StaleReason,
} from '../../domain/character.ts';
import type { EventContext } from '../../domain/event.ts';
import { type Instant, instantNumber } from '../../domain/instant.ts';
import { PARTS, type Part } from '../../domain/part.ts';
import { markStale, newPart, type PartState, settle, waitForBacklog, want } from '../../domain/part-state.ts';
import type { BuffStat, SkillLevel, WornAsset } from '../../domain/snapshot.ts';
import type { BaseField } from '../../domain/stat.ts';
import type { CharacterId, Tenant } from '../../domain/tenant.ts';
import { unconfirmedParts } from '../../domain/transitions/session.ts';
import { AT, BASE_AT, type CharacterNumbers, newNumbers, numberAt } from './character-numbers.ts';
import { ENTRIES_MAX, type Entries, keep, put } from './entries.ts';
import { HeldBuffs } from './held-buffs.ts';
import type { Home } from './home.ts';
import { type MovingPart, type MovingParts, NONE_MOVING, withPart } from './moving-part.ts';
import { canRest, layToRest, RestingPart, rouse } from './resting-part.ts';
import { WornAssets } from './worn-assets.ts';

const NONE: readonly never[] = [];

/**
 * One character's state, changed in place; both view and writer. Packed: numbers in one array, entries without objects of
 * their own where they can do without, and most of a part's state only while the part is moving.
 */
export class MemoryCharacter implements CharacterView, CharacterWriter {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  held = false;
  context: EventContext | undefined;
  readonly #home: Home;
  #stamped = false;
  readonly #numbers: CharacterNumbers = newNumbers();
  #moving: MovingParts = NONE_MOVING;
  #sessions: readonly OpenSession[] = NONE;
  readonly #worn = new WornAssets();
  #takenOff: Entries<{ readonly assetId: number; readonly version: number }>;
  /** undefined: neither buffs nor ends of buffs are held. */
  #buffs: HeldBuffs | undefined;
  #skills: Entries<SkillLevel>;

  constructor(tenant: Tenant, characterId: CharacterId, home: Home) {
    this.tenant = tenant;
    this.characterId = characterId;
    this.#home = home;
  }

  /** Opens a transition: whatever it changes gets one new version. */
  begin(): this {
    this.#stamped = false;
    return this;
  }

  get resident(): boolean {
    return this.#sessions.length > 0;
  }

  get firstVersion(): number {
    return numberAt(this.#numbers, AT.firstVersion);
  }

  get version(): number {
    return numberAt(this.#numbers, AT.version);
  }

  /** Monotonic ms of the last read or event. */
  get touchedAt(): number {
    return numberAt(this.#numbers, AT.touchedAt);
  }

  set touchedAt(mono: number) {
    this.#numbers[AT.touchedAt] = mono;
  }

  /** Monotonic ms at which a visitor goes; meaningless for a resident. */
  get visitorUntil(): number {
    return numberAt(this.#numbers, AT.visitorUntil);
  }

  set visitorUntil(mono: number) {
    this.#numbers[AT.visitorUntil] = mono;
  }

  /** Epoch ms of the earliest expiry whose lapse has not been noticed; Infinity: none. */
  get nextExpiry(): number {
    return this.#buffs?.nextExpiry ?? Number.POSITIVE_INFINITY;
  }

  get place(): Place | undefined {
    const since = numberAt(this.#numbers, AT.placeSince);
    if (Number.isNaN(since)) return undefined;
    return { worldId: numberAt(this.#numbers, AT.worldId), channelId: numberAt(this.#numbers, AT.channelId), since };
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
    const value = numberAt(this.#numbers, BASE_AT[field]);
    return Number.isNaN(value) ? undefined : { value, version: this.#versionOf('base', BASE_AT[field]) };
  }

  assets(): readonly AssetEntry[] {
    return this.#worn.list().map((asset) => ({ asset, version: this.#versionOf('equipment', asset.assetId) }));
  }

  asset(assetId: number): AssetEntry | undefined {
    const asset = this.#worn.find(assetId);
    return asset && { asset, version: this.#versionOf('equipment', assetId) };
  }

  takenOffAt(assetId: number): number | undefined {
    return this.#takenOff?.find((entry) => entry.assetId === assetId)?.version;
  }

  buffs(): readonly BuffEntry[] {
    return this.#buffs?.list() ?? NONE;
  }

  buff(sourceId: number, statType: string): BuffEntry | undefined {
    return this.#buffs?.find(sourceId, statType);
  }

  buffTombstones(): readonly BuffTombstone[] {
    return this.#buffs?.tombstones() ?? NONE;
  }

  get buffsEndedUntil(): number {
    const until = numberAt(this.#numbers, AT.buffsEndedUntil);
    return Number.isNaN(until) ? Number.NEGATIVE_INFINITY : until;
  }

  skills(): readonly SkillEntry[] {
    return (this.#skills ?? NONE).map((skill) => ({ skill, version: this.#versionOf('passives', skill.skillId) }));
  }

  skill(skillId: number): SkillEntry | undefined {
    const skill = this.#skills?.find((other) => other.skillId === skillId);
    return skill && { skill, version: this.#versionOf('passives', skillId) };
  }

  part(part: Part): Readonly<PartState> {
    return this.#moving[part]?.state ?? new RestingPart(this.#numbers, part);
  }

  /** The part's state for whoever changes it; comes to rest by {@link rest}. */
  stir(part: Part): PartState {
    return this.#stir(part).state;
  }

  /** A read of the part has ended. If that was all, only what matters at rest is kept. */
  rest(part: Part): void {
    const moving = this.#moving[part];
    if (moving === undefined || !canRest(moving.state)) return;
    layToRest(this.#numbers, part, moving.state);
    this.#moving = withPart(this.#moving, part, undefined);
    if (part === 'equipment') this.#worn.trim();
    if (part === 'passives') this.#skills = this.#skills?.slice();
  }

  hold(backlog: string | undefined): void {
    const { now, mono } = this.#home.moment;
    const version = this.#home.firstVersion(now);
    this.held = true;
    this.#numbers[AT.firstVersion] = version;
    this.#numbers[AT.version] = version;
    this.#stamped = true;
    this.touchedAt = Number.NEGATIVE_INFINITY;
    this.#home.moved(this);
    for (const part of PARTS) {
      const state = newPart(backlog === undefined ? mono : Number.POSITIVE_INFINITY, 'live');
      if (backlog !== undefined) waitForBacklog(state, mono, backlog);
      this.#moving = withPart(this.#moving, part, { state, versions: undefined });
    }
    for (const part of PARTS) this.#home.rescheduled(this, part);
  }

  drop(): void {
    for (const part of unconfirmedParts(this, this.#home.moment)) this.#home.rememberTouched(this, part);
    this.held = false;
    this.#sessions = NONE;
    this.#home.moved(this);
  }

  openSession(session: OpenSession): void {
    this.#stamp();
    // Unlike a list that grows, one that is joined has no room to spare.
    this.#sessions = this.#sessions.concat(session).slice(-ENTRIES_MAX);
    // By the record's time, not by when it is read; one of the future counts as now.
    const { now, mono } = this.#home.moment;
    this.touchedAt = Math.max(this.touchedAt, mono - Math.max(0, now - session.createdAt));
    this.#home.moved(this);
  }

  closeSession(sessionId: string): void {
    this.#stamp();
    this.#sessions = this.#sessions.filter((session) => session.sessionId !== sessionId);
  }

  rememberEnded(sessionId: string): void {
    this.#home.rememberEnded(this.tenant, sessionId, this.#home.moment.mono);
  }

  setPlace({ worldId, channelId, since }: Place): void {
    this.#stamp();
    this.#numbers[AT.worldId] = worldId;
    this.#numbers[AT.channelId] = channelId;
    this.#numbers[AT.placeSince] = since;
  }

  becomeVisitor(): void {
    this.#stamp();
    for (const { sessionId } of this.#sessions) this.rememberEnded(sessionId);
    this.#sessions = NONE;
    this.#home.moved(this);
  }

  setBase(field: BaseField, value: number): void {
    this.#numbers[BASE_AT[field]] = value;
    this.#stampEntry('base', BASE_AT[field]);
  }

  putAsset(asset: WornAsset): void {
    this.#worn.put(asset);
    this.#stampEntry('equipment', asset.assetId);
    if (this.#worn.size > ENTRIES_MAX) this.#forgetVersion('equipment', this.#worn.removeOldest());
  }

  takeOffAsset(assetId: number): void {
    this.forgetAsset(assetId);
    const entry = { assetId, version: this.#stamp() };
    this.#takenOff = put(this.#takenOff, entry, (other) => other.assetId === assetId);
  }

  forgetAsset(assetId: number): void {
    this.#stamp();
    this.#worn.remove(assetId);
    this.#forgetVersion('equipment', assetId);
  }

  forgetTakenOff(untilVersion: number): void {
    this.#takenOff = keep(this.#takenOff, (entry) => entry.version > untilVersion);
  }

  putBuff(buff: BuffStat, updatedAt: number, lapseNoticed: boolean): void {
    this.#buffs ??= new HeldBuffs();
    this.#buffs.put({ buff, updatedAt, lapseNoticed, version: this.#stamp() });
  }

  removeBuff(sourceId: number, statType: string): void {
    this.#stamp();
    const held = this.#buffs?.find(sourceId, statType);
    if (held !== undefined) this.#noteEnd(held.buff.createdAt);
    this.#buffs?.remove(sourceId, statType);
  }

  putBuffTombstone(sourceId: number, statType: string | undefined, createdAt: Instant): void {
    this.#noteEnd(createdAt);
    this.#buffs ??= new HeldBuffs();
    if (this.#buffs.isEnded(sourceId, statType, createdAt)) return;
    this.#buffs.bury({ sourceId, statType, createdAt, setAt: this.#home.moment.mono, version: this.#stamp() });
  }

  dropBuffTombstones(setUntil: number): void {
    this.#buffs?.dropTombstones(setUntil);
    if (this.#buffs?.isEmpty === true) this.#buffs = undefined;
  }

  putSkill(skillId: number, level: number): void {
    const skill = this.#home.skillLevels(skillId, level);
    const oldest = this.#skills?.[0];
    this.#skills = put(this.#skills, skill, (other) => other.skillId === skillId);
    this.#stampEntry('passives', skillId);
    if (oldest !== undefined && this.#skills[0]?.skillId !== oldest.skillId) {
      this.#forgetVersion('passives', oldest.skillId);
    }
  }

  forgetSkill(skillId: number): void {
    this.#stamp();
    this.#skills = keep(this.#skills, (skill) => skill.skillId !== skillId);
    this.#forgetVersion('passives', skillId);
  }

  markStale(part: Part, reason: StaleReason, backlog: string | undefined): void {
    markStale(this.stir(part), this.#stamp(), reason, this.#home.moment, backlog);
    this.#home.rescheduled(this, part);
  }

  settle(part: Part, at: number): void {
    settle(this.stir(part), at);
    this.#home.rescheduled(this, part);
  }

  want(part: Part, at: number): void {
    want(this.stir(part), at, 'live');
    this.#home.rescheduled(this, part);
  }

  touch(part: Part): void {
    if (!this.held) {
      this.#home.rememberTouched(this, part);
      return;
    }
    this.touchedAt = this.#home.moment.mono;
    // Events are counted for a read in flight and for what it suspects; a part at rest has neither.
    const state = this.#moving[part]?.state;
    if (state === undefined) return;
    state.events += 1;
    state.suspectedAt = undefined;
  }

  #noteEnd(createdAt: Instant): void {
    this.#numbers[AT.buffsEndedUntil] = Math.max(this.buffsEndedUntil, instantNumber(createdAt));
  }

  #stir(part: Part): MovingPart {
    const known = this.#moving[part];
    if (known !== undefined) return known;
    const moving = { state: rouse(this.#numbers, part), versions: undefined };
    this.#moving = withPart(this.#moving, part, moving);
    return moving;
  }

  #stamp(): number {
    if (!this.#stamped) this.#numbers[AT.version] = this.version + 1;
    this.#stamped = true;
    return this.version;
  }

  /** Only a read in flight asks for an entry's version; at rest there is none. */
  #stampEntry(part: Part, key: number): void {
    const moving = this.#stir(part);
    moving.versions ??= new Map();
    moving.versions.set(key, this.#stamp());
  }

  #forgetVersion(part: Part, key: number): void {
    this.#moving[part]?.versions?.delete(key);
  }

  #versionOf(part: Part, key: number): number {
    return this.#moving[part]?.versions?.get(key) ?? this.firstVersion;
  }
}
