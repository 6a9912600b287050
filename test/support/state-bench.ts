import assert from 'node:assert/strict';
import type { CharacterView } from '../../src/domain/character.ts';
import type { CharacterEvent } from '../../src/domain/event.ts';
import type { Instant } from '../../src/domain/instant.ts';
import { mergeSnapshot } from '../../src/domain/merge.ts';
import type { Part } from '../../src/domain/part.ts';
import type { BuffStat, PartSnapshot, WornAsset } from '../../src/domain/snapshot.ts';
import type { BaseValues } from '../../src/domain/stat.ts';
import { tenantOf } from '../../src/domain/tenant.ts';
import type { Outcome } from '../../src/domain/transitions/outcome.ts';
import { step } from '../../src/domain/transitions/step.ts';
import type { Claim, MergeOutcome, StateStore } from '../../src/state/store.ts';
import type { FakeClock } from './fake-clock.ts';

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

/** Drives a store the way the service does, one move at a time. Character 12 unless told otherwise. */
export function createStateBench(store: StateStore, clock: FakeClock, characterId = 12) {
  const bench = {
    store,
    clock,
    /** Applies one event whose record time is now, unless given. */
    async event(sketch: EventSketch): Promise<Outcome> {
      let outcome: Outcome | undefined;
      const event = {
        tenant: TENANT,
        characterId,
        recordTime: clock.now(),
        context: undefined,
        backlog: undefined,
        replayed: false,
        ...sketch,
      } as CharacterEvent;
      await store.applyBatch([event], (view, each, moment, writer) => {
        outcome = step(view, each, moment, writer);
        return outcome;
      });
      assert.ok(outcome !== undefined);
      return outcome;
    },
    login: (sessionId = 's1') => bench.event({ type: 'session-created', sessionId, worldId: 0, channelId: 1 }),
    logout: (sessionId = 's1') => bench.event({ type: 'session-destroyed', sessionId }),
    view(): CharacterView {
      const view = store.find(TENANT, characterId);
      assert.ok(view !== undefined, 'the character is held');
      return view;
    },
    isHeld: () => store.find(TENANT, characterId) !== undefined,
    /** The read of this part that is due now. */
    async claim(part: Part): Promise<Claim> {
      const [claim] = await store.claimDue(part, 1);
      assert.ok(claim !== undefined, `a read of ${part} is due`);
      return claim;
    },
    async isDue(part: Part): Promise<boolean> {
      return store.nextDueAt(part) <= clock.mono();
    },
    async merge(claim: Claim, snapshot: PartSnapshot): Promise<MergeOutcome> {
      const { start } = claim;
      return store.mergeSnapshot(claim, (view, moment, writer) =>
        mergeSnapshot(view, snapshot, { start, moment, expiryGrace: GRACE }, writer),
      );
    },
    /** Claims and merges at once. */
    async read(snapshot: PartSnapshot): Promise<MergeOutcome> {
      return bench.merge(await bench.claim(snapshot.part), snapshot);
    },
    /** Loads all parts of a character that was just held, then lets the settle time pass. */
    async load(
      parts: Partial<{ base: BaseValues; assets: WornAsset[]; buffs: BuffStat[]; skills: [number, number][] }> = {},
    ) {
      await bench.read({ part: 'base', values: parts.base ?? BASE });
      await bench.read({ part: 'equipment', assets: parts.assets ?? [] });
      await bench.read({ part: 'buffs', buffs: parts.buffs ?? [] });
      const skills = (parts.skills ?? []).map(([skillId, level]) => ({ skillId, level }));
      await bench.read({ part: 'passives', skills });
    },
    worn: () =>
      bench
        .view()
        .assets()
        .map((entry) => entry.asset.assetId)
        .sort((a, b) => a - b),
    buffs: () =>
      bench
        .view()
        .buffs()
        .map(({ buff }) => `${buff.sourceId} ${buff.statType} ${buff.amount}`)
        .sort(),
    base: (field: keyof BaseValues) => bench.view().base(field)?.value,
    isStale: (part: Part) => bench.view().part(part).staleVersion > 0,
  };
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
