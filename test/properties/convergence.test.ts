/**
 * Whatever the order, the delays, the duplicates and the replays of events and however reads interleave with them: at rest
 * the state is the upstream truth, and nothing is stale (architecture §3 and §4).
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PARTS, type Part } from '../../src/domain/part.ts';
import type { BuffStat, PartSnapshot } from '../../src/domain/snapshot.ts';
import { BASE_FIELDS } from '../../src/domain/stat.ts';
import { createMemoryStore } from '../../src/state/memory/memory-store.ts';
import type { Claim } from '../../src/state/store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { propertySettings } from '../support/property-settings.ts';
import { asset, BASE, createStateBench, type EventSketch, instant } from '../support/state-bench.ts';

const TOPICS = ['session', 'buff', 'asset', 'character', 'skill'] as const;
type Topic = (typeof TOPICS)[number];

interface Truth {
  readonly base: typeof BASE;
  /** Slot by asset id; below 0 is worn. */
  readonly slots: ReadonlyMap<number, number>;
  readonly strength: ReadonlyMap<number, number>;
  readonly buffs: ReadonlyMap<string, BuffStat>;
  readonly skills: ReadonlyMap<number, number>;
}

const command = fc.oneof(
  fc.record({ op: fc.constant('mutate' as const), kind: fc.nat(20), a: fc.constantFrom(0, 2, 0), b: fc.nat(3) }),
  fc.record({ op: fc.constant('deliver' as const), topic: fc.option(fc.constantFrom(...TOPICS)), n: fc.nat(2) }),
  fc.record({ op: fc.constant('replay' as const), back: fc.nat(3), republish: fc.boolean() }),
  fc.record({ op: fc.constant('pass' as const), ms: fc.constantFrom(1, 700, 2_500, 6_000, 40_000) }),
  fc.record({ op: fc.constant('read' as const), part: fc.option(fc.constantFrom(...PARTS)) }),
  fc.record({ op: fc.constant('claim' as const), part: fc.constantFrom(...PARTS) }),
  fc.record({ op: fc.constant('finish' as const), ok: fc.boolean(), late: fc.boolean() }),
);

/** Each run is about a few kinds of change and one delay of commits, so that rare combinations come up. */
const scenario = fc.record({
  kinds: fc.constantFrom([0], [0, 3], [1, 2], [1, 2, 7], [1, 7], [4], [4, 5], [6], [0, 1, 2, 3, 4, 5, 6, 7]),
  lag: fc.constantFrom(0, 30, 1_500),
  commands: fc.array(command, { minLength: 8, maxLength: 40, size: 'max' }),
});

type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

