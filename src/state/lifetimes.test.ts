import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, loggedIn, setUp, TENANT } from '../../test/support/state-bench.ts';
import { isResident } from '../domain/character.ts';
import { skillsOf } from '../domain/parts/passives.ts';

describe('visitors and residents come and go', () => {
  it('given a visitor, when VISITOR_TTL has passed since its load, then it is gone however often it is read', () => {
    const bench = setUp();
    bench.characters.visit(TENANT, 12, undefined);
    bench.clock.pass(5_000);
    bench.load();
    for (let second = 0; second < 29; second += 1) {
      bench.clock.pass(1_000);
      bench.characters.touch(bench.characters.visit(TENANT, 12, undefined));
      bench.characters.sweep();
    }
    assert.equal(bench.isHeld(), true);
    bench.clock.pass(1_000);
    bench.characters.sweep();
    assert.equal(bench.isHeld(), false);
  });

  it('given a visitor whose load takes longer than VISITOR_TTL, then it is held until VISITOR_TTL after it', () => {
    const bench = setUp({ visitorTtl: 1_000 });
    bench.characters.visit(TENANT, 12, undefined);
    bench.clock.pass(1_500);
    bench.characters.sweep();
    bench.load();
    bench.clock.pass(999);
    bench.characters.sweep();
    assert.equal(bench.isHeld(), true);
    bench.clock.pass(2);
    bench.characters.sweep();
    assert.equal(bench.isHeld(), false);
  });

  it('given VISITOR_MAX visitors, when one more comes, then the oldest goes and is counted', () => {
    const bench = setUp({ visitorMax: 3 });
    for (const id of [1, 2, 3, 4]) bench.characters.visit(TENANT, id, undefined);
    assert.equal(bench.characters.find(TENANT, 1), undefined);
    assert.notEqual(bench.characters.find(TENANT, 4), undefined);
    assert.equal(bench.characters.population().visitors, 3);
    assert.equal(bench.characters.population().visitorsEvicted, 1);
  });

  it('symptom: a visitor that is waited for is evicted before others whom nobody waits for', () => {
    const bench = setUp({ visitorMax: 3 });
    for (const id of [1, 2, 3, 1, 4]) bench.characters.visit(TENANT, id, undefined);
    const held = [1, 2, 3, 4].filter((id) => bench.characters.find(TENANT, id) !== undefined);
    assert.deepEqual(held, [1, 3, 4]);
  });

  it('given a resident without read or event, when RESIDENT_IDLE_TTL has passed, then it is a visitor and goes', () => {
    const bench = loggedIn();
    bench.clock.pass(3_600_000);
    bench.characters.sweep();
    assert.equal(isResident(bench.view()), false);
    bench.clock.pass(30_000);
    bench.characters.sweep();
    assert.equal(bench.isHeld(), false);
  });

  it('symptom: a replay brings back a session that nobody had read or heard of for RESIDENT_IDLE_TTL', () => {
    const bench = setUp();
    bench.login('crashed');
    bench.clock.pass(3_600_000);
    bench.characters.sweep();
    bench.login('crashed');
    assert.equal(isResident(bench.view()), false);
    bench.login('next');
    assert.equal(isResident(bench.view()), true);
  });

  it('given a channel change, when RESIDENT_IDLE_TTL has passed since the login, then the character stays', () => {
    const bench = loggedIn();
    bench.clock.pass(3_500_000);
    bench.login('s2');
    bench.clock.pass(200_000);
    bench.characters.sweep();
    assert.equal(isResident(bench.view()), true);
  });

  it('symptom: game masters lose passives beyond the five hundred and twelfth', () => {
    const skills = Array.from({ length: 1_200 }, (_, index): [number, number] => [index + 1, 1]);
    const bench = loggedIn({ skills });
    assert.equal(skillsOf(bench.view().passives).length, 1_200);
  });

  it('given an environment that one event named, when the next names none, then it is still handed on', () => {
    const bench = loggedIn();
    const event = { type: 'base-changed', values: { luck: 9 }, incomplete: false } as const;
    bench.event({ ...event, context: { environment: 'dev' } });
    bench.event({ ...event, context: { traceparent: 'x' } });
    assert.deepEqual(bench.view().context, { environment: 'dev', traceparent: 'x' });
  });

  it('given a resident that is read, when RESIDENT_IDLE_TTL has passed since its login, then it stays', () => {
    const bench = loggedIn();
    bench.clock.pass(3_000_000);
    bench.characters.touch(bench.view());
    bench.clock.pass(3_000_000);
    bench.characters.sweep();
    assert.equal(isResident(bench.view()), true);
  });

  it('given a deleted and re-created character, then its versions never repeat and an old read is dropped', () => {
    const bench = setUp();
    bench.login('a');
    const claim = bench.claim('base');
    const before = bench.view().version;
    bench.login('a2');
    bench.logout('a2');
    bench.logout('a');
    bench.login('b');
    assert.ok(bench.view().version > before + 3, 'above every version that it ever had');
    assert.equal(bench.merge(claim, { part: 'base', values: BASE }), 'dropped');
    assert.equal(bench.view().base.read, undefined);
  });

  it('symptom: after a step of the clock, a visitor who comes again repeats versions', () => {
    const bench = setUp();
    bench.characters.visit(TENANT, 12, undefined);
    bench.load();
    bench.clock.step(-3_600_000);
    for (let failure = 0; failure < 5; failure += 1) {
      bench.request('base');
      bench.clock.pass(1_000);
      bench.fail(bench.claim('base'), bench.clock.mono(), true);
    }
    const before = bench.view().version;
    bench.clock.pass(30_000);
    assert.ok(bench.characters.visit(TENANT, 12, undefined).version > before);
  });

  it('symptom: residents who were left alone are held beyond VISITOR_MAX', () => {
    const bench = setUp({ visitorMax: 3 });
    const created = { type: 'session-created', worldId: 0, channelId: 1 } as const;
    for (const id of [1, 2, 3, 4, 5]) bench.event({ ...created, sessionId: `s${id}`, characterId: id });
    bench.clock.pass(3_600_001);
    bench.characters.sweep();
    assert.equal(bench.characters.population().visitors, 3);
  });

  it('given a visitor that the character service does not know, when its read misses, then it is gone', () => {
    const bench = setUp();
    bench.characters.visit(TENANT, 12, undefined);
    bench.fail(bench.claim('base'), bench.clock.mono() + 5_000, true);
    assert.equal(bench.isHeld(), false);
  });

  it('given a known base, when the character service does not know it any more, then the base stays, stale', () => {
    const bench = loggedIn();
    bench.request('base');
    bench.fail(bench.claim('base'), bench.clock.mono() + 5_000, true);
    assert.equal(bench.base('strength'), BASE.strength);
    assert.equal(bench.isStale('base'), true);
  });

  it('symptom: what was heard of those who are not held is remembered for as long as nothing more is heard', () => {
    const bench = setUp();
    const { caches } = bench.characters;
    bench.event({ type: 'base-changed', values: { luck: 9 }, incomplete: false });
    bench.characters.sweep();
    assert.equal(caches['touched-parts'].size, 1);
    for (let second = 0; second < 10; second += 1) {
      bench.clock.pass(1_001);
      bench.characters.sweep();
    }
    assert.equal(caches['touched-parts'].size, 0);
  });
});
