/**
 * One character's truth and the records that tell of it, as far as a store is concerned: five producers, each in its own
 * topic, announce changes up to `lag` ms before they commit; a read sees what is committed.
 */
import assert from 'node:assert/strict';
import type { Part } from '../../src/domain/part.ts';
import type { BuffStat, PartSnapshot } from '../../src/domain/snapshot.ts';
import { asset, BASE, type EventSketch, instant } from '../support/state-bench.ts';

export const TOPICS = ['session', 'buff', 'asset', 'character', 'skill'] as const;
export type Topic = (typeof TOPICS)[number];

/** What can happen to the character; the numbers are those of {@link ConvergenceModel.mutate}. */
export const KIND = {
  equip: 0,
  cast: 1,
  endBuff: 2,
  scroll: 3,
  raiseLuck: 4,
  levelUp: 5,
  learn: 6,
  updateBuff: 7,
  changeChannel: 8,
  logOutOrIn: 9,
  castShort: 10,
  clockSet: 11,
  loseItem: 12,
  rollBack: 13,
} as const;

export interface Truth {
  readonly base: typeof BASE;
  /** Slot by asset id; below 0 is worn. */
  readonly slots: ReadonlyMap<number, number>;
  readonly strength: ReadonlyMap<number, number>;
  readonly buffs: ReadonlyMap<string, BuffStat>;
  readonly skills: ReadonlyMap<number, number>;
  /** undefined: offline. */
  readonly session: string | undefined;
}

export interface ModelOptions {
  /** Ms for which a change is announced and not committed. */
  readonly lag: number;
  /** Ms by which the buff producer's clock is ahead of the others'. */
  readonly skew: number;
  /** Epoch ms of the producers' clocks, which never step. */
  readonly now: () => number;
}

const STAT_TYPES = [['SPEED'], ['SPEED', 'JUMP'], ['JUMP'], ['ACC']] as const;
const LONG_MS = 1e9;
const SHORT_MS = 20_000;

export type ConvergenceModel = ReturnType<typeof createConvergenceModel>;

