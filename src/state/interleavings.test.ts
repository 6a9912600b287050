import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  asset,
  BASE,
  buffStat,
  type EventSketch,
  instant,
  loggedIn,
  type StateBench,
  type StateSettings,
  setUp,
} from '../../test/support/state-bench.ts';
import { PARTS, type Part } from '../domain/part.ts';
import type { PartSnapshot, WornAsset } from '../domain/snapshot.ts';
import type { Claim } from '../refresh/read-queue.ts';

/** One character, and the read that is under way. */
interface Scene {
  readonly bench: StateBench;
  claim: Claim | undefined;
  /** Monotonic ms at which the log was looked at. */
  seenAt: number | undefined;
}

type Step = (scene: Scene) => void;

/** An order of events and reads that was found to go wrong. */
interface Found {
  readonly symptom: string;
  /** Logged in, loaded with this, and left alone for a minute; undefined: nobody is held yet. */
  readonly given: Parameters<typeof loggedIn>[0] | undefined;
  readonly settings?: StateSettings;
  readonly steps: readonly Step[];
}

/** Epoch ms at which the steps begin; `at` is ms after it. All buffs are of source 7. */
const START = Date.UTC(2026, 0, 1) + 60_000;
const HOUR = 3_600_000;

type Amounts = Readonly<Record<string, number>>;

const buffsAt = (amounts: Amounts, at: number) =>
  Object.entries(amounts).map(([statType, amount]) => buffStat(7, statType, amount, instant(START + at)));
const changesOf = (amounts: Amounts) => Object.entries(amounts).map(([type, amount]) => ({ type, amount }));

const after =
  (ms: number): Step =>
  ({ bench }) =>
    bench.clock.pass(ms);

const clockSteps =
  (ms: number): Step =>
  ({ bench }) =>
    bench.clock.step(ms);

const heard =
  (sketch: EventSketch): Step =>
  ({ bench, seenAt }) => {
    bench.event(sketch, seenAt);
  };

function applied(amounts: Amounts, at = 0): Step {
  const createdAt = instant(START + at);
  const changes = changesOf(amounts);
  return heard({ type: 'buff-applied', sourceId: 7, level: 20, changes, createdAt, expiresAt: START + at + 200_000 });
}

function updated(amounts: Amounts, at = 0): Step {
  const createdAt = instant(START + at);
  const changes = changesOf(amounts);
  return heard({ type: 'buff-stat-updated', sourceId: 7, level: 20, changes, createdAt, recordTime: START });
}

const ended = (statType: string, at = 0): Step =>
  heard({ type: 'buff-expired', sourceId: 7, statTypes: [statType], createdAt: instant(START + at) });
const luckIs = (luck: number): Step => heard({ type: 'base-changed', values: { luck }, incomplete: false });
const moved = (assetId: number, oldSlot: number, slot: number): Step =>
  heard({ type: 'asset-moved', assetId, templateId: assetId, slot, oldSlot });
const learnt = (skillId: number, level: number): Step => heard({ type: 'skill-changed', skillId, level });
const logsIn = (sessionId: string): Step => heard({ type: 'session-created', sessionId, worldId: 0, channelId: 1 });
const logsOut = heard({ type: 'session-destroyed', sessionId: 's1' });

const asked =
  (part: Part): Step =>
  ({ bench }) =>
    bench.request(part);

const begins =
  (part: Part): Step =>
  (scene) => {
    scene.claim = scene.bench.claim(part);
  };

/** The read under way, or one that is due now. */
const reads =
  (snapshot: PartSnapshot): Step =>
  (scene) => {
    scene.bench.merge(scene.claim ?? scene.bench.claim(snapshot.part), snapshot);
    scene.claim = undefined;
  };

const readsBuffs = (amounts: Amounts, at = 0): Step => reads({ part: 'buffs', buffs: buffsAt(amounts, at) });
const readsLuck = (luck: number): Step => reads({ part: 'base', values: { ...BASE, luck } });
const readsWorn = (...assets: WornAsset[]): Step => reads({ part: 'equipment', assets });

const loads =
  (parts: Parameters<StateBench['load']>[0] = {}): Step =>
  ({ bench }) =>
    bench.load(parts);