function createModel(kinds: readonly number[], lag: number) {
  const clock = createFakeClock();
  const store = createMemoryStore({
    clock,
    visitorMax: 10,
    visitorTtl: 1e9,
    residentIdleTtl: 1e9,
    expiryGrace: 15_000,
  });
  const bench = createStateBench(store, clock);
  const queues: Record<Topic, EventSketch[]> = { session: [], buff: [], asset: [], character: [], skill: [] };
  const emitted: EventSketch[] = [];
  const inFlight: { claim: Claim; seen: Truth }[] = [];
  const history: { at: number; truth: Truth }[] = [
    {
      at: 0,
      truth: {
        base: BASE,
        slots: new Map([
          [1, -11],
          [2, 2],
          [3, 3],
          [4, -1],
        ]),
        strength: new Map([
          [1, 1],
          [2, 2],
          [3, 3],
          [4, 4],
        ]),
        buffs: new Map(),
        skills: new Map([[1000001, 3]]),
      },
    },
  ];
  let serial = 0;

  const now = (): Truth => history.at(-1)?.truth ?? assert.fail('no truth');
  /** What a read sees now: producers may announce `lag` ms before they commit. */
  const visible = (): Truth =>
    history.findLast(({ at }) => at <= clock.now() - lag)?.truth ?? history[0]?.truth ?? now();
  const change = (patch: Partial<Truth>, topic: Topic, ...sketches: EventSketch[]): void => {
    history.push({ at: clock.now(), truth: { ...now(), ...patch } });
    for (const sketch of sketches) {
      const stamped = { ...sketch, recordTime: clock.now() };
      queues[topic].push(stamped);
      emitted.push(stamped);
    }
  };

  const applyBuff = (sourceId: number, two: boolean): void => {
    serial += 1;
    const createdAt = instant(clock.now(), serial);
    const types = two ? ['SPEED', 'JUMP'] : ['SPEED'];
    const accumulates = sourceId === 3;
    const buffs = new Map([...now().buffs].filter(([, buff]) => accumulates || buff.sourceId !== sourceId));
    const expiresAt = createdAt.ms + 1e9;
    for (const statType of types) {
      buffs.set(`${sourceId}/${statType}`, { sourceId, statType, amount: serial, level: 1, createdAt, expiresAt });
    }
    const changes = types.map((type) => ({ type, amount: serial }));
    change({ buffs }, 'buff', { type: 'buff-applied', sourceId, level: 1, changes, createdAt, expiresAt });
  };

  const expireBuff = (sourceId: number, all: boolean): void => {
    const ended = [...now().buffs.values()].filter((buff) => buff.sourceId === sourceId).slice(0, all ? undefined : 1);
    const [first] = ended;
    if (first === undefined) return;
    const together = ended.filter((buff) => buff.createdAt === first.createdAt);
    const buffs = new Map([...now().buffs].filter(([, buff]) => !together.includes(buff)));
    const statTypes = together.map((buff) => buff.statType);
    change({ buffs }, 'buff', { type: 'buff-expired', sourceId, statTypes, createdAt: first.createdAt });
  };

  const updateBuff = (sourceId: number): void => {
    serial += 1;
    const [first] = [...now().buffs.values()].filter((buff) => buff.sourceId === sourceId);
    if (first === undefined) return;
    const same = [...now().buffs].filter(([, { createdAt }]) => createdAt === first.createdAt);
    const buffs = new Map(now().buffs);
    for (const [key, buff] of same) buffs.set(key, { ...buff, amount: serial });
    const changes = same.map(([, { statType }]) => ({ type: statType, amount: serial }));
    const { createdAt } = first;
    change({ buffs }, 'buff', { type: 'buff-stat-updated', sourceId, level: 1, changes, createdAt });
  };

  const equip = (assetId: number): void => {
    const slots = new Map(now().slots);
    const oldSlot = slots.get(assetId) ?? 1;
    const slot = oldSlot < 0 ? 10 + assetId : assetId === 4 ? -1 : -11;
    // The displaced item goes to the bag without an event.
    for (const [other, at] of slots) if (at === slot) slots.set(other, oldSlot);
    slots.set(assetId, slot);
    change({ slots }, 'asset', { type: 'asset-moved', assetId, templateId: 1, slot, oldSlot });
  };

  const mutate = (kind: number, a: number, b: number): void => {
    serial += 1;
    const id = a + 1;
    if (kind === 0) equip(id);
    if (kind === 1) applyBuff(id, b > 1);
    if (kind === 2) expireBuff(id, b > 1);
    if (kind === 3) {
      const strength = new Map(now().strength).set(id, serial);
      const slot = now().slots.get(id) ?? 1;
      const sketch = { type: 'asset-updated', assetId: id, templateId: 1, slot, stats: { strength: serial } } as const;
      change({ strength }, 'asset', ...(slot < 0 ? [sketch] : []));
    }
    if (kind === 4) {
      const base = { ...now().base, luck: serial };
      change({ base }, 'character', { type: 'base-changed', values: { luck: serial }, incomplete: false });
    }
    if (kind === 5) {
      const base = { ...now().base, level: serial };
      change({ base }, 'character', { type: 'base-changed', values: {}, incomplete: true });
    }
    if (kind === 6) {
      const skills = new Map(now().skills).set(id, b);
      if (b === 0) skills.delete(id);
      change({ skills }, 'skill', { type: 'skill-changed', skillId: id, level: b });
    }
    if (kind === 7) updateBuff(id);
  };

  const snapshot = (part: Part, truth: Truth): PartSnapshot => {
    if (part === 'base') return { part, values: truth.base };
    if (part === 'buffs') return { part, buffs: [...truth.buffs.values()] };
    if (part === 'passives') return { part, skills: [...truth.skills].map(([skillId, level]) => ({ skillId, level })) };
    const worn = [...truth.slots].filter(([, slot]) => slot < 0);
    return { part, assets: worn.map(([id, slot]) => asset(id, slot, { strength: truth.strength.get(id) ?? 0 })) };
  };

  const claim = async (part: Part): Promise<void> => {
    for (const each of await store.claimDue(part, 1)) inFlight.push({ claim: each, seen: visible() });
  };
  const finish = async (ok: boolean, late: boolean): Promise<void> => {
    const read = inFlight.shift();
    if (read === undefined) return;
    if (ok) await bench.merge(read.claim, snapshot(read.claim.part, late ? visible() : read.seen));
    else await store.failRead(read.claim, clock.mono() + 1_000);
  };
  const deliver = async (topic: Topic, n: number): Promise<void> => {
    for (const sketch of queues[topic].splice(0, n)) await bench.event(sketch);
  };

  const deliverAll = async (): Promise<void> => {
    for (const topic of TOPICS) await deliver(topic, queues[topic].length);
  };
  const readDue = async (parts: readonly Part[]): Promise<void> => {
    for (const part of parts) await claim(part);
    while (inFlight.length > 0) await finish(true, true);
  };

  return {
    async run(step: Command): Promise<void> {
      if (step.op === 'mutate') mutate(kinds[step.kind % kinds.length] ?? 0, step.a, step.b);
      if (step.op === 'deliver' && step.topic !== null) await deliver(step.topic, step.n + 1);
      if (step.op === 'deliver' && step.topic === null) await deliverAll();
      if (step.op === 'read') await readDue(step.part === null ? PARTS : [step.part]);
      if (step.op === 'pass') clock.pass(step.ms);
      if (step.op === 'claim') await claim(step.part);
      if (step.op === 'finish') await finish(step.ok, step.late);
      if (step.op === 'replay') {
        const again = emitted.at(-1 - step.back);
        // Only what has been delivered before can be delivered again.
        const delivered = again !== undefined && TOPICS.every((topic) => !queues[topic].includes(again));
        if (delivered) await bench.event(step.republish ? { ...again, recordTime: clock.now() } : again);
      }
    },
    async rest(): Promise<void> {
      await deliverAll();
      for (let tick = 0; tick < 80; tick += 1) {
        await readDue(PARTS);
        clock.pass(500);
        store.sweep();
      }
    },
    check(): void {
      const truth = now();
      const view = bench.view();
      for (const part of PARTS) assert.equal(view.part(part).staleVersion, 0, `${part} is fresh`);
      for (const field of BASE_FIELDS) assert.equal(view.base(field)?.value, truth.base[field], field);
      assert.deepEqual(sorted(view.assets().map((entry) => entry.asset)), sorted(assets(truth)));
      assert.deepEqual(sorted(view.buffs().map((entry) => entry.buff)), sorted([...truth.buffs.values()]));
      const skills = view.skills().map(({ skill }) => [skill.skillId, skill.level]);
      assert.deepEqual(sorted(skills), sorted([...truth.skills]));
    },
    login: () => bench.login(),
  };

  function assets(truth: Truth) {
    const worn = snapshot('equipment', truth);
    return worn.part === 'equipment' ? worn.assets : [];
  }
}

function sorted(values: readonly unknown[]): string[] {
  return values
    .map((value) => JSON.stringify(value, Object.keys(Object(value)).sort().concat('ms', 'ns', 'strength')))
    .sort();
}

describe('convergence', () => {
  it('given any interleaving, duplication and replay, when all is at rest, then the state is the truth', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ kinds, lag, commands }) => {
        const model = createModel(kinds, lag);
        await model.login();
        for (const each of commands) await model.run(each);
        await model.rest();
        model.check();
      }),
      propertySettings({ numRuns: 4_000 }),
    );
  });
});
