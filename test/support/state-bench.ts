import assert from 'node:assert/strict';
import type { Watches } from '../../src/answers/effective-stats.ts';
import type { Character } from '../../src/domain/character.ts';
import type { CharacterEvent } from '../../src/domain/event.ts';
import { freshnessOf } from '../../src/domain/freshness.ts';
import type { Instant } from '../../src/domain/instant.ts';
import { PARTS, type Part } from '../../src/domain/part.ts';
import { baseOf } from '../../src/domain/parts/base.ts';
import { buffsOf } from '../../src/domain/parts/buffs.ts';
import type { Outcome } from '../../src/domain/parts/change.ts';
import { wornOf } from '../../src/domain/parts/equipment.ts';
import { skillsOf } from '../../src/domain/parts/passives.ts';
import type { BuffStat, PartSnapshot, WornAsset } from '../../src/domain/snapshot.ts';
import type { BaseValues } from '../../src/domain/stat.ts';
import { tenantOf } from '../../src/domain/tenant.ts';
import { createMoments } from '../../src/lib/moments.ts';
import { endRead, failRead, missRead } from '../../src/refresh/read-ends.ts';
import { type Claim, createReadQueue } from '../../src/refresh/read-queue.ts';
import { createCharacters } from '../../src/state/characters.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { assertInvariants } from './invariants.ts';

export const TENANT = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
export const GRACE = 15_000;

type WithoutBase<E> = E extends CharacterEvent
  ? Omit<E, 'tenant' | 'characterId' | 'recordTime' | 'context' | 'backlog' | 'replayed'> &
      Partial<Pick<E, 'characterId' | 'recordTime' | 'backlog' | 'replayed' | 'tenant' | 'context'>>
  : never;

export type EventSketch = WithoutBase<CharacterEvent>;

export const BASE: BaseValues = {
  strength: 25,
  dexterity: 40,
  luck: 4,
  intelligence: 4,
  max_hp: 500,
  max_mp: 100,
  level: 29,
  job: 400,
  fame: 3,
  gm: 0,
};

export interface StateSettings {
  readonly visitorMax?: number;
  readonly visitorTtl?: number;
  readonly residentIdleTtl?: number;
  /** Ms by which the clock of the service that owns a part is ahead of ours. */
  readonly ownerOffset?: (part: Part) => number;
  readonly isOurs?: () => boolean;
}

/**
 * Drives the state the way the service does, one move at a time, and holds its invariants after each. Character 12 unless told
 * otherwise.
 */
