/**
 * Whatever the order, the delays, the duplicates and the replays of events, however reads fail, are late and interleave with
 * them, and however characters come and go: at rest the state is the upstream truth, and nothing is stale
 * (docs/explanation/how-state-works.md).
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isResident } from '../../src/domain/character.ts';
import { PARTS, type Part } from '../../src/domain/part.ts';
import { isSettled } from '../../src/domain/part-state.ts';
import { baseOf } from '../../src/domain/parts/base.ts';
import { buffsOf } from '../../src/domain/parts/buffs.ts';
import { skillsOf } from '../../src/domain/parts/passives.ts';
import { BASE_FIELDS } from '../../src/domain/stat.ts';
import type { Claim } from '../../src/refresh/read-queue.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { propertySettings } from '../support/property-settings.ts';
import { createStateBench, type EventSketch, TENANT } from '../support/state-bench.ts';
import { createConvergenceModel, hasEnded, KIND, TOPICS, type Topic, type Truth } from './convergence-model.ts';

const PARTITION = 'topic/0';

const command = fc.oneof(
  fc.record({ op: fc.constant('mutate' as const), kind: fc.nat(20), a: fc.constantFrom(0, 2, 0), b: fc.nat(3) }),
  fc.record({
    op: fc.constant('deliver' as const),
    topic: fc.option(fc.constantFrom(...TOPICS)),
    n: fc.nat(2),
    behind: fc.constantFrom(false, false, true),
  }),
  fc.record({ op: fc.constant('replay' as const), back: fc.nat(3), republish: fc.boolean() }),
  fc.record({ op: fc.constant('pass' as const), ms: fc.constantFrom(1, 700, 2_500, 6_000, 40_000) }),
  fc.record({ op: fc.constant('read' as const), part: fc.option(fc.constantFrom(...PARTS)) }),
  fc.record({ op: fc.constant('claim' as const), part: fc.constantFrom(...PARTS) }),
  fc.record({
    op: fc.constant('finish' as const),
    how: fc.constantFrom('ok', 'ok', 'failed', 'missing'),
    late: fc.boolean(),
  }),
  fc.record({ op: fc.constantFrom('ask', 'audit', 'caughtUp', 'look', 'begin', 'lose', 'sweep') }),
  fc.record({ op: fc.constant('step' as const), ms: fc.constantFrom(-3_600_000, -3_000, 3_000, 3_600_000) }),
);

const ALL_KINDS = Object.values(KIND);
const { equip, cast, endBuff, scroll, raiseLuck, levelUp, learn, updateBuff } = KIND;
const { changeChannel, logOutOrIn, castShort, clockSet, loseItem, rollBack } = KIND;

/** Each run is about a few kinds of change, one delay of commits and one wrong clock, so that rare combinations come up. */
const scenario = fc.record({
  kinds: fc.constantFrom<readonly number[]>(
    [equip],
    [equip, scroll],
    [equip, loseItem, rollBack],
    [cast, endBuff],
    [cast, endBuff, updateBuff],
    [cast, updateBuff],
    [raiseLuck],
    [raiseLuck, levelUp],
    [learn],
    [cast, castShort, endBuff],
    [equip, raiseLuck, cast, endBuff, changeChannel],
    [learn, levelUp, changeChannel, logOutOrIn],
    [cast, endBuff, clockSet],
    ALL_KINDS,
  ),
  lag: fc.constantFrom(0, 30, 1_500),
  skew: fc.constantFrom(0, 0, 1_500, -1_500, 6_500, -6_500, 12_000, 60_000),
  /** Whether residents who are left alone become visitors. */
  idles: fc.constantFrom(false, false, true),
  steps: fc.constantFrom(false, false, false, true),
  /** Whether the partition that is behind catches up before the 30 s that its events wait. */
  caughtUp: fc.boolean(),
  commands: fc.array(command, { minLength: 8, maxLength: 40, size: 'max' }),
});

type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

