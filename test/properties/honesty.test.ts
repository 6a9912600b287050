/**
 * Between the events, too: while reads run when they are due and events come within 3 s, whatever counts as fresh was true a
 * moment ago (a 200 is right, or names what is degraded).
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PARTS, type Part } from '../../src/domain/part.ts';
import { baseOf } from '../../src/domain/parts/base.ts';
import { buffsOf } from '../../src/domain/parts/buffs.ts';
import { skillsOf } from '../../src/domain/parts/passives.ts';
import type { BuffStat } from '../../src/domain/snapshot.ts';
import { BASE_FIELDS } from '../../src/domain/stat.ts';
import type { Claim } from '../../src/refresh/read-queue.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { propertySettings } from '../support/property-settings.ts';
import { createStateBench, type EventSketch, TENANT } from '../support/state-bench.ts';
import { createConvergenceModel, hasEnded, KIND, TOPICS, type Truth } from './convergence-model.ts';

const TICK_MS = 250;
const DELIVERY_MS = 3_000;
/** Delivery, a commit that is late, the confirming read, and the budget of one read a second before it. */
const LATELY_MS = DELIVERY_MS + 1_500 + 2_000 + 2_000 + 4 * TICK_MS;

const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('mutate' as const),
      kind: fc.nat(20),
      a: fc.constantFrom(0, 2),
      b: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('deliver' as const), topic: fc.constantFrom(...TOPICS), n: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('replay' as const), back: fc.nat(3), republish: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('pass' as const), ticks: fc.constantFrom(1, 2, 4, 10, 60) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('outage' as const), part: fc.constantFrom(...PARTS) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('ask', 'audit', 'look', 'begin', 'lose') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('step' as const),
      ms: fc.constantFrom(-3_600_000, -3_000, 3_000, 3_600_000),
    }),
  },
);

const ALL_KINDS = Object.values(KIND);

const scenario = fc.record({
  kinds: fc.constantFrom<readonly number[]>(
    [KIND.equip, KIND.loseItem, KIND.rollBack, KIND.scroll],
    [KIND.cast, KIND.endBuff, KIND.updateBuff],
    [KIND.cast, KIND.castShort, KIND.endBuff, KIND.clockSet],
    [KIND.raiseLuck, KIND.levelUp, KIND.learn],
    [KIND.raiseLuck, KIND.cast, KIND.endBuff, KIND.changeChannel, KIND.logOutOrIn],
    ALL_KINDS,
  ),
  lag: fc.constantFrom(0, 30, 1_500),
  skew: fc.constantFrom(0, 0, 1_500, -1_500, 6_500, -6_500, 12_000),
  /** Ticks that a read takes, and whether it sees what was there at its end. */
  latency: fc.nat(3),
  late: fc.boolean(),
  steps: fc.constantFrom(false, false, true),
  commands: fc.array(command, { minLength: 8, maxLength: 40, size: 'max' }),
});

type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

