import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import type { EquipmentRequirements, SkillData } from '../domain/static-data.ts';
import { tenantOf } from '../domain/tenant.ts';
import { createGate } from './gate.ts';
import { createStaticCatalog } from './static-catalog.ts';
import type { StaticAsk } from './static-entry.ts';
import { refused, timedOut } from './upstream-errors.ts';

const TENANT = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
const OTHER_TENANT = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 84, 1);
const SKILL: SkillData = { action: false, effects: [] };
const NEWER_SKILL: SkillData = { action: true, effects: [] };
const RING: EquipmentRequirements = { level: 0, job: 0, strength: 0, dexterity: 0, intelligence: 0, luck: 0, fame: 0 };
const MINUTE = 60_000;

type Answer<T> = T | 'missing' | Error;

function setUp({ concurrency = 4, maxEntries = 100 } = {}) {
  const clock = createFakeClock();
  const ends: unknown[] = [];
  const gate = createGate({ service: 'data', clock, random: () => 0.5, onEnd: (_service, error) => ends.push(error) });
  const asked: (StaticAsk & { kind: string })[] = [];
  const answers = { skill: (_ask: StaticAsk): Answer<SkillData> => SKILL, requirements: ringFor() };
  let release: (() => void) | undefined;
  let held: Promise<void> | undefined;

  const answer = async <T>(kind: string, ask: StaticAsk, answerTo: (ask: StaticAsk) => Answer<T>) => {
    asked.push({ ...ask, kind });
    await held;
    const given = answerTo(ask);
    if (given instanceof Error) throw given;
    return given;
  };
  const catalog = createStaticCatalog({
    gate,
    clock,
    random: () => 0.5,
    concurrency,
    maxEntries,
    source: {
      skill: (ask) => answer('skill', ask, answers.skill),
      requirements: (ask) => answer('requirements', ask, answers.requirements),
    },
  });
  const ensure = (skillIds: readonly number[], templateIds: readonly number[] = [], tenant = TENANT) =>
    catalog.ensure({ tenant, skillIds, templateIds, context: undefined });
  return {
    clock,
    gate,
    catalog,
    asked,
    answers,
    ends,
    ensure,
    data: () => catalog.of(TENANT),
    ids: () => asked.map((ask) => ask.id),
    hold() {
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release?.(),
    /** Time passes, what is due is asked and answered. */
    async pass(ms: number) {
      clock.pass(ms);
      catalog.sweep();
      await turn();
    },
  };
}

function ringFor() {
  return (_ask: StaticAsk): Answer<EquipmentRequirements> => RING;
}

describe('the static catalog', () => {
  it('given nothing was wanted, when looked up, then everything is unknown and nothing is asked', () => {
    const { data, asked } = setUp();
    assert.equal(data().skill(1), undefined);
    assert.equal(data().requirements(1), undefined);
    assert.equal(asked.length, 0);
  });

  it('given entries that are wanted at the same time by several, then each is asked once', async () => {
    const { ensure, data, ids } = setUp();
    await Promise.all([ensure([1, 2], [3]), ensure([2, 1], [3]), ensure([1, 1])]);
    assert.deepEqual(ids(), [1, 2, 3]);
    assert.equal(data().skill(1), SKILL);
    assert.equal(data().requirements(3), RING);
    await ensure([1, 2], [3]);
    assert.equal(ids().length, 3);
  });

  it('given a skill and an item of one id, or two tenants, then they are told apart', async () => {
    const { ensure, data, ids, catalog } = setUp();
    await ensure([5], [5]);
    await ensure([5], [], OTHER_TENANT);
    assert.deepEqual(ids(), [5, 5, 5]);
    assert.equal(data().skill(5), SKILL);
    assert.equal(data().requirements(5), RING);
    assert.equal(catalog.of(OTHER_TENANT).requirements(5), undefined);
  });

  it('given more entries than the budget, then no more than that are asked at once, and all in the end', async () => {
    const { ensure, hold, release, asked } = setUp({ concurrency: 3 });
    hold();
    const all = ensure([1, 2, 3, 4, 5, 6, 7]);
    await turn();
    assert.equal(asked.length, 3);
    release();
    await all;
    assert.equal(asked.length, 7);
  });

  it('given entries that are asked again, when somebody waits for others or for one of them, then those go first', async () => {
    const { answers, catalog, ensure, hold, release, ids } = setUp({ concurrency: 1 });
    answers.skill = (ask) => (ask.id === 4 ? timedOut('data', 2_000) : SKILL);
    await ensure([1, 2, 3, 4]);
    hold();
    catalog.flush();
    const loaded = ensure([4, 5]);
    release();
    await loaded;
    assert.deepEqual(ids().slice(4, 7), [1, 4, 5]);
  });

  it('given the first asker has a context, then the request carries it', async () => {
    const { catalog, asked } = setUp();
    const context = { environment: 'blue' };
    const wanted = { tenant: TENANT, skillIds: [1], templateIds: [] };
    await Promise.all([catalog.ensure({ ...wanted, context }), catalog.ensure({ ...wanted, context: undefined })]);
    assert.deepEqual(asked[0]?.context, context);
  });

  it('given an answer, then the revision rises for that tenant only', async () => {
    const { ensure, data, catalog } = setUp();
    await ensure([1], [], OTHER_TENANT);
    const others = catalog.of(OTHER_TENANT).revision;
    const before = data().revision;
    await ensure([1]);
    assert.ok(data().revision > before);
    assert.equal(catalog.of(OTHER_TENANT).revision, others);
  });

  it('given a 404, then it is missing, asked again by itself after 60 s, and missing meanwhile', async () => {
    const { answers, ensure, data, asked, pass, hold, release } = setUp();
    answers.skill = () => 'missing';
    await ensure([1]);
    assert.equal(data().skill(1), null);
    const { revision } = data();
    await pass(MINUTE - 1);
    await ensure([1]);
    assert.equal(asked.length, 1);
    hold();
    await pass(1);
    assert.equal(asked.length, 2);
    await ensure([1]);
    assert.equal(data().skill(1), null);
    release();
    await turn();
    assert.equal(data().revision, revision, 'missing still: no lookup answers differently');
    answers.skill = () => SKILL;
    await pass(MINUTE);
    assert.equal(data().skill(1), SKILL);
    assert.ok(data().revision > revision);
  });

  it('given a time-out, then ensure resolves, the entry stays unknown and is asked again within 5 s, by itself', async () => {
    const { answers, ensure, data, asked, pass } = setUp();
    answers.skill = () => timedOut('data', 2_000);
    await ensure([1]);
    assert.equal(data().skill(1), undefined);
    await ensure([1]);
    assert.equal(asked.length, 1, 'the pause holds for everyone');
    for (let second = 0; second < 60; second += 1) await pass(1_000);
    const asks = asked.length;
    assert.ok(asks >= 12 && asks <= 30, `${asks} attempts in a minute`);
    answers.skill = () => SKILL;
    await pass(5_000);
    assert.equal(data().skill(1), SKILL);
    await pass(MINUTE);
    assert.equal(asked.length, asks + 1);
  });

  it('given an entry that nobody wanted for an hour, then it is not asked again until somebody does', async () => {
    const { answers, ensure, asked, pass } = setUp();
    answers.skill = () => 'missing';
    await ensure([1]);
    for (let minute = 0; minute < 62; minute += 1) await pass(MINUTE);
    const asks = asked.length;
    await pass(MINUTE);
    assert.equal(asked.length, asks);
    await ensure([1]);
    assert.equal(asked.length, asks + 1);
  });
});

describe('the static catalog and the gate', () => {
  it('given a dead data service, then the gate opens, the rest is not asked, and all of it is once a probe succeeds', async () => {
    const { answers, gate, ensure, data, asked, pass } = setUp({ concurrency: 5 });
    answers.skill = () => timedOut('data', 2_000);
    const ids = Array.from({ length: 40 }, (_, index) => index + 1);
    await ensure(ids);
    assert.equal(gate.state, 'open');
    assert.ok(asked.length < 10, `${asked.length} asked`);
    for (let second = 0; second < 20; second += 1) await pass(1_000);
    assert.ok(asked.length < 35, `${asked.length} asked: one probe per second`);
    assert.equal(asked.at(-1)?.probe, true);
    answers.skill = () => SKILL;
    for (let second = 0; second < 7; second += 1) await pass(1_000);
    assert.equal(gate.state, 'closed');
    assert.ok(ids.every((id) => data().skill(id) === SKILL));
  });

  it('given 404s of many ids, then the gate stays closed', async () => {
    const { answers, gate, ensure } = setUp();
    answers.skill = () => 'missing';
    await ensure([1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal(gate.state, 'closed');
  });
});

describe('the static catalog and a data service of format S', () => {
  const GOOD = 100;
  const onlyGood = (ask: StaticAsk) => (ask.id === GOOD ? RING : refused('data', 500));

  it('given no template has answered, when one answers 500, then it is unknown', async () => {
    const { answers, ensure, data, asked } = setUp();
    answers.requirements = onlyGood;
    await ensure([], [1]);
    assert.equal(data().requirements(1), undefined);
    assert.equal(asked.length, 1);
  });

  it('symptom: one random 500 from a template is believed for minutes', async () => {
    const { answers, ensure, data, pass } = setUp();
    await ensure([], [GOOD]);
    answers.requirements = onlyGood;
    await ensure([], [1]);
    assert.equal(data().requirements(1), undefined, 'its requirements are unknown, not none');
    answers.requirements = ringFor();
    await pass(500);
    assert.equal(data().requirements(1), RING);
  });

  it('given one that answers, when others answer 500 three times in a row, then they are missing for a minute', async () => {
    const { answers, gate, ensure, data, ids, pass } = setUp({ concurrency: 20 });
    const missing = Array.from({ length: 12 }, (_, index) => index + 1);
    answers.requirements = onlyGood;
    await ensure([], [GOOD]);
    await ensure([], missing);
    assert.deepEqual(ids(), [GOOD, ...missing, GOOD], 'the one that answers is asked once for all of them');
    await pass(500);
    for (const id of missing) assert.equal(data().requirements(id), undefined, 'twice is not enough');
    for (let count = 0; count < 4; count += 1) await pass(250);
    for (const id of missing) assert.equal(data().requirements(id), null);
    assert.equal(gate.state, 'closed', 'what the service does not have is not its failure');
    const asks = ids().length;
    await pass(MINUTE - 1_000);
    assert.equal(ids().length, asks);
    await pass(1_000);
    assert.ok(ids().length > asks);
    for (const id of missing) assert.equal(data().requirements(id), null, 'while it is asked again');
  });

  it('given two 500s and something else in between, then they are not three in a row', async () => {
    const { answers, ensure, data, pass, ids } = setUp();
    await ensure([], [GOOD]);
    const failures = [500, undefined, 500, 500, undefined, 500].map((status) =>
      status === undefined ? timedOut('data', 2_000) : refused('data', status),
    );
    answers.requirements = (ask) => (ask.id === GOOD ? RING : (failures.shift() ?? RING));
    await ensure([], [1]);
    for (let count = 0; count < 200 && data().requirements(1) === undefined; count += 1) await pass(250);
    assert.equal(data().requirements(1), RING);
    assert.equal(ids().filter((id) => id === 1).length, 7);
  });

  it('given the known one answers 500 too, then the others are unknown, and it keeps its value', async () => {
    const { answers, ensure, data, pass } = setUp();
    await ensure([], [GOOD]);
    answers.requirements = () => refused('data', 500);
    await ensure([], [1]);
    for (let second = 0; second < 20; second += 1) await pass(1_000);
    assert.equal(data().requirements(1), undefined);
    answers.requirements = onlyGood;
    for (let second = 0; second < 20; second += 1) await pass(1_000);
    assert.equal(data().requirements(1), null);
    assert.equal(data().requirements(GOOD), RING);
  });

  it('given a known one that answers 500 after an import, while another answers, then it keeps its value', async () => {
    const { answers, catalog, ensure, data, pass } = setUp();
    await ensure([], [GOOD, 1]);
    answers.requirements = onlyGood;
    catalog.flush();
    for (let minute = 0; minute < 15; minute += 1) await pass(MINUTE);
    assert.equal(data().requirements(1), RING);
  });

  it('given a skill that answers 500, then it is unknown', async () => {
    const { answers, ensure, data } = setUp();
    await ensure([], [GOOD]);
    answers.skill = () => refused('data', 500);
    await ensure([1]);
    assert.equal(data().skill(1), undefined);
  });
});

describe('a 404 of the data service that is an error', () => {
  const onlyMissing =
    (...ids: readonly number[]) =>
    (ask: StaticAsk) =>
      ids.includes(ask.id) ? 'missing' : SKILL;

  it('symptom: a skill that is learnt while the database is broken grants nothing for a minute, undegraded', async () => {
    const { answers, ensure, data, pass } = setUp();
    await ensure([1, 2]);
    answers.skill = () => 'missing';
    await ensure([3]);
    assert.equal(data().skill(3), undefined, 'unknown, not missing');
    for (let second = 0; second < 30; second += 1) await pass(1_000);
    assert.equal(data().skill(3), undefined);
    assert.equal(data().skill(1), SKILL);
    answers.skill = () => SKILL;
    for (let second = 0; second < 6; second += 1) await pass(1_000);
    assert.equal(data().skill(3), SKILL);
  });

  it('given other skills that are answered meanwhile, then it is missing, at the cost of one more request', async () => {
    const { answers, ensure, data, ids, gate } = setUp({ concurrency: 10 });
    await ensure([1, 2]);
    answers.skill = onlyMissing(3, 4, 5, 6, 7, 8);
    await ensure([3, 4, 5, 6, 7, 8]);
    for (const id of [3, 4, 5, 6, 7, 8]) assert.equal(data().skill(id), null);
    assert.equal(ids().length, 2 + 6 + 1);
    assert.equal(gate.state, 'closed');
  });

  it('given only items are known, then one of them is asked whether the service is well', async () => {
    const { answers, ensure, data } = setUp();
    await ensure([], [9]);
    answers.skill = () => 'missing';
    await ensure([1]);
    assert.equal(data().skill(1), null);
    answers.requirements = () => 'missing';
    await ensure([2]);
    assert.equal(data().skill(2), undefined);
  });

  it('given an item that is missing while the others are too, then its requirements are unknown', async () => {
    const { answers, ensure, data } = setUp();
    await ensure([], [9]);
    answers.requirements = () => 'missing';
    await ensure([], [1]);
    assert.equal(data().requirements(1), undefined);
  });

  it('given nothing is known, when other ids fail, then it is a failure; when those are well again, it is missing', async () => {
    const { answers, ensure, data, pass } = setUp();
    answers.skill = (ask) => (ask.id === 1 ? refused('data', 500) : 'missing');
    await ensure([1]);
    await ensure([2, 3]);
    assert.equal(data().skill(2), undefined);
    assert.equal(data().skill(3), undefined);
    answers.skill = () => 'missing';
    for (let second = 0; second < 12; second += 1) await pass(1_000);
    assert.deepEqual([1, 2, 3].map(data().skill), [null, null, null]);
  });

  it('given nothing is known and nothing fails, then it is missing, as the service says', async () => {
    const { answers, ensure, data } = setUp();
    answers.skill = () => 'missing';
    await ensure([1, 2, 3, 4, 5, 6]);
    assert.equal(data().skill(1), null);
  });

  it('given another tenant’s data are known, then they say nothing about this one', async () => {
    const { answers, ensure, data } = setUp();
    await ensure([1], [], OTHER_TENANT);
    answers.skill = () => 'missing';
    await ensure([2]);
    assert.equal(data().skill(2), null);
  });

  it('given a broken database, then its gate opens, and one probe a second is sent until it is mended', async () => {
    const { answers, gate, ensure, asked, data, pass } = setUp({ concurrency: 10 });
    await ensure([1]);
    answers.skill = () => 'missing';
    await ensure([2, 3, 4, 5, 6, 7, 8]);
    assert.equal(gate.state, 'open');
    const before = asked.length;
    for (let second = 0; second < 20; second += 1) await pass(1_000);
    assert.ok(asked.length - before <= 50, `${asked.length - before} asked: a probe and a check each second`);
    answers.skill = () => SKILL;
    for (let second = 0; second < 8; second += 1) await pass(1_000);
    assert.ok([2, 3, 4, 5, 6, 7, 8].every((id) => data().skill(id) === SKILL));
  });

  it('given several that an import has removed, while others are answered, then all of them go in the end', async () => {
    const { answers, catalog, ensure, data, pass } = setUp({ concurrency: 1 });
    await ensure([1, 2, 3, 4]);
    answers.skill = onlyMissing(1, 2, 3);
    catalog.flush();
    for (let minute = 0; minute < 4; minute += 1) await pass(MINUTE);
    assert.deepEqual([1, 2, 3, 4].map(data().skill), [null, null, null, SKILL]);
  });
});

describe('a defect of ours in reading game data', () => {
  it('symptom: it opens the gate of the data service, and nobody hears of it', async () => {
    const { answers, gate, ensure, data, ends } = setUp();
    answers.skill = () => new TypeError('ours');
    await ensure([1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal(gate.state, 'closed');
    assert.equal(data().skill(1), undefined);
    assert.equal(ends.filter((error) => error instanceof TypeError).length, 8);
  });
});

describe('the static catalog after an import of data', () => {
  it('given a flush, then old values serve until the new ones have come', async () => {
    const { answers, catalog, ensure, data, hold, release } = setUp();
    await ensure([1]);
    const { revision } = data();
    answers.skill = () => NEWER_SKILL;
    hold();
    catalog.flush();
    assert.equal(data().skill(1), SKILL);
    release();
    await turn();
    assert.equal(data().skill(1), NEWER_SKILL);
    assert.ok(data().revision > revision);
  });

  it('given a request under way at the flush, then it is asked again: its answer may be of the old data', async () => {
    const { answers, catalog, ensure, data, hold, release, pass } = setUp();
    hold();
    const loaded = ensure([1]);
    catalog.flush();
    release();
    await loaded;
    answers.skill = () => NEWER_SKILL;
    await pass(1);
    assert.equal(data().skill(1), NEWER_SKILL);
  });

  it('given failures after a flush, then the value stays; given 404s, then it goes at the second', async () => {
    const { answers, catalog, ensure, data, pass } = setUp();
    await ensure([1, 2]);
    answers.skill = () => timedOut('data', 2_000);
    catalog.flush();
    for (let second = 0; second < 20; second += 1) await pass(1_000);
    assert.equal(data().skill(1), SKILL);
    answers.skill = ({ id }) => (id === 1 ? 'missing' : SKILL);
    for (let second = 0; second < 12; second += 1) await pass(1_000);
    assert.equal(data().skill(1), SKILL);
    await pass(MINUTE);
    assert.equal(data().skill(1), null);
  });
});

describe('the bound of the static catalog', () => {
  it('given more entries than it keeps, then those go that were not wanted for longest, and are counted', async () => {
    const { catalog, ensure, data } = setUp({ maxEntries: 3 });
    await ensure([1, 2, 3]);
    await ensure([1]);
    const { revision } = data();
    await ensure([4]);
    assert.deepEqual({ ...catalog.counts }, { size: 3, evicted: 1 });
    assert.equal(data().skill(2), undefined);
    assert.equal(data().skill(1), SKILL);
    assert.ok(data().revision > revision);
  });

  it('given all entries of a tenant have gone, then it is as if it had never been wanted, and can be again', async () => {
    const { catalog, ensure, data } = setUp({ maxEntries: 2 });
    await ensure([1, 2]);
    const { revision } = data();
    await ensure([1], [], OTHER_TENANT);
    assert.ok(data().revision > revision);
    assert.equal(data().skill(2), SKILL);
    await ensure([2], [], OTHER_TENANT);
    assert.equal(data().skill(1), undefined);
    assert.equal(catalog.counts.size, 2);
    await ensure([1]);
    assert.equal(data().skill(1), SKILL);
  });

  it('symptom: static data that wait for a slow data service have no bound', async () => {
    const { catalog, ensure, ids, data, hold, release } = setUp({ concurrency: 1, maxEntries: 2 });
    hold();
    const first = ensure([1]);
    const second = ensure([2]);
    const third = ensure([3]);
    const fourth = ensure([4]);
    await second;
    assert.deepEqual({ ...catalog.counts }, { size: 2, evicted: 2 });
    release();
    await Promise.all([first, third, fourth]);
    assert.deepEqual(ids(), [1, 4]);
    assert.equal(data().skill(4), SKILL);
  });
});