/** Of which an earlier look at its log has told. */
const seenEarlier =
  (ms: number, step: Step): Step =>
  (scene) =>
    step({ ...scene, seenAt: scene.bench.clock.mono() - ms });

const meetsDefect: Step = ({ bench }) => bench.characters.doubt(bench.view(), PARTS, 'a defect');

/** From here on events are such as the log held at this moment. */
const logIsSeen: Step = (scene) => {
  scene.seenAt = scene.bench.clock.mono();
};

const eventsAreMissed: Step = ({ bench }) => {
  bench.characters.distrust(PARTS);
  for (const part of PARTS) bench.characters.catchUp(part, 10);
};

const shows =
  (amounts: Amounts): Step =>
  ({ bench }) =>
    assert.deepEqual(
      bench.buffs(),
      Object.entries(amounts).map(([statType, amount]) => `7 ${statType} ${amount}`),
    );

const showsLuck =
  (luck: number): Step =>
  ({ bench }) =>
    assert.equal(bench.base('luck'), luck);

const showsWorn =
  (...assetIds: number[]): Step =>
  ({ bench }) =>
    assert.deepEqual(bench.worn(), assetIds);

const isDoubted =
  (part: Part): Step =>
  ({ bench }) =>
    assert.equal(bench.isStale(part), true, `${part} is doubted`);

const countsAsTrue =
  (part: Part, counts: boolean): Step =>
  ({ bench }) =>
    assert.equal(['fresh', 'settling'].includes(bench.freshness(part)), counts, `${part} counts as true`);

const areDue =
  (...parts: Part[]): Step =>
  ({ bench }) =>
    assert.deepEqual(
      parts.filter((part) => !bench.isDue(part)),
      [],
    );

const isSettled: Step = ({ bench }) =>
  assert.deepEqual(
    PARTS.filter((part) => bench.isStale(part) || bench.isDue(part)),
    [],
  );