export function createConvergenceModel({ lag, skew, now: clock }: ModelOptions) {
  const queues: Record<Topic, EventSketch[]> = { session: [], buff: [], asset: [], character: [], skill: [] };
  const emitted: EventSketch[] = [];
  const announcedAt = new Map<EventSketch, number>();
  const history: { at: number; truth: Truth }[] = [
    {
      at: 0,
      truth: {
        base: BASE,
        slots: new Map(Object.entries({ 1: -11, 2: 2, 3: 3, 4: -1 }).map(([id, slot]) => [Number(id), slot])),
        strength: new Map([1, 2, 3, 4].map((id) => [id, id])),
        buffs: new Map(),
        skills: new Map([[1000001, 3]]),
        session: 's0',
      },
    },
  ];
  let serial = 0;
  let buffClock = skew;

  const truth = (): Truth => history.at(-1)?.truth ?? assert.fail('no truth');
  const change = (patch: Partial<Truth>, topic: Topic, ...sketches: EventSketch[]): void => {
    history.push({ at: clock(), truth: { ...truth(), ...patch } });
    for (const sketch of sketches) {
      const stamped = { ...sketch, recordTime: clock() + (topic === 'buff' ? buffClock : 0) };
      queues[topic].push(stamped);
      announcedAt.set(stamped, clock());
      emitted.push(stamped);
    }
  };

  const cast = (sourceId: number, types: readonly string[], ttl: number): void => {
    const createdAt = instant(clock() + buffClock, serial);
    // One source collects stats that are cast one by one; the others are replaced as a whole.
    const accumulates = sourceId === 3;
    const buffs = new Map([...truth().buffs].filter(([, buff]) => accumulates || buff.sourceId !== sourceId));
    const expiresAt = clock() + ttl;
    for (const statType of types) {
      buffs.set(`${sourceId}/${statType}`, { sourceId, statType, amount: serial, level: 1, createdAt, expiresAt });
    }
    const changes = types.map((type) => ({ type, amount: serial }));
    change({ buffs }, 'buff', { type: 'buff-applied', sourceId, level: 1, changes, createdAt, expiresAt });
  };

  const endBuff = (sourceId: number, all: boolean): void => {
    const ended = [...truth().buffs.values()]
      .filter((buff) => buff.sourceId === sourceId)
      .slice(0, all ? undefined : 1);
    const [first] = ended;
    if (first === undefined) return;
    const together = ended.filter((buff) => buff.createdAt === first.createdAt);
    const buffs = new Map([...truth().buffs].filter(([, buff]) => !together.includes(buff)));
    const statTypes = together.map((buff) => buff.statType);
    change({ buffs }, 'buff', { type: 'buff-expired', sourceId, statTypes, createdAt: first.createdAt });
  };

  const updateBuff = (sourceId: number, amount: number): void => {
    const [first] = [...truth().buffs.values()].filter((buff) => buff.sourceId === sourceId);
    if (first === undefined) return;
    const same = [...truth().buffs].filter(([, { createdAt }]) => createdAt === first.createdAt);
    const buffs = new Map(truth().buffs);
    for (const [key, buff] of same) buffs.set(key, { ...buff, amount });
    const changes = same.map(([, { statType }]) => ({ type: statType, amount }));
    const { createdAt } = first;
    change({ buffs }, 'buff', { type: 'buff-stat-updated', sourceId, level: 1, changes, createdAt });
  };

  const equip = (assetId: number, swapped: boolean): void => {
    const slots = new Map(truth().slots);
    const oldSlot = slots.get(assetId) ?? 1;
    const slot = oldSlot < 0 ? 10 + assetId : assetId === 4 ? -1 : -11;
    // The displaced item goes to the bag without an event.
    for (const [other, at] of slots) if (at === slot) slots.set(other, oldSlot);
    slots.set(assetId, slot);
    change({ slots }, 'asset', moved(assetId, oldSlot, slot, swapped));
  };

  const loseItem = (assetId: number): void => {
    const slots = new Map(truth().slots);
    const slot = slots.get(assetId) ?? 1;
    slots.set(assetId, 100);
    change({ slots }, 'asset', ...(slot < 0 ? [{ type: 'asset-removed', assetId } as const] : []));
  };

  /** A move is announced and never committed. */
  const rollBack = (assetId: number, swapped: boolean): void => {
    const slot = truth().slots.get(assetId) ?? 1;
    change({}, 'asset', moved(assetId, slot, slot < 0 ? 5 : -11, swapped));
  };

  /** Format S swaps the slots. */
  const moved = (assetId: number, from: number, to: number, swapped: boolean): EventSketch => {
    const [slot, oldSlot] = swapped ? [from, to] : [to, from];
    return { type: 'asset-moved', assetId, templateId: 1, slot, oldSlot };
  };

  const scroll = (assetId: number): void => {
    const strength = new Map(truth().strength).set(assetId, serial);
    const slot = truth().slots.get(assetId) ?? 1;
    const stats = { strength: serial };
    const sketch = { type: 'asset-updated', assetId, templateId: 1, slot, stats } as const;
    change({ strength }, 'asset', ...(slot < 0 ? [sketch] : []));
  };

  const learn = (skillId: number, level: number): void => {
    const skills = new Map(truth().skills).set(skillId, level);
    if (level === 0) skills.delete(skillId);
    change({ skills }, 'skill', { type: 'skill-changed', skillId, level: serial % 3 === 0 ? undefined : level });
  };

  const moveSession = (next: string | undefined, createdFirst: boolean): void => {
    const { session } = truth();
    const created = next && ({ type: 'session-created', sessionId: next, worldId: 0, channelId: 1 } as const);
    const destroyed = session && ({ type: 'session-destroyed', sessionId: session } as const);
    const sketches = createdFirst ? [created, destroyed] : [destroyed, created];
    change({ session: next }, 'session', ...sketches.filter((sketch) => sketch !== undefined && sketch !== ''));
  };

  return {
    queues,
    emitted,
    truth,
    /** Ms by which the clock of the service that owns the part is ahead of another, as its answers' Dates tell. */
    ownerOffset(part: Part, now: number): number {
      const offset = clock() + (part === 'buffs' ? buffClock : 0) - now;
      return Math.abs(offset) > 2_000 ? offset : 0;
    },
    /** How many events of the topic are waiting for `ms` at least. */
    overdue: (topic: Topic, ms: number): number =>
      queues[topic].filter((sketch) => (announcedAt.get(sketch) ?? 0) <= clock() - ms).length,
    /** Every truth of the last `ms`, the one that it found included. */
    lately(ms: number): Truth[] {
      const from = clock() - ms;
      const first = Math.max(
        0,
        history.findLastIndex(({ at }) => at <= from),
      );
      return history.slice(first).map((entry) => entry.truth);
    },
    /** What a read sees now. */
    visible: (): Truth => history.findLast(({ at }) => at <= clock() - lag)?.truth ?? history[0]?.truth ?? truth(),
    mutate(kind: number, a: number, b: number): void {
      serial += 1;
      const id = a + 1;
      if (kind === KIND.equip) equip(id, b === 3);
      if (kind === KIND.loseItem) loseItem(id);
      if (kind === KIND.rollBack) rollBack(id, b > 1);
      if (kind === KIND.cast) cast(id, STAT_TYPES[b] ?? [], LONG_MS);
      if (kind === KIND.castShort) cast(id, STAT_TYPES[b] ?? [], SHORT_MS);
      if (kind === KIND.endBuff) endBuff(id, b > 1);
      if (kind === KIND.updateBuff) updateBuff(id, b === 0 ? 1 : serial);
      if (kind === KIND.scroll) scroll(id);
      if (kind === KIND.learn) learn(id, b);
      if (kind === KIND.raiseLuck) {
        const luck = b === 0 ? 5 : serial;
        const sketch = { type: 'base-changed', values: { luck }, incomplete: false } as const;
        change({ base: { ...truth().base, luck } }, 'character', sketch);
      }
      if (kind === KIND.levelUp) {
        const base = { ...truth().base, level: serial };
        change({ base }, 'character', { type: 'base-changed', values: {}, incomplete: true });
      }
      if (kind === KIND.changeChannel) moveSession(`s${serial}`, b > 1);
      if (kind === KIND.logOutOrIn) moveSession(truth().session === undefined ? `s${serial}` : undefined, false);
      if (kind === KIND.clockSet) buffClock = b > 1 ? 0 : skew;
    },
    /** What a read of the part answers when this is the truth. Lapsed buffs are listed no more. */
    snapshot(part: Part, { base, buffs, skills, slots, strength }: Truth): PartSnapshot {
      if (part === 'base') return { part, values: base };
      if (part === 'buffs') return { part, buffs: [...buffs.values()].filter((buff) => !hasEnded(buff, clock())) };
      if (part === 'passives') return { part, skills: [...skills].map(([skillId, level]) => ({ skillId, level })) };
      const worn = [...slots].filter(([, slot]) => slot < 0);
      return { part, assets: worn.map(([id, slot]) => asset(id, slot, { strength: strength.get(id) ?? 0 })) };
    },
  };
}

export function hasEnded({ expiresAt }: BuffStat, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}