function createRun({ kinds, lag, skew, idles, steps, caughtUp }: Scenario) {
  const clock = createFakeClock();
  const residentIdleTtl = idles ? 50_000 : 1e9;
  const bench = createStateBench(clock, {
    residentIdleTtl,
    ownerOffset: (part) => model.ownerOffset(part, clock.now()),
  });
  const { characters, queue } = bench;
  const [wall, mono] = [clock.now(), clock.mono()];
  const produced = (): number => wall + clock.mono() - mono;
  const model = createConvergenceModel({ lag, skew, now: produced });
  const inFlight: { claim: Claim; seen: Truth }[] = [];
  /** When the log was seen to hold what has not come yet. */
  const seenAt = new Map<EventSketch, number>();

  const claim = (part: Part): void => {
    for (const each of bench.due(part)) inFlight.push({ claim: each, seen: model.visible() });
  };
  const finish = (how: string, late: boolean): void => {
    const read = inFlight.shift();
    if (read === undefined) return;
    const { claim: done, seen } = read;
    if (how === 'ok') bench.merge(done, model.snapshot(done.part, late ? model.visible() : seen));
    else bench.fail(done, clock.mono() + 1_000, how === 'missing' && done.part === 'base');
  };
  const deliver = (topic: Topic, n: number, backlog?: string): void => {
    for (const sketch of model.queues[topic].splice(0, n)) bench.event({ ...sketch, backlog }, seenAt.get(sketch));
  };
  const deliverAll = (backlog?: string): void => {
    for (const topic of TOPICS) deliver(topic, model.queues[topic].length, backlog);
  };
  const readDue = (parts: readonly Part[]): void => {
    for (const part of parts) claim(part);
    while (inFlight.length > 0) finish('ok', true);
  };
  const ask = (): void => {
    const character = characters.visit(TENANT, 12, undefined);
    characters.touch(character);
    for (const part of PARTS) queue.request(character, part);
  };
  /** Events have passed unheard; their producers may not have committed yet. Who is online is what the log alone knows. */
  const lose = (): void => {
    for (const topic of TOPICS) if (topic !== 'session') model.queues[topic].length = 0;
    characters.distrust(PARTS);
  };
  const look = (): void => {
    for (const sketch of TOPICS.flatMap((topic) => model.queues[topic])) {
      if (!seenAt.has(sketch)) seenAt.set(sketch, bench.moments.mono());
    }
  };
  /** Following begins: what the log holds is the past. */
  const begin = (): void => {
    look();
    characters.distrust(PARTS);
  };
  const isQuiet = (): boolean =>
    PARTS.every((part) => isSettled(bench.view()[part]) && queue.isQuiet(bench.view(), part)) &&
    PARTS.every((part) => bench.freshness(part) === 'fresh');

  return {
    run(step: Command): void {
      if (step.op === 'mutate') model.mutate(kinds[step.kind % kinds.length] ?? 0, step.a, step.b);
      if (step.op === 'deliver') {
        const backlog = step.behind ? PARTITION : undefined;
        if (step.topic === null) deliverAll(backlog);
        else deliver(step.topic, step.n + 1, backlog);
      }
      if (step.op === 'read') readDue(step.part === null ? PARTS : [step.part]);
      if (step.op === 'pass') clock.pass(step.ms);
      if (step.op === 'step' && steps) clock.step(step.ms);
      if (step.op === 'claim') claim(step.part);
      if (step.op === 'finish') finish(step.how, step.late);
      if (step.op === 'ask') ask();
      if (step.op === 'audit') characters.audit(clock.mono(), 10);
      if (step.op === 'caughtUp') queue.caughtUp(PARTITION);
      if (step.op === 'sweep') characters.sweep();
      if (step.op === 'look') look();
      if (step.op === 'begin') begin();
      if (step.op === 'lose') lose();
      if (step.op === 'replay') {
        const again = model.emitted.at(-1 - step.back);
        // Only what has been delivered before can be delivered again.
        const delivered = again !== undefined && TOPICS.every((topic) => !model.queues[topic].includes(again));
        if (delivered) bench.event(step.republish ? { ...again, recordTime: produced() } : again);
      }
      bench.assertInvariants();
    },
    /** Lets things come to rest without reading what is not due, and looks as soon as they have. */
    rest(): void {
      deliverAll();
      if (caughtUp) queue.caughtUp(PARTITION);
      for (let tick = 0; tick < 100; tick += 1) {
        if (!bench.isHeld()) ask();
        for (const part of PARTS) characters.catchUp(part, 10);
        readDue(PARTS);
        if (isQuiet()) return;
        clock.pass(500);
        characters.sweep();
      }
      assert.fail('it does not come to rest');
    },
    check(): void {
      const truth = model.truth();
      const view = bench.view();
      for (const field of BASE_FIELDS) assert.equal(baseOf(view.base)?.[field], truth.base[field], field);
      const worn = model.snapshot('equipment', truth);
      assert.deepEqual(sorted(bench.assets()), sorted(worn.part === 'equipment' ? worn.assets : []));
      const buffs = buffsOf(view.buffs);
      const lasting = (all: Iterable<(typeof buffs)[number]>) => [...all].filter((buff) => !hasEnded(buff, produced()));
      assert.deepEqual(sorted(lasting(buffs)), sorted(lasting(truth.buffs.values())));
      const skills = skillsOf(view.passives).map(({ skillId, level }) => [skillId, level]);
      assert.deepEqual(sorted(skills), sorted([...truth.skills]));
      if (truth.session === undefined || !idles)
        assert.equal(isResident(view), truth.session !== undefined, 'resident');
    },
    login: () => bench.login('s0'),
  };
}

function sorted(values: readonly unknown[]): string[] {
  return values
    .map((value) => JSON.stringify(value, Object.keys(Object(value)).sort().concat('ms', 'ns', 'strength')))
    .sort();
}

describe('convergence', () => {
  it('given any interleaving, duplication and replay, when all is at rest, then the state is the truth', () => {
    fc.assert(
      fc.property(scenario, (each) => {
        const run = createRun(each);
        run.login();
        for (const step of each.commands) run.run(step);
        run.rest();
        run.check();
      }),
      propertySettings({ numRuns: 4_000 }),
    );
  });
});