const FOUND: readonly Found[] = [
  {
    symptom: 'after the end of an instance that a clock has dated ahead, the next one never ends',
    given: {},
    steps: [
      ended('SPEED', HOUR),
      applied({ SPEED: 40 }),
      readsBuffs({ SPEED: 40 }),
      shows({ SPEED: 40 }),
      ended('SPEED'),
      shows({}),
      applied({ SPEED: 40 }),
      shows({}),
    ],
  },
  {
    symptom: 'of an instance that a clock has dated back, the end is forgotten that comes while a read is under way',
    given: {},
    steps: [
      ended('SPEED'),
      applied({ SPEED: 40 }, -HOUR),
      after(2_001),
      begins('buffs'),
      ended('SPEED', -HOUR),
      readsBuffs({ SPEED: 40 }, -HOUR),
      shows({}),
    ],
  },
  {
    symptom: 'a buff that was replaced during a read counts beside the one that replaced it',
    given: {},
    steps: [
      asked('buffs'),
      begins('buffs'),
      applied({ JUMP: 20 }),
      readsBuffs({ SPEED: 40 }, -1_000),
      isDoubted('buffs'),
      readsBuffs({ JUMP: 20 }),
      shows({ JUMP: 20 }),
    ],
  },
  {
    symptom: 'a read before the commit brings back for good what a buff had replaced that has ended since',
    given: {},
    steps: [
      applied({ JUMP: 20 }),
      ended('JUMP'),
      asked('buffs'),
      readsBuffs({ SPEED: 40 }, -1_000),
      after(2_001),
      readsBuffs({}),
      shows({}),
    ],
  },
  {
    symptom: 'a STAT_UPDATED that is published again during a read outlives that read for good',
    given: {},
    steps: [
      applied({ ENERGY: 3_000 }),
      updated({ ENERGY: 9_000 }),
      after(2_001),
      begins('buffs'),
      updated({ ENERGY: 9_000 }),
      readsBuffs({ ENERGY: 3_000 }),
      after(2_001),
      readsBuffs({ ENERGY: 3_000 }),
      shows({ ENERGY: 3_000 }),
    ],
  },
  {
    symptom: 'a repeated STAT_UPDATED takes back one of the same millisecond, as if it were fresh',
    given: {},
    steps: [
      applied({ ENERGY: 3_000 }),
      updated({ ENERGY: 9_000 }),
      updated({ ENERGY: 15_000 }),
      updated({ ENERGY: 9_000 }),
      isDoubted('buffs'),
    ],
  },
  {
    symptom: 'a repeated STAT_UPDATED takes back what a read has said, as if it were fresh',
    given: {},
    steps: [
      applied({ ENERGY: 9_000 }),
      updated({ ENERGY: 12_000 }),
      readsBuffs({ ENERGY: 15_000 }),
      updated({ ENERGY: 12_000 }),
      shows({ ENERGY: 15_000 }),
      isDoubted('buffs'),
    ],
  },
  {
    symptom: 'a STAT_UPDATED that comes late revives a stat that has expired',
    given: {},
    steps: [applied({ SPEED: 40, JUMP: 20 }), ended('SPEED'), updated({ SPEED: 40, JUMP: 20 }), shows({ JUMP: 20 })],
  },
  {
    symptom: 'an older APPLIED that comes late adds stats that its successor does not have',
    given: {},
    steps: [applied({ SPEED: 40 }), applied({ JUMP: 20 }, -1_000), isDoubted('buffs')],
  },
  {
    symptom: 'an older APPLIED that comes late adds stats that its successor, which has ended, did not have',
    given: {},
    steps: [ended('SPEED'), applied({ JUMP: 20 }, -1_000), isDoubted('buffs')],
  },
  {
    symptom: 'a repeated APPLIED of a producer whose clock is ahead takes back an updated value for good',
    given: {},
    steps: [
      asked('buffs'),
      readsBuffs({ ENERGY: 15_000 }, 6_500),
      after(3_000),
      applied({ ENERGY: 3_000 }, 6_500),
      isDoubted('buffs'),
    ],
  },
  {
    symptom: 'a buff of a producer whose clock is behind vanishes when it is cast moments before a read',
    given: {},
    steps: [
      applied({ SPEED: 40 }, -6_500),
      asked('buffs'),
      readsBuffs({}),
      after(2_001),
      readsBuffs({ SPEED: 40 }, -6_500),
      shows({ SPEED: 40 }),
    ],
  },
  {
    symptom: 'a buff of a producer whose clock is far ahead is revived for good after its end was confirmed',
    given: {},
    steps: [
      applied({ SPEED: 40 }, 12_000),
      after(1_000),
      ended('SPEED', 12_000),
      after(5_500),
      readsBuffs({}),
      after(1_000),
      applied({ SPEED: 40 }, 12_000),
      isDoubted('buffs'),
    ],
  },
  {
    symptom: 'a buff of a producer whose clock is far ahead is revived for good after a read ended it',
    given: { buffs: buffsAt({ SPEED: 40 }, 12_000) },
    steps: [asked('buffs'), readsBuffs({}), after(7_000), applied({ SPEED: 40 }, 12_000), isDoubted('buffs')],
  },
  {
    symptom: 'a repeated APPLIED of before a clock was set back counts as fresh in place of what came after',
    given: {},
    steps: [
      applied({ SPEED: 20 }, 12_000),
      applied({ SPEED: 40 }),
      after(2_000),
      readsBuffs({ SPEED: 40 }),
      after(14_000),
      applied({ SPEED: 20 }, 12_000),
      isDoubted('buffs'),
    ],
  },
  {
    symptom: 'after a load under a slow clock, a repeated APPLIED of an ended buff counts',
    given: undefined,
    steps: [
      clockSteps(-HOUR),
      logsIn('s1'),
      loads(),
      clockSteps(HOUR),
      after(60_000),
      applied({ SPEED: 20 }, -600_000),
      shows({}),
      isDoubted('buffs'),
    ],
  },
  {
    symptom: 'a buff cast just before a channel change, by a clock that is behind, is lost',
    given: {},
    steps: [applied({ SPEED: 40 }, -6_500), logsOut, logsIn('s2'), loads(), after(2_001), areDue('buffs')],
  },
  {
    symptom: 'a buff that ended just before a channel change comes back for good',
    given: { buffs: buffsAt({ SPEED: 40 }, -60_000) },
    steps: [
      ended('SPEED', -60_000),
      logsOut,
      logsIn('s2'),
      loads({ buffs: buffsAt({ SPEED: 40 }, -60_000) }),
      after(2_001),
      readsBuffs({}),
      shows({}),
    ],
  },
  {
    symptom: 'a change announced just before a channel change is lost, because the new load is not confirmed',
    given: {},
    steps: [
      luckIs(9),
      moved(1, 4, -11),
      applied({ SPEED: 40 }),
      learnt(1000001, 4),
      logsOut,
      logsIn('s2'),
      loads(),
      after(2_001),
      areDue(...PARTS),
    ],
  },
  {
    symptom: 'a change that repeats a provisional value is undone by the confirming read owed to an earlier one',
    given: {},
    steps: [
      luckIs(38),
      readsLuck(4),
      after(6_000),
      luckIs(4),
      isDoubted('base'),
      readsLuck(38),
      after(2_001),
      readsLuck(4),
      showsLuck(4),
    ],
  },
  {
    symptom: 'an overall over pants shows a character without pants before the overall came',
    given: { assets: [asset(1, -6, { max_hp: 50 })] },
    steps: [moved(1, -6, 7), after(20), showsWorn(1), moved(2, 7, -5), readsWorn(asset(2, -5)), showsWorn(2)],
  },
  {
    symptom: 'a take-off of a backlog shows before what takes its place is taken in',
    given: { assets: [asset(1, -6, { max_hp: 50 })] },
    steps: [seenEarlier(300, moved(1, -6, 7)), showsWorn(1), after(251), showsWorn()],
  },
  {
    symptom: 'an item whose take-off is announced twice comes back for a moment',
    given: { assets: [asset(1, -6, { max_hp: 50 })] },
    steps: [moved(1, -6, 7), after(251), showsWorn(), moved(1, -6, 7), showsWorn()],
  },
  {
    symptom: 'what was read before the commit counts as true for as long as its service cannot be asked again',
    given: { assets: [asset(1, -11)] },
    steps: [
      moved(2, 4, -11),
      readsWorn(asset(1, -11)),
      after(3_999),
      countsAsTrue('equipment', true),
      after(2),
      countsAsTrue('equipment', false),
      readsWorn(asset(2, -11)),
      countsAsTrue('equipment', true),
    ],
  },
  {
    symptom: 'a newer instance of a buff is dropped, because an earlier look at its partition had told of it',
    given: {},
    steps: [applied({ SPEED: 20 }), seenEarlier(5, applied({ SPEED: 40 }, 1)), shows({ SPEED: 40 })],
  },
  {
    symptom: 'the end of a newer instance is dropped, because an earlier look at its partition had told of it',
    given: { buffs: buffsAt({ SPEED: 40 }, 1) },
    steps: [ended('SPEED'), seenEarlier(5, ended('SPEED', 1)), shows({})],
  },
  {
    symptom: 'what met a defect is read once, and its producer commits after that',
    given: {},
    steps: [meetsDefect, readsLuck(4), after(2_001), readsLuck(9), showsLuck(9)],
  },
  {
    symptom: 'what was announced just before events were missed stays unknown, because the re-read is not confirmed',
    given: {},
    steps: [eventsAreMissed, readsLuck(4), after(2_001), readsLuck(9), showsLuck(9)],
  },
  {
    symptom: 'after a start, what the log replays is laid over what was read since, by a clock that is an hour behind',
    given: undefined,
    settings: { ownerOffset: () => HOUR },
    steps: [logIsSeen, logsIn('s1'), after(6_000), loads(), luckIs(9), moved(1, -11, 4), showsLuck(4), isSettled],
  },
  {
    symptom: 'what was read before following began shows the past that the log replays, until it is read again',
    given: undefined,
    steps: [
      logsIn('s1'),
      loads(),
      after(10),
      logIsSeen,
      eventsAreMissed,
      luckIs(9),
      showsLuck(4),
      readsLuck(12),
      luckIs(10),
      showsLuck(12),
    ],
  },
];

describe('orders of events and reads that were found to go wrong', () => {
  for (const { symptom, given, settings, steps } of FOUND) {
    it(`symptom: ${symptom}`, () => {
      const bench = given === undefined ? setUp(settings) : loggedIn(given, settings);
      const scene: Scene = { bench, claim: undefined, seenAt: undefined };
      for (const step of steps) step(scene);
    });
  }
});