export function createStateBench(clock: FakeClock, settings: StateSettings = {}, characterId = 12) {
  const moments = createMoments(clock);
  const queue = createReadQueue(moments);
  const gone: Character[] = [];
  const characters = createCharacters({
    moments,
    schedule: queue,
    visitorMax: 10,
    visitorTtl: 30_000,
    residentIdleTtl: 1e9,
    expiryGrace: GRACE,
    ownerOffset: () => 0,
    isOurs: () => true,
    onGone: (character) => gone.push(character),
    ...settings,
  });
  const begin = (): number => moments.next().mono;
  /** After a move. */
  const held = <T>(result: T): T => {
    assertInvariants({ characters, queue, mono: moments.mono });
    return result;
  };
  const bench = {
    characters,
    queue,
    moments,
    clock,
    gone,
    /** For moves that are made without this bench; its own are checked anyway. */
    assertInvariants: () => held(undefined),
    /** Applies one event whose record time is now, unless given; `seenAt`: monotonic ms at which its log held it already. */
    event(sketch: EventSketch, seenAt?: number): Outcome {
      const event = {
        tenant: TENANT,
        characterId,
        recordTime: clock.now(),
        context: undefined,
        backlog: undefined,
        replayed: false,
        ...sketch,
      } as CharacterEvent;
      return held(characters.apply(event, moments.next(), seenAt));
    },
    login: (sessionId = 's1') => bench.event({ type: 'session-created', sessionId, worldId: 0, channelId: 1 }),
    logout: (sessionId = 's1') => bench.event({ type: 'session-destroyed', sessionId }),
    view(): Character {
      const character = characters.find(TENANT, characterId);
      assert.ok(character !== undefined, 'the character is held');
      return character;
    },
    isHeld: () => characters.find(TENANT, characterId) !== undefined,
    /** Asks for the part as a reader does. */
    request: (part: Part) => queue.request(bench.view(), part),
    due: (part: Part, n = 1): Claim[] => held(queue.take(part, n, begin)),
    /** The read of this part that is due now. */
    claim(part: Part): Claim {
      const [claim] = bench.due(part);
      assert.ok(claim !== undefined, `a read of ${part} is due`);
      return claim;
    },
    isDue: (part: Part): boolean => queue.nextAt(part) <= clock.mono(),
    merge: (claim: Claim, snapshot: PartSnapshot) => held(endRead({ characters, queue }, claim, snapshot)),
    /** As the refresher ends a read that failed, or found nobody. */
    fail(claim: Claim, retryAt: number, missing = false): void {
      held((missing ? missRead : failRead)({ characters, queue }, claim, retryAt));
    },
    /** Claims and merges at once. */
    read: (snapshot: PartSnapshot) => bench.merge(bench.claim(snapshot.part), snapshot),
    /** Loads all parts of a character that was just held. */
    load(
      parts: Partial<{ base: BaseValues; assets: WornAsset[]; buffs: BuffStat[]; skills: [number, number][] }> = {},
    ): void {
      bench.read({ part: 'base', values: parts.base ?? BASE });
      bench.read({ part: 'equipment', assets: parts.assets ?? [] });
      bench.read({ part: 'buffs', buffs: parts.buffs ?? [] });
      const skills = (parts.skills ?? []).map(([skillId, level]) => ({ skillId, level }));
      bench.read({ part: 'passives', skills });
    },
    assets: () => wornOf(bench.view().equipment, moments.mono()),
    worn: () =>
      bench
        .assets()
        .map(({ assetId }) => assetId)
        .sort((a, b) => a - b),
    buffs: () =>
      buffsOf(bench.view().buffs)
        .map((buff) => `${buff.sourceId} ${buff.statType} ${buff.amount}`)
        .sort(),
    base: (field: keyof BaseValues) => baseOf(bench.view().base)?.[field],
    skill: (id: number) => skillsOf(bench.view().passives).find(({ skillId }) => skillId === id)?.level ?? 0,
    freshness: (part: Part, current = true) => {
      const moment = { now: clock.now(), mono: moments.mono() };
      return freshnessOf(bench.view()[part], moment, { current, since: characters.followedSince(part) });
    },
    /** As the feed tells it. */
    watches:
      (isCurrent = (): boolean => true) =>
      () =>
        Object.fromEntries(
          PARTS.map((part) => [part, { current: isCurrent(), since: characters.followedSince(part) }]),
        ) as Watches,
    isStale: (part: Part) => bench.view()[part].doubt !== undefined,
  };
  return bench;
}

/** An empty state, in which residents who are left alone become visitors after an hour. */
export function setUp(settings: StateSettings = {}): StateBench {
  return createStateBench(createFakeClock(), { residentIdleTtl: 3_600_000, ...settings });
}

/** With the character logged in and loaded, well away from that load, so that its allowances play no part. */
export function loggedIn(parts: Parameters<StateBench['load']>[0] = {}, settings: StateSettings = {}): StateBench {
  const bench = setUp(settings);
  bench.login();
  bench.load(parts);
  bench.clock.pass(60_000);
  return bench;
}

export type StateBench = ReturnType<typeof createStateBench>;

export function instant(ms: number, ns = 0): Instant {
  return { ms, ns };
}

export function asset(assetId: number, slot: number, stats: WornAsset['stats'] = { strength: 1 }): WornAsset {
  return { assetId, templateId: 1_302_000 + assetId, slot, stats };
}

export function buffStat(
  sourceId: number,
  statType: string,
  amount: number,
  createdAt: Instant,
  ttl = 200_000,
): BuffStat {
  return { sourceId, statType, amount, level: 20, createdAt, expiresAt: createdAt.ms + ttl };
}