function createRun({ kinds, lag, skew, latency, late, steps }: Scenario) {
  const clock = createFakeClock();
  const bench = createStateBench(clock, { ownerOffset: (part) => model.ownerOffset(part, clock.now()) });
  const { characters } = bench;
  const [wall, mono] = [clock.now(), clock.mono()];
  const produced = (): number => wall + clock.mono() - mono;
  const model = createConvergenceModel({ lag, skew, now: produced });
  const down = new Set<Part>();
  let inFlight: { claim: Claim; seen: Truth; endsAt: number }[] = [];

  /** When the log was seen to hold what has not come yet. */
  const seenAt = new Map<EventSketch, number>();
  /** What the log lost before it came: it never comes. */
  const lost = new Set<EventSketch>();
  const deliver = (topic: (typeof TOPICS)[number], n: number): void => {
    for (const sketch of model.queues[topic].splice(0, n)) bench.event(sketch, seenAt.get(sketch));
  };
  const deliverOld = (): void => {
    for (const topic of TOPICS) deliver(topic, model.overdue(topic, DELIVERY_MS));
  };
  const runReads = (): void => {
    const ended = inFlight.filter(({ endsAt }) => endsAt <= clock.mono());
    inFlight = inFlight.filter((read) => !ended.includes(read));
    for (const { claim, seen } of ended) {
      if (down.has(claim.part)) bench.fail(claim, clock.mono() + 1_000, false);
      else bench.merge(claim, model.snapshot(claim.part, late ? model.visible() : seen));
    }
    for (const part of PARTS) {
      for (const claim of bench.due(part)) {
        inFlight.push({ claim, seen: model.visible(), endsAt: clock.mono() + latency * TICK_MS });
      }
    }
  };
  const tick = (): void => {
    clock.pass(TICK_MS);
    deliverOld();
    for (const part of PARTS) characters.catchUp(part, 10);
    runReads();
    runReads();
    characters.sweep();
    check();
  };
  const check = (): void => {
    bench.assertInvariants();
    if (!bench.isHeld()) return;
    const view = bench.view();
    const truths = model.lately(LATELY_MS);
    for (const part of PARTS) {
      const freshness = bench.freshness(part);
      if (freshness !== 'fresh' && freshness !== 'settling') continue;
      const was = (what: string, held: unknown, of: (truth: Truth) => unknown): void =>
        assert.ok(
          truths.some((truth) => of(truth) === held),
          `${what} was ${held} lately, not ${of(model.truth())}`,
        );
      if (part === 'base')
        for (const field of BASE_FIELDS) was(field, baseOf(view.base)?.[field], ({ base }) => base[field]);
      for (const id of part === 'equipment' ? [1, 2, 3, 4] : []) {
        was(`asset ${id}`, wornText(bench.assets().find(({ assetId }) => assetId === id)), (truth) =>
          wornText(wornBy(truth, id)),
        );
      }
      for (const key of part === 'buffs' ? KEYS : []) {
        const [sourceId = '', statType = ''] = key.split('/');
        const held = buffsOf(view.buffs).find(
          (buff) => buff.sourceId === Number(sourceId) && buff.statType === statType,
        );
        was(key, buffText(held, produced()), (truth) => buffText(truth.buffs.get(key), produced()));
      }
      for (const id of part === 'passives' ? [1, 3, 1000001] : []) {
        was(
          `skill ${id}`,
          skillsOf(view.passives).find(({ skillId }) => skillId === id)?.level ?? 0,
          ({ skills }) => skills.get(id) ?? 0,
        );
      }
    }
  };

  return {
    run(step: Command): void {
      if (step.op === 'mutate') model.mutate(kinds[step.kind % kinds.length] ?? 0, step.a, step.b);
      if (step.op === 'deliver') deliver(step.topic, step.n + 1);
      if (step.op === 'look' || step.op === 'begin') {
        const unseen = TOPICS.flatMap((topic) => model.queues[topic]).filter((sketch) => !seenAt.has(sketch));
        for (const sketch of unseen) seenAt.set(sketch, bench.moments.mono());
        if (step.op === 'begin') characters.distrust(PARTS);
      }
      if (step.op === 'outage' && !down.delete(step.part)) down.add(step.part);
      if (step.op === 'ask') characters.touch(characters.visit(TENANT, 12, undefined));
      if (step.op === 'audit') characters.audit(clock.mono(), 10);
      if (step.op === 'pass') for (let ticks = 0; ticks < step.ticks; ticks += 1) tick();
      if (step.op === 'step' && steps) clock.step(step.ms);
      if (step.op === 'lose') {
        for (const topic of TOPICS) {
          if (topic !== 'session') for (const sketch of model.queues[topic].splice(0)) lost.add(sketch);
        }
        characters.distrust(PARTS);
      }
      if (step.op === 'replay') {
        const again = model.emitted.at(-1 - step.back);
        const delivered =
          again !== undefined && !lost.has(again) && TOPICS.every((topic) => !model.queues[topic].includes(again));
        // An older STAT_UPDATED that is published anew cannot be told from a newer one: it counts until it is confirmed.
        const republish = step.republish && again?.type !== 'buff-stat-updated';
        if (delivered) bench.event(republish ? { ...again, recordTime: produced() } : again);
      }
      check();
    },
    login: () => bench.login('s0'),
  };
}

const KEYS = [1, 3].flatMap((sourceId) => ['SPEED', 'JUMP', 'ACC'].map((type) => `${sourceId}/${type}`));

function wornBy({ slots, strength }: Truth, id: number) {
  const slot = slots.get(id) ?? 1;
  return slot < 0 ? { slot, stats: { strength: strength.get(id) ?? 0 } } : undefined;
}

function wornText(worn: { readonly slot: number; readonly stats: { readonly strength?: number } } | undefined): string {
  return worn === undefined ? 'not worn' : `in ${worn.slot} with ${worn.stats.strength}`;
}

function buffText(buff: BuffStat | undefined, now: number): string {
  return buff === undefined || hasEnded(buff, now) ? 'none' : `${buff.amount} of ${buff.createdAt.ms}`;
}

describe('honesty', () => {
  it('given reads that run when due, whenever a part counts as fresh, then all of it was true lately', () => {
    fc.assert(
      fc.property(scenario, (each) => {
        const run = createRun(each);
        run.login();
        for (const step of each.commands) run.run(step);
      }),
      propertySettings({ numRuns: 500 }),
    );
  });
});
